/** What was gathered for one field, or kept of an earlier answer, is never shown where it does not belong. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { startTimedBed, type TimedBed } from '../setup/timed-bed.ts';

let bed: TimedBed;
afterEach(() => bed.stop());

async function open(environment: Environment = {}) {
  bed = await startTimedBed(environment);
}

const value = 'evil.example.org';

async function askOften(query: string, variables: Record<string, unknown> = {}) {
  for (const _ of [1, 2, 3, 4]) await bed.ask(query, variables);
  bed.forgetCalls();
}

describe('A variable that is null and must not be', () => {
  it.each([
    ['indicator', 'query Q($v: String = "x.example") { one: indicator(value: $v) { value threatScore } }'],
    ['lookup', 'query Q($v: [String!] = ["x.example"]) { one: lookup(values: $v) { input indicator { value } } }'],
    ['extract', 'query Q($v: String = "x.example") { one: extract(text: $v) { indicator { value } } }'],
  ])('is an error of %s, and never shows what somebody else asked', async (name, query) => {
    await open();
    await askOften(query, { v: name === 'lookup' ? ['secret.example.org'] : 'secret.example.org' });
    const { text, errors } = await bed.ask(query, { v: null });
    expect(text).not.toContain('secret');
    expect(errors).toHaveLength(1);
    expect(bed.audit.at(-1)).not.toContain('secret');
  });

  it('leaves the operation as it is for others', async () => {
    await open();
    const query = 'query Q($v: String = "x.example") { indicator(value: $v) { value } }';
    for (const _ of [1, 2, 3]) await bed.ask(query, { v: null });
    for (const _ of [1, 2, 3]) expect((await bed.ask(query, { v: value })).data).toEqual({ indicator: { value } });
  });
});

describe('A fragment', () => {
  it('does not keep that the name of a list could not be confirmed', async () => {
    await open();
    await bed.ask(`{ indicator(value: "${value}") { memberships { value } } }`);
    bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    const query = `{ indicator(value: "${value}") { argus(lists: ["botnet-c2", "malware-delivery"]) { report { status } } } }`;
    let answer = await bed.ask(query);
    for (const _ of [1, 2, 3]) answer = await bed.ask(query);
    expect(answer.data.indicator.argus.report.status).toBe('UNAVAILABLE');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    bed.emulators.argus.faults.clear();
    bed.clock.pass(61_000);
    expect((await bed.ask(query)).data.indicator.argus.report.status).not.toBe('UNAVAILABLE');
  });

  it('may be kept by clients no longer than the operation wants its facts', async () => {
    await open();
    const query = `query ($age: Int) { indicator(value: "${value}", maxAgeSeconds: $age) { threatScore } }`;
    await askOften(query);
    bed.clock.pass(1_000);
    const { headers } = await bed.ask(query, { age: 10 });
    expect(headers.get('cache-control')).toMatch(/^private, max-age=[89]$/);
    expect(bed.calls()).toBe(0);
  });

  it('is not used where any indicator of the operation wants younger facts', async () => {
    await open();
    const url = `u: indicator(value: "https://${value}/x") { verdict { level } }`;
    await askOften(`{ ${url} d: indicator(value: "${value}", maxAgeSeconds: 3600) { value } }`);
    await bed.ask(`{ ${url} d: indicator(value: "${value}", maxAgeSeconds: 0) { value } }`);
    expect(bed.calls()).toBeGreaterThan(0);
  });
});

describe('What a filter leaves nothing of', () => {
  it('is no older than an absence may be, also where another field has gathered the fact', async () => {
    await open({ CACHE_FRESH_SECONDS: '300', CACHE_NEGATIVE_SECONDS: '60' });
    const { argus } = bed.emulators.dataSet;
    const filtered = 'filtered.example.org';
    argus.add({ value: filtered, list: 'phishing', state: 'latest' });
    await bed.ask(`{ indicator(value: "${filtered}") { memberships { state } } }`);
    argus.add({ value: filtered, list: 'phishing', state: 'active' });
    bed.clock.pass(200_000);
    const { data } = await bed.ask(`{
      reputationRecords(filter: { values: ["${filtered}"] }) { nodes { state indicator {
        memberships(states: [ACTIVE]) { state } argus(states: [ACTIVE]) { report { status } membershipCount } } } }
      x: indicator(value: "${filtered}") { memberships { state } } }`);
    for (const { indicator } of data.reputationRecords.nodes)
      expect(indicator).toEqual({
        memberships: [{ state: 'ACTIVE' }],
        argus: { report: { status: 'MATCHED' }, membershipCount: 1 },
      });
  });
});

describe('What only a record names', () => {
  it('is gathered at once for all sources, for the value and its host', async () => {
    await open();
    const { argus } = bed.emulators.dataSet;
    for (const number of [1, 2, 3])
      argus.add({ value: `https://h${number}.example.org/x`, list: 'phishing', state: 'active' });
    await bed.ask('{ reputationTypes { shortName } }');
    bed.emulators.argus.clearRequests();
    await bed.ask(`{ reputationRecords(filter: { values: ["https://h1.example.org/x", "https://h2.example.org/x", "https://h3.example.org/x"] })
      { nodes { indicator { verdict { level } } } } }`);
    // One page; then URLs, and their hosts, which are searched for as domains.
    expect(bed.emulators.argus.requests.length).toBeLessThanOrEqual(4);
    expect(bed.emulators.datadog.lookups).toHaveLength(6);
  });
});

describe('A text', () => {
  it.each([
    ['an escape that is none', '{ indicator(value: "a.example") { value } }', '{ indicator(value: "\\q") { value } }'],
    ['half an escape', '{ indicator(value: "a.example") { value } }', '{ indicator(value: "\\u12") { value } }'],
    [
      'a number with zeros before it',
      '{ reputationRecords(first: 7) { totalCount } }',
      '{ reputationRecords(first: 007) { totalCount } }',
    ],
    ['an open string', '{ indicator(value: "a.example") { value } }', '{ indicator(value: "a.example) { value } }'],
  ])('with %s is the client’s mistake, also where its shape is known', async (_, first, second) => {
    await open();
    for (const _ of [1, 2]) await bed.ask(first);
    const { status, errors } = await bed.ask(second);
    expect([status, errors?.[0].extensions.code]).toEqual([400, 'GRAPHQL_PARSE_FAILED']);
  });

  it('of very many quotes is refused as fast as any other', async () => {
    await open();
    await bed.ask('{ indicator(value: "a.example") { value } }');
    const { status } = await bed.ask('\\"'.repeat(250_000));
    expect(status).toBe(400);
  }, 10_000);

  it('that has a variable in the name of a lifted literal keeps it', async () => {
    await open();
    const query = `query ($__literal0: String!) { a: indicator(value: $__literal0) { value } b: indicator(value: "x.example") { value } }`;
    for (const _ of [1, 2, 3])
      expect((await bed.ask(query, { __literal0: 'mine.example' })).data).toEqual({
        a: { value: 'mine.example' },
        b: { value: 'x.example' },
      });
  });
});
