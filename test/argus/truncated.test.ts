import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const dataSet = createDataSet();
let bed: TestBed;

beforeAll(async () => {
  const { argus } = dataSet;
  argus.addList({ shortName: 'feed', confidence: 0.9 });
  for (let i = 0; i < 15_000; i++) argus.add({ value: 'many.example.org', list: 'feed', created: 1 + i });
  for (let i = 0; i < 20_001; i++) argus.add({ value: 'too-many.example.org', list: 'feed', created: 1 + i });
  argus.add({ value: 'one.example.org', list: 'feed' });
  bed = await startTestBed({ REQUEST_DEADLINE_MS: '9500', ARGUS_TIMEOUT_MS: '9000' }, { dataSet });
});
afterAll(() => bed.stop());

describe('a value with very many records', () => {
  it('is complete up to 20,000, read from both ends', async () => {
    const { data, errors } = await bed.ask(`{ indicator(value: "many.example.org") {
      argus { report { status limits } membershipCount } } }`);
    expect(errors).toBeUndefined();
    expect(data.indicator.argus).toMatchObject({ membershipCount: 15_000, report: { status: 'MATCHED' } });
    expect(data.indicator.argus.report.limits).not.toContain('TRUNCATED');
  });

  it('beyond that is UPSTREAM_TRUNCATED, and a limit where there are no errors', async () => {
    const { data, errors } = await bed.ask(`{
      indicator(value: "too-many.example.org") {
        memberships { state }
        argus { report { status limits } membershipCount memberships(limit: 1) { value } }
        verdict { level missing }
        sources { source status limits }
      } }`);
    expect(data.indicator.memberships).toBeNull();
    expect(errors).toMatchObject([
      { path: ['indicator', 'memberships'], extensions: { code: 'UPSTREAM_TRUNCATED', source: 'ARGUS' } },
    ]);
    expect(data.indicator.argus).toMatchObject({
      membershipCount: 20_000,
      memberships: [{ value: 'too-many.example.org' }],
      report: { status: 'MATCHED', limits: expect.arrayContaining(['TRUNCATED']) },
    });
    expect(data.indicator.verdict.missing).toContain('ARGUS');
    expect(data.indicator.sources[1].limits).toContain('TRUNCATED');
  });

  it('costs the others in its search nothing', async () => {
    const { data, errors } = await bed.ask(`{ indicators(values: ["too-many.example.org", "one.example.org"]) {
      memberships { value } } }`);
    expect(data.indicators).toEqual([{ memberships: null }, { memberships: [{ value: 'one.example.org' }] }]);
    expect(errors).toMatchObject([
      { path: ['indicators', 0, 'memberships'], extensions: { code: 'UPSTREAM_TRUNCATED' } },
    ]);
  });
});
