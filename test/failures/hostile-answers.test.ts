import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed();
  await bed.ask('{ reputationTypes { shortName } }');
  bed.emulators.argus.clearRequests();
});
afterEach(() => bed.stop());

const both = `{ indicator(value: "evil.example.org") {
  threatScore memberships { value } datadog { report { status } } argus { report { status } } verdict { level missing } } }`;

// What docs/decisions/transport.md promises of bodies, over the whole gateway.
const hostile = [
  ['a gzip bomb', { kind: 'bomb', encoding: 'gzip', megabytes: 24 }],
  ['a br bomb', { kind: 'bomb', encoding: 'br', megabytes: 24 }],
  ['a zstd bomb', { kind: 'bomb', encoding: 'zstd', megabytes: 24 }],
  ['a bomb in a bomb', { kind: 'bomb', encoding: 'gzip', layers: 2, megabytes: 24 }],
  ['half a million levels', { kind: 'deep', levels: 500_000 }],
  ['another indicator', { kind: 'otherIndicator', value: 'canary.example.net' }],
  ['wrong types', { kind: 'wrongTypes' }],
  ['a page for people', { kind: 'html' }],
  ['no content', { kind: 'noContent' }],
  ['half a JSON', { kind: 'halfJson' }],
  ['an array', { kind: 'text', text: '["canary"]' }],
  ['a null', { kind: 'text', text: 'null' }],
  ['a prototype', { kind: 'text', text: '{"__proto__":{"canary":1},"data":{"__proto__":[]}}' }],
  ['no JSON', { kind: 'text', text: 'NaN' }],
] as const;

describe.each(['datadog', 'argus'] as const)('%s that answers with', name => {
  const [own, other] =
    name === 'datadog' ? (['threatScore', 'memberships'] as const) : (['memberships', 'threatScore'] as const);

  it.each(hostile)('%s is MALFORMED, costs its own fields alone, and is neither kept nor shown', async (_, fault) => {
    bed.emulators[name].faults.add(fault);
    const { status, data, errors, text } = await bed.ask(both);
    expect(status).toBe(200);
    expect(errors).toMatchObject([
      { path: ['indicator', own], extensions: { code: 'UPSTREAM_MALFORMED', source: name.toUpperCase() } },
    ]);
    expect(data.indicator[own]).toBeNull();
    expect(data.indicator[other]).not.toBeNull();
    expect(data.indicator[name].report.status).toBe('MALFORMED');
    expect(data.indicator.verdict.missing).toEqual([name.toUpperCase()]);
    expect(text).not.toContain('canary');
    expect(bed.emulators[name].requests).toHaveLength(1);
    bed.emulators[name].faults.clear();
    const again = await bed.ask(both);
    expect(again.errors).toBeUndefined();
    expect(again.data.indicator).toMatchObject({ threatScore: 92.5, memberships: { length: 4 } });
    expect(
      (await bed.ask('{ sources { circuit } }')).data.sources.map((one: { circuit: string }) => one.circuit),
    ).toEqual(['CLOSED', 'CLOSED']);
  });
});

