import { request as send } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, as, startIssuer } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
const environment = {
  ...apiKeyAuth({ soc: ['ar'], 'key-less': [] }),
  ARGUS_SCOPE: 'ar',
  CACHE_STALE_SECONDS: '60',
  RATE_LIMIT_INDICATORS_PER_MINUTE: '600',
  MAX_VALUES: '100',
};
beforeEach(async () => {
  bed = await startTestBed(environment);
});
afterEach(() => bed.stop());

/** Waits for so many lines, and checks that the next request brings no further ones. */
async function records(count: number): Promise<Record<string, unknown>[]> {
  await expect.poll(() => bed.audit.length).toBe(count);
  return bed.audit.map(line => JSON.parse(line));
}
const last = async (count: number) => (await records(count)).at(-1) ?? {};

const one = 'query Score($v: String!) { indicator(value: $v) { threatScore memberships { state } } }';
const evil = { v: 'evil[.]example[.]org' };

describe('the audit', () => {
  it('has caller, indicators, sources and outcome', async () => {
    const { headers } = await bed.ask(one, evil, as('soc'));
    expect(await last(1)).toEqual({
      time: expect.stringMatching(/^2\d{3}-.*Z$/),
      requestId: headers.get('x-request-id'),
      auth: 'api-key',
      address: '127.0.0.1',
      caller: 'soc',
      operationName: 'Score',
      operationHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      indicatorCount: 1,
      indicators: ['evil.example.org'],
      contacted: ['DATADOG', 'ARGUS'],
      servedFrom: ['LIVE'],
      outcome: 'ok',
      codes: [],
      durationMs: expect.any(Number),
    });
  });

  it('distinguishes live from cached, whichever way the operation is answered', async () => {
    for (let i = 0; i < 4; i += 1) await bed.ask(one, evil, as('soc'));
    const all = await records(4);
    expect(all.map(({ servedFrom }) => servedFrom)).toEqual([['LIVE'], ['CACHE'], ['CACHE'], ['CACHE']]);
    expect(all.map(({ contacted }) => contacted)).toEqual([['DATADOG', 'ARGUS'], [], [], []]);
    for (const { outcome, indicators, operationName, operationHash, caller } of all)
      expect({ outcome, indicators, operationName, operationHash, caller }).toEqual({
        outcome: 'ok',
        indicators: ['evil.example.org'],
        operationName: 'Score',
        operationHash: all[0]?.operationHash,
        caller: 'soc',
      });
  });

  it('names a stale fact that was served for a failed source', async () => {
    const stale = await startTestBed({ CACHE_FRESH_SECONDS: '0', CACHE_STALE_SECONDS: '60' });
    const plain = '{ indicator(value: "evil.example.org") { threatScore } }';
    await stale.ask(plain);
    stale.emulators.datadog.faults.add({ kind: 'status', status: 500 });
    await stale.ask(plain);
    await expect.poll(() => stale.audit.length).toBe(2);
    expect(JSON.parse(stale.audit[1] ?? '')).toMatchObject({ servedFrom: ['LIVE', 'STALE_CACHE'], outcome: 'ok' });
    await stale.stop();
  });

  it('has the address and the subject of a caller with a token behind a trusted proxy', async () => {
    const issuer = await startIssuer();
    const behind = await startTestBed({ ...issuer.environment, TRUST_PROXY: '127.0.0.0/8' });
    const token = await issuer.sign({ sub: 'a\r\n{"caller":"root"}\u001b[31m' });
    await behind.ask('{ __typename }', {}, { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.9' });
    await expect.poll(() => behind.audit.length).toBe(1);
    expect(behind.audit[0]).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(behind.audit[0] ?? '')).toMatchObject({
      auth: 'jwt',
      address: '203.0.113.9',
      caller: 'a\r\n{"caller":"root"}\u001b[31m',
    });
    await behind.stop();
    await issuer.close();
  });
});

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${bed.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
const json = (query: string, variables: unknown = {}) => JSON.stringify({ query, variables });
const many = { v: Array.from({ length: 101 }, (_, i) => `n${i}.example.org`) };

const refusals: Record<string, readonly [() => Promise<unknown>, Record<string, unknown>]> = {
  nobody: [() => post(json(one, evil)), { caller: null, outcome: 'refused', codes: ['UNAUTHENTICATED'] }],
  'a wrong key': [
    () => post(json(one, evil), { authorization: 'Bearer x' }),
    { caller: null, outcome: 'refused', codes: ['UNAUTHENTICATED'] },
  ],
  'a body that is not JSON': [
    () => post('{', as('soc')),
    { caller: 'soc', outcome: 'refused', codes: ['BAD_REQUEST'] },
  ],
  'a body that is too large': [
    () => post(json('x'.repeat(1_100_000)), as('soc')),
    { caller: 'soc', outcome: 'refused', codes: ['OPERATION_TOO_LARGE'] },
  ],
  'another type': [
    () => post(json(one), { ...as('soc'), 'content-type': 'text/plain' }),
    { caller: 'soc', outcome: 'refused', codes: ['BAD_REQUEST'] },
  ],
  'a batch': [() => post('[]', as('soc')), { caller: 'soc', outcome: 'refused', codes: ['BAD_REQUEST'] }],
  'a GET that any page could send': [
    () => fetch(`${bed.url}/graphql?query={__typename}`, { headers: as('soc') }),
    { caller: 'soc', outcome: 'refused', codes: ['BAD_REQUEST'] },
  ],
  'a syntax error': [() => post(json('{'), as('soc')), { outcome: 'refused', codes: ['GRAPHQL_PARSE_FAILED'] }],
  'an unknown field': [
    () => post(json('query Q { nowhere }'), as('soc')),
    { outcome: 'refused', codes: ['GRAPHQL_VALIDATION_FAILED'] },
  ],
  'variables that do not fit': [
    () => post(json(one, { v: 7 }), as('soc')),
    { outcome: 'refused', codes: ['BAD_USER_INPUT'], operationName: 'Score' },
  ],
  'too many values': [
    () => post(json('query ($v: [String!]!) { indicators(values: $v) { id } }', many), as('soc')),
    { outcome: 'refused', codes: ['OPERATION_TOO_LARGE'] },
  ],
  'an unknown hash': [
    () => post(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }), as('soc')),
    { outcome: 'refused', codes: ['PERSISTED_QUERY_NOT_FOUND'] },
  ],
  'a field beyond the scopes': [
    () => post(json(one, evil), as('key-less')),
    { caller: 'key-less', outcome: 'partial', codes: ['FORBIDDEN'] },
  ],
  'an unusable value': [
    () => post(json('{ indicator(value: "") { id } }'), as('soc')),
    { outcome: 'partial', codes: ['BAD_USER_INPUT'], contacted: [], indicators: [] },
  ],
};

