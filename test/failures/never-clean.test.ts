import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed({ DATADOG_TIMEOUT_MS: '600', ARGUS_TIMEOUT_MS: '600', REQUEST_DEADLINE_MS: '2500' });
  await bed.ask('{ reputationTypes { shortName } }');
});
afterEach(() => bed.stop());

// Each of them leaves the other source whole, and none may read as "nothing was found".
const troubles = [
  ['slow', { kind: 'hang' }, 'TIMED_OUT'],
  ['dripping', { kind: 'drip' }, 'TIMED_OUT'],
  ['out of budget', { kind: 'status', status: 429, headers: { 'retry-after': '100' } }, 'RATE_LIMITED'],
  ['failing', { kind: 'status', status: 500 }, 'UNAVAILABLE'],
  ['cut off', { kind: 'cut', at: 'midBody' }, 'UNAVAILABLE'],
  ['refusing', { kind: 'status', status: 403 }, 'DENIED'],
  ['asking for credentials', { kind: 'status', status: 401 }, 'DENIED'],
  ['rejecting', { kind: 'status', status: 400, shape: 'plain' }, 'REJECTED'],
  ['answering nonsense', { kind: 'halfJson' }, 'MALFORMED'],
  ['not where it was', { kind: 'status', status: 404, shape: 'plain' }, 'MALFORMED'],
] as const;

const ask = (value: string) =>
  bed.ask(`{ indicator(value: "${value}") {
    datadog { report { status } threat { score } } argus { report { status } memberships { value } }
    sources { status } verdict { level missing } } }`);

describe.each([
  ['datadog', 'DATADOG', 0],
  ['argus', 'ARGUS', 1],
] as const)('%s', (name, source, index) => {
  const other = 1 - index;

  it.each(troubles)(
    '%s makes nothing look clean, raises no error in the answers and leaves the other whole',
    async (_, fault, status) => {
      bed.emulators[name].faults.add(fault);
      const unknown = await ask('quiet.example.com');
      expect(unknown).toMatchObject({ status: 200, errors: undefined });
      expect(unknown.data.indicator.verdict).toEqual({ level: 'INCONCLUSIVE', missing: [source] });
      expect(unknown.data.indicator.sources[index].status).toBe(status);
      expect(unknown.data.indicator.sources[other].status).toBe('NO_MATCH');
      expect(unknown.data.indicator[name].report.status).toBe(status);
      const known = await ask('evil.example.org');
      expect(known.data.indicator.sources[other].status).toBe('MATCHED');
      expect(known.data.indicator.verdict).toEqual({ level: 'MALICIOUS', missing: [source] });
    },
  );

  it('behind an open circuit makes nothing look clean', async () => {
    bed.emulators[name].faults.add({ kind: 'cut' });
    for (let count = 0; count < 10; count++) await ask(`host-${count}.example.org`);
    const calls = bed.emulators[name].requests.length;
    const { data, errors } = await ask('quiet.example.com');
    expect(errors).toBeUndefined();
    expect(bed.emulators[name].requests).toHaveLength(calls);
    expect(data.indicator.sources[index].status).toBe('UNAVAILABLE');
    expect(data.indicator.verdict).toEqual({ level: 'INCONCLUSIVE', missing: [source] });
  });
});
