/** `setTriageState`: who may, what is sent once, and what is served afterwards. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../../src/emulators/data-set.ts';
import { behave } from '../../readings/datadog-bed.ts';
import recorded201 from '../../recorded/datadog-triage-201.json' with { type: 'json' };
import { startTestBed, type TestBed } from '../../setup/gateway.ts';

let dataSet: DataSet;
let bed: TestBed;
beforeEach(() => {
  dataSet = createDataSet();
  dataSet.datadog.add('evil.example.org', { attributes: { score: 92.5 } });
  dataSet.datadog.add('192.0.2.1', { attributes: { score: 4 } });
});
afterEach(() => bed?.stop());

const open = async (environment: Record<string, string> = {}) => {
  bed = await startTestBed({ TRIAGE_WRITES: 'service', ...environment }, { dataSet });
};
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const mutation = `mutation ($values: [String!]!, $state: TriageStateFilter!) {
  setTriageState(values: $values, state: $state) { input problem status detail event { state at by } indicator { value } } }`;
const set = async (values: readonly string[], headers: Record<string, string> = {}, state = 'REVIEWED') => {
  const { data, errors } = await bed.ask(mutation, { values, state }, headers);
  return { results: data?.setTriageState, errors };
};
const writes = () => bed.emulators.datadog.requests.filter(({ method }) => method === 'POST');
const alice = '00000000-0000-4000-8000-000000000001';

describe('a review', () => {
  it('is recorded once for each different value, and each value has its result', async () => {
    await open();
    const { results, errors } = await set(['evil[.]example.org', 'EVIL.example.org', '192.0.2.1', 'a b.example/x']);
    expect(errors).toBeUndefined();
    const event = { state: 'REVIEWED', at: expect.stringMatching(/^20.*\.\d{6}Z$/), by: alice };
    expect(results).toMatchObject([
      { input: 'evil[.]example.org', status: 'MATCHED', event, indicator: { value: 'evil.example.org' } },
      { input: 'EVIL.example.org', status: 'MATCHED', event, indicator: { value: 'evil.example.org' } },
      { input: '192.0.2.1', status: 'MATCHED', event, indicator: { value: '192.0.2.1' } },
      { status: 'NOT_QUERIED', event: null, indicator: null, problem: expect.stringMatching(/./) },
    ]);
    expect(writes().map(({ body }) => body)).toEqual(
      ['evil.example.org', '192.0.2.1'].map(indicator => ({
        data: { type: 'ioc_triage_state', attributes: { indicator, triage_state: 'reviewed' } },
      })),
    );
  });

  it('is read from the recorded answer, to the microsecond', async () => {
    await open();
    bed.emulators.datadog.faults.add({
      ...{ kind: 'text', text: JSON.stringify(recorded201.response.body), match: { method: 'POST' } },
    });
    const { results } = await set(['192.0.2.1']);
    const { triaged_at: at, triaged_by: by } = recorded201.response.body.data.attributes;
    expect(results[0]).toMatchObject({ status: 'MATCHED', event: { state: 'REVIEWED', at, by } });
  });

  it('can be undone: each write is a new event', async () => {
    await open();
    await set(['evil.example.org']);
    await set(['evil.example.org'], {}, 'NOT_REVIEWED');
    const { data } = await bed.ask('{ indicator(value: "evil.example.org") { triageState triageHistory { state } } }');
    expect(data.indicator).toEqual({
      triageState: 'NOT_REVIEWED',
      triageHistory: [{ state: 'NOT_REVIEWED' }, { state: 'REVIEWED' }],
    });
  });

  it('ends what was known of the value: the next answer is asked anew', async () => {
    await open();
    const ask = async () =>
      (await bed.ask('{ indicator(value: "evil.example.org") { triageState threatScore } }')).data.indicator
        .triageState;
    for (const _ of [1, 2, 3]) expect(await ask()).toBe('NOT_REVIEWED');
    await set(['evil.example.org']);
    for (const _ of [1, 2, 3]) expect(await ask()).toBe('REVIEWED');
    expect(bed.emulators.datadog.lookups.filter(({ method }) => method === 'GET')).toHaveLength(2);
  });

  it('ends it also where a lookup and a list were under way', async () => {
    await open();
    const { faults } = bed.emulators.datadog;
    faults.add({ kind: 'latency', ms: 400, match: { method: 'GET' }, times: 2 });
    const before = Promise.all([
      bed.ask('{ indicator(value: "evil.example.org") { triageState } }'),
      bed.ask('{ threatIndicators { nodes { triageState } } }'),
    ]);
    await expect.poll(() => bed.emulators.datadog.requests.length).toBe(2);
    await set(['evil.example.org']);
    await before;
    const { data } = await bed.ask('{ indicator(value: "evil.example.org") { triageState } }');
    expect(data.indicator.triageState).toBe('REVIEWED');
  });

  it('ends it also where a further part of the history was under way', async () => {
    dataSet.datadog.add('long.example.org', {
      history: Array.from({ length: 6 }, (_, index) => ({
        ...{ triage_state: 'not_reviewed', triaged_at: `2026-05-0${index + 1}T08:00:00Z`, triaged_by: 'u' },
      })),
    });
    await open();
    behave(bed, { historyMaximum: 3 });
    const lookups = () => bed.emulators.datadog.lookups.filter(({ method }) => method === 'GET').length;
    bed.emulators.datadog.faults.add({ kind: 'latency', ms: 500, match: { method: 'GET' } });
    const history = 'a: triageHistory(offset: 0, limit: 3) { at } b: triageHistory(offset: 4, limit: 2) { at }';
    const before = bed.ask(`{ indicator(value: "long.example.org") { triageState ${history} } }`);
    await expect.poll(lookups).toBe(2);
    await set(['long.example.org']);
    await before;
    const { data } = await bed.ask('{ indicator(value: "long.example.org") { triageState } }');
    expect(data.indicator.triageState).toBe('REVIEWED');
  });

  it('makes a list again that was under way', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'latency', ms: 400, match: { method: 'GET' }, times: 1 });
    const listed = bed.ask('{ threatIndicators { nodes { value triageState indicator { triageState } } } }');
    await expect.poll(() => bed.emulators.datadog.requests.length).toBe(1);
    await set(['evil.example.org']);
    const { data } = await listed;
    expect(data.threatIndicators.nodes[0]).toEqual({
      ...{ value: 'evil.example.org', triageState: 'REVIEWED', indicator: { triageState: 'REVIEWED' } },
    });
  });

  it('is answered together with the facts of afterwards', async () => {
    await open();
    await bed.ask('{ indicator(value: "evil.example.org") { triageState } }');
    const { data } = await bed.ask(
      'mutation { setTriageState(values: ["evil.example.org"], state: REVIEWED) { status indicator { triageState threatScore } } }',
    );
    expect(data.setTriageState).toEqual([
      { status: 'MATCHED', indicator: { triageState: 'REVIEWED', threatScore: 92.5 } },
    ]);
    expect(writes()).toHaveLength(1);
  });

  it('says, without a Redis, that other replicas may show the state from before', async () => {
    await open();
    const { results } = await set(['evil.example.org']);
    expect(results[0].detail).toContain('Other replicas may show the state from before');
  });

  it('costs a point for each value, and no more than a hundred are taken', async () => {
    await open();
    const values = Array.from({ length: 101 }, (_, index) => `n${index}.example.org`);
    const estimate = await bed.ask(
      mutation,
      { values: values.slice(1), state: 'REVIEWED' },
      { 'x-enrichment-estimate': '1' },
    );
    expect(estimate.extensions?.estimate).toEqual({ upstreamCalls: 100, indicators: 100 });
    expect(writes()).toHaveLength(100);
    const { errors, status } = await bed.ask(mutation, { values, state: 'REVIEWED' });
    expect([status, errors?.[0].extensions.code]).toEqual([400, 'OPERATION_TOO_LARGE']);
    expect(writes()).toHaveLength(100);
  });

  it('never runs by GET', async () => {
    await open();
    const query = 'mutation { setTriageState(values: ["evil.example.org"], state: REVIEWED) { status } }';
    const response = await fetch(`${bed.url}/graphql?${new URLSearchParams({ query })}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect([response.status, writes().length]).toEqual([405, 0]);
  });

  it('stands in the audit before and after, with the caller’s name', async () => {
    const keys = { AUTH: 'api-key', TRIAGE_SCOPE: 'triage', API_KEYS: `soc-board:${hashOf('key')}:triage` };
    await open(keys);
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403, match: { value: '192.0.2.1' } });
    await set(['evil.example.org', '192.0.2.1'], { authorization: 'Bearer key' });
    const lines = bed.audit.map(line => JSON.parse(line)).filter(({ write }) => write !== undefined);
    expect(
      lines
        .map(({ caller, write, state, indicator, phase, status }) => [caller, write, state, indicator, phase, status])
        .toSorted(),
    ).toEqual(
      [
        ['192.0.2.1', 'after', 'DENIED'],
        ['192.0.2.1', 'before', null],
        ['evil.example.org', 'after', 'MATCHED'],
        ['evil.example.org', 'before', null],
      ].map(rest => ['soc-board', 'setTriageState', 'REVIEWED', ...rest]),
    );
  });
});

describe('who may record reviews', () => {
  it('is nobody unless the operator says so: the error names the variable', async () => {
    await open({ TRIAGE_WRITES: 'off' });
    const { results, errors } = await set(['evil.example.org']);
    expect(results).toBeUndefined();
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('TRIAGE_WRITES'),
      extensions: { code: 'FORBIDDEN' },
    });
    expect(writes()).toHaveLength(0);
  });

  it('is who carries the scope', async () => {
    const API_KEYS = `may:${hashOf('one')}:triage,reads:${hashOf('two')}`;
    await open({ AUTH: 'api-key', TRIAGE_SCOPE: 'triage', API_KEYS });
    const { errors } = await set(['evil.example.org'], { authorization: 'Bearer two' });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('scope "triage"'),
      extensions: { code: 'FORBIDDEN' },
    });
    expect(writes()).toHaveLength(0);
    const { results } = await set(['evil.example.org'], { authorization: 'Bearer one' });
    expect(results[0].status).toBe('MATCHED');
  });

  it('signs with its own keys, where callers bring them', async () => {
    await open({ TRIAGE_WRITES: 'caller', DATADOG_KEY_FROM: 'caller' });
    const { results } = await set(['evil.example.org'], {
      'dd-api-key': 'other-api-key',
      'dd-application-key': 'other-app-key',
    });
    expect(results[0].event.by).toBe('00000000-0000-4000-8000-000000000002');
    const without = await set(['evil.example.org']);
    expect(without.results[0]).toMatchObject({ status: 'DENIED', detail: expect.stringContaining('DD-API-KEY') });
    expect(writes()).toHaveLength(1);
  });

  it.each([
    [{ TRIAGE_WRITES: 'service', AUTH: 'api-key', API_KEYS: `a:${hashOf('key')}` }, 'TRIAGE_SCOPE'],
    [{ TRIAGE_WRITES: 'caller' }, 'DATADOG_KEY_FROM'],
    [{ TRIAGE_WRITES: 'service', DATADOG_KEY_FROM: 'caller' }, 'TRIAGE_WRITES'],
    [{ TRIAGE_WRITES: 'yes' }, 'TRIAGE_WRITES'],
  ])('is settled before the start: %o is refused by name', async (environment, name) => {
    await expect(startTestBed(environment, { dataSet })).rejects.toThrow(name);
  });
});

describe('a write that goes wrong', () => {
  const recorded = () => dataSet.datadog.find('evil.example.org', 'absent')?.attributes.triage_state;

  it.each([
    [
      'cut before Datadog worked on it',
      { kind: 'cut', at: 'beforeWork' },
      'TIMED_OUT',
      'may have been',
      'not_reviewed',
    ],
    ['cut after that', { kind: 'cut', at: 'beforeHeaders' }, 'TIMED_OUT', 'may have been', 'reviewed'],
    ['cut within the answer', { kind: 'cut', at: 'midBody' }, 'TIMED_OUT', 'may have been', 'reviewed'],
    ['not answered in time', { kind: 'hang' }, 'TIMED_OUT', 'may have been', 'reviewed'],
    ['refused with 403', { kind: 'status', status: 403 }, 'DENIED', 'refused', 'not_reviewed'],
    ['refused with 400', { kind: 'status', status: 400 }, 'REJECTED', 'rejected', 'not_reviewed'],
    ['refused with 429', { kind: 'tooManyRequests', reset: 30 }, 'RATE_LIMITED', 'budget', 'not_reviewed'],
    ['answered with 503', { kind: 'status', status: 503 }, 'UNAVAILABLE', 'may have been', 'not_reviewed'],
    ['answered with what cannot be read', { kind: 'halfJson' }, 'MALFORMED', 'cannot be read', 'reviewed'],
    [
      'answered about another indicator',
      { kind: 'setTop', members: { data: { attributes: { indicator: 'other.example.net' } } } },
      'MALFORMED',
      'another',
      'reviewed',
    ],
  ] as const)('%s is told as what it is, and not sent again', async (_, fault, status, detail, state) => {
    await open({ DATADOG_TIMEOUT_MS: '700' });
    bed.emulators.datadog.faults.add({ ...fault, match: { method: 'POST' } });
    const { results } = await set(['evil.example.org']);
    expect(results[0]).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(writes()).toHaveLength(1);
    expect(recorded()).toBe(state);
  });

  it('is NOT_QUERIED where Datadog cannot be reached', async () => {
    await open({ DATADOG_URL: 'http://127.0.0.1:1' });
    const { results } = await set(['evil.example.org']);
    expect(results[0]).toMatchObject({ status: 'NOT_QUERIED', detail: expect.stringContaining('Not sent') });
  });

  it('is NOT_QUERIED where its circuit is open', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'status', status: 503, match: { method: 'GET' } });
    for (let index = 0; index < 10; index += 1)
      await bed.ask(`{ indicator(value: "n${index}.example.org") { threatScore } }`);
    const { results } = await set(['evil.example.org']);
    expect(results[0]).toMatchObject({ status: 'NOT_QUERIED', detail: expect.stringContaining('Not sent') });
    expect(writes()).toHaveLength(0);
  });

  it('refused with 403 says nothing of what the keys may read', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403, match: { method: 'POST' } });
    await set(['evil.example.org']);
    const { data } = await bed.ask('{ indicator(value: "192.0.2.1") { threatScore } }');
    expect(data.indicator.threatScore).toBe(4);
  });

  it('costs the other values nothing', async () => {
    await open();
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403, match: { value: '192.0.2.1' } });
    const { results } = await set(['evil.example.org', '192.0.2.1']);
    expect(results.map(({ status }: { status: string }) => status)).toEqual(['MATCHED', 'DENIED']);
  });
});