it('numbers that no double holds arrive exactly or as null, never as an error of a field', async () => {
  const members = { log_matches: '9007199254740993', signal_matches: '9223372036854775807' };
  bed.emulators.datadog.faults.add({ kind: 'hugeNumbers', members });
  const { data, errors } = await bed.ask(
    '{ indicator(value: "192.0.2.1") { threat { score logMatches signalMatches } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.indicator.threat).toMatchObject({ logMatches: '9007199254740993', signalMatches: '9223372036854775807' });
});

describe('of a search for many values', () => {
  const values = ['evil.example.org', 'quiet.example.com', '192.0.2.13'];
  const ask = () =>
    bed.ask(
      `query ($values: [String!]!) { lookup(values: $values) { indicator {
        value argus { report { status } memberships { recordId value } } verdict { level } } } }`,
      { values },
    );
  type Row = {
    indicator: { argus: { report: { status: string }; memberships: unknown[] | null }; verdict: { level: string } };
  };
  const searchedDomains = () =>
    bed.emulators.argus.requests
      .map(({ body }) => (body as { domainSearch?: { domain: string[] } }).domainSearch?.domain)
      .filter(domains => domains !== undefined);
  const statuses = (rows: Row[]) => rows.map(({ indicator }) => indicator.argus.report.status);

  it('rows sent twice or in another order change nothing', async () => {
    const plain = await ask();
    await bed.stop();
    bed = await startTestBed();
    bed.emulators.argus.faults.add({ kind: 'duplicateRows' });
    bed.emulators.argus.faults.add({ kind: 'shuffleRows' });
    const { data } = await ask();
    const sorted = (rows: Row[]) =>
      rows.map(({ indicator }) => indicator.argus.memberships?.map(row => JSON.stringify(row)).sort());
    expect(statuses(data.lookup)).toEqual(['MATCHED', 'NO_MATCH', 'NO_MATCH']);
    expect(sorted(data.lookup).map(rows => rows?.length)).toEqual(sorted(plain.data.lookup).map(rows => rows?.length));
  });

  it.each([
    ['missing rows', { kind: 'missingRows', value: 'evil.example.org' }],
    ['rows about somebody else', { kind: 'otherIndicator' }],
  ] as const)('%s leave a value unheard until it is asked about by itself', async (_, fault) => {
    bed.emulators.argus.faults.add(fault);
    const { data } = await ask();
    expect(statuses(data.lookup)).toEqual(['MALFORMED', 'NO_MATCH', 'NO_MATCH']);
    expect(searchedDomains()).toEqual([
      ['evil.example.org', 'quiet.example.com'],
      ['evil.example.org'],
      ['quiet.example.com'],
    ]);
  });

  it('a row of other types costs nobody its accusation', async () => {
    const good = {
      id: '6f2c1d8e-0000-4000-8000-000000000001',
      indicatorList: { id: 'l', shortName: 'l' },
      type: { shortName: 'domain' },
      value: 'evil.example.org',
      state: 'active',
    };
    const rows = [good, { ...good, id: 7, indicatorList: 9, type: [], value: 'quiet.example.com' }];
    const text = JSON.stringify({ responseCode: 200, limit: 2500, offset: 0, count: 2, size: 2, data: rows });
    bed.emulators.argus.faults.add({ kind: 'text', text, match: { body: 'domainSearch' } });
    const { data } = await ask();
    expect(statuses(data.lookup)).toEqual(['MATCHED', 'MATCHED', 'NO_MATCH']);
  });

  it('a record that a list keeps under another type is found, and spoils nobody', async () => {
    bed.emulators.dataSet.argus.add({ value: '192.0.2.13', type: 'domain', list: 'phishing' });
    const { data } = await ask();
    expect(statuses(data.lookup)).toEqual(['MATCHED', 'NO_MATCH', 'MATCHED']);
  });

  it('an upstream that sends the same page for ever is given up after a few', async () => {
    const row = {
      id: 'x',
      indicatorList: { id: 'l', shortName: 'l' },
      type: { shortName: 'domain' },
      value: 'evil.example.org',
    };
    const text = JSON.stringify({ limit: 1, offset: 0, count: 9000, data: [row] });
    bed.emulators.argus.faults.add({ kind: 'text', text });
    const { data } = await ask();
    expect(statuses(data.lookup)).toEqual(['MATCHED', 'MALFORMED', 'MALFORMED']);
    expect(bed.emulators.argus.requests.length).toBeLessThanOrEqual(40);
  });
});

it.each([301, 302, 303, 307, 308] as const)(
  'a %i is not followed, by neither source: no key reaches another origin',
  async status => {
    let requests = 0;
    const canary = createServer((_request, response) => {
      requests++;
      response.end('{}');
    });
    await new Promise<void>(resolve => canary.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/steal`;
    bed.emulators.datadog.faults.add({ kind: 'redirect', status, location });
    bed.emulators.argus.faults.add({ kind: 'redirect', status, location });
    const { errors, text } = await bed.ask(both);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAVAILABLE']);
    expect(text).not.toContain('steal');
    expect(requests).toBe(0);
    expect([bed.emulators.datadog.lookups.length, bed.emulators.argus.requests.length]).toEqual([1, 1]);
    canary.close();
  },
);