describe('each of these is one record', () => {
  it.each(Object.entries(refusals))('%s', async (_what, [ask, expected]) => {
    for (let times = 1; times <= 3; times += 1) {
      await ask();
      expect(await last(times)).toMatchObject(expected);
    }
    await bed.ask('{ __typename }', {}, as('soc'));
    expect(await records(4)).toHaveLength(4);
  });

  it('a caller over the rate limit, with what was asked', async () => {
    const query = 'query ($v: [String!]!) { indicators(values: $v) { id } }';
    const v = many.v.slice(0, 100);
    for (let times = 1; times <= 6; times += 1) await bed.ask(query, { v }, as('soc'));
    await bed.ask(query, { v }, as('soc'));
    expect(await last(7)).toMatchObject({
      outcome: 'refused',
      codes: ['RATE_LIMITED'],
      indicatorCount: 100,
      contacted: [],
    });
  });

  it('a source that fails', async () => {
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403 });
    await bed.ask(one, evil, as('soc'));
    expect(await last(1)).toMatchObject({
      outcome: 'partial',
      codes: ['UPSTREAM_DENIED'],
      contacted: ['DATADOG', 'ARGUS'],
    });
  });

  it.each([1, 3])('a client who hangs up, at its time of asking %i', async time => {
    for (let i = 1; i < time; i += 1) await bed.ask(one, { v: `warm-${i}.example.org` }, as('soc'));
    bed.emulators.datadog.clearRequests();
    bed.emulators.datadog.faults.add({ kind: 'hang' });
    const body = json(one, { v: 'cancelled.example.org' });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...as('soc') };
    const client = send(`${bed.url}/graphql`, { method: 'POST', headers }).on('error', () => {});
    client.end(body);
    await expect.poll(() => bed.emulators.datadog.lookups.length).toBe(1);
    client.destroy();
    expect(await last(time)).toMatchObject({
      caller: 'soc',
      operationName: 'Score',
      outcome: 'cancelled',
      indicators: ['cancelled.example.org'],
      contacted: ['DATADOG', 'ARGUS'],
    });
    bed.emulators.datadog.faults.clear();
    await bed.ask('{ __typename }', {}, as('soc'));
    expect(await records(time + 1)).toHaveLength(time + 1);
  });

  it('a client who hangs up in the middle of its body', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': 1_000, ...as('soc') };
    const client = send(`${bed.url}/graphql`, { method: 'POST', headers }).on('error', () => {});
    client.write('{"query":');
    await new Promise(resolve =>
      client.once('socket', socket => (socket.connecting ? socket.once('connect', resolve) : resolve(0))),
    );
    await expect
      .poll(async () => {
        client.destroy();
        return bed.audit.length;
      })
      .toBe(1);
    expect(await last(1)).toMatchObject({ outcome: 'cancelled', operationHash: null });
  });
});

it('with AUDIT_INDICATORS=hmac indicators are not readable, and equal ones have equal hashes under the same key', async () => {
  const hashed = { AUDIT_INDICATORS: 'hmac', AUDIT_HMAC_KEY: 'a-key' };
  const beds = [
    await startTestBed(hashed),
    await startTestBed(hashed),
    await startTestBed({ AUDIT_INDICATORS: 'hmac' }),
  ];
  const names = [];
  for (const other of beds) {
    await other.ask('{ indicator(value: "evil.example.org") { id } }');
    await expect.poll(() => other.audit.length).toBe(1);
    expect(other.audit[0]).not.toContain('evil');
    names.push(JSON.parse(other.audit[0] ?? '').indicators[0]);
    await other.stop();
  }
  expect(names[0]).toBe(names[1]);
  expect(names[0]).not.toBe(names[2]);
});
