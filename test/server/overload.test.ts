import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import type { Shortage } from '../../src/server/shortage.ts';
import { apiKeyAuth, as, startIssuer } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

/** Of this figure, the work under way may take 1,509 facts, and large operations nine tenths of that. */
const small: Environment = { MEMORY_LIMIT_MB: '32', MAX_VALUES: '3000' };
/** Each value is one fact of Argus. */
const lists = 'query ($v: [String!]!) { indicators(values: $v) { memberships { value } } }';

let named = 0;
const values = (count: number): string[] => Array.from({ length: count }, () => `new-${++named}.example.org`);

let bed: TestBed;
let client: AbortController;
afterEach(async () => {
  client.abort();
  await bed.stop();
});

async function start(environment: Environment = {}, shortage?: Shortage): Promise<void> {
  client = new AbortController();
  const made = shortage === undefined ? {} : { shortage };
  bed = await startTestBed({ ...small, ...environment }, {}, undefined, undefined, made);
}

async function metric(name: string): Promise<number | undefined> {
  const text = await (await fetch(`${bed.url}/metrics`)).text();
  const line = text.split('\n').find(one => one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}
const refused = (reason: string) => metric(`gateway_overload_refused_total{reason="${reason}"}`);
const isIdle = async () => (await metric('gateway_overload_budget_taken')) === 0;

/** An operation that waits for Argus until its client has gone; by default it takes most of the budget. */
async function fill(count = 1400, headers: Record<string, string> = {}): Promise<void> {
  const { argus } = bed.emulators;
  argus.faults.add({ kind: 'hang' });
  const all = values(count);
  fetch(`${bed.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: lists, variables: { v: all } }),
    signal: client.signal,
  }).catch(() => undefined);
  await until(() => all.some(isAsked), 'Argus is asked');
}

const isAsked = (value: string): boolean => bed.emulators.argus.requests.some(sent => sent.values.includes(value));

async function expectRefusal(headers?: Record<string, string>): Promise<void> {
  const hundred = values(100);
  const answer = await bed.ask(lists, { v: hundred }, headers);
  expect(answer.status).toBe(503);
  expect(answer.data).toBeUndefined();
  const { message, extensions } = answer.errors?.[0] ?? {};
  expect(extensions).toEqual({ code: 'OVERLOADED', retryAfterSeconds: Number(answer.headers.get('retry-after')) });
  const seconds = extensions.retryAfterSeconds;
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(message).toBe(`The gateway has no room for this operation now: come back in ${seconds} s.`);
  expect(hundred.filter(isAsked)).toEqual([]);
}

describe('an answer that grows beyond what others leave', () => {
  it('is refused in the middle, whichever way it is made, and has to be paid all the same', async () => {
    await start({ ...apiKeyAuth({ other: [], soc: [] }), RATE_LIMIT_INDICATORS_PER_MINUTE: '100' });
    const value = 'crowded.example.org';
    for (let index = 0; index < 400; index += 1)
      bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
    const aliases = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `a${index}: memberships { id recordId value state list { id name } }`,
      ).join(' ');
    const ask = (count: number) => bed.ask(`{ indicator(value: "${value}") { ${aliases(count)} } }`, {}, as('soc'));
    expect((await ask(1)).status).toBe(200); // in memory from now on, for some five points
    await fill(1400, as('other'));
    const paid = 15;
    for (let times = 0; times < paid; times += 1) {
      const { status, data, errors, headers } = await ask(45);
      expect({ status, data, code: errors?.[0].extensions.code }).toEqual({
        status: 503,
        data: undefined,
        code: 'OVERLOADED',
      });
      expect(errors?.[0].message).toContain('so large an answer');
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    const rest = await bed.ask(
      'query ($v: [String!]!) { indicators(values: $v) { id } }',
      { v: values(95) },
      as('soc'),
    );
    expect(rest.status).toBe(429);
  }, 60_000);
});

describe('beyond the budget for work under way', () => {
  it('an operation is refused with the time to come back, before anything is asked', async () => {
    await start();
    await fill();
    // First by Apollo Server, which has not seen the end of this text; then by the operation cache.
    await expectRefusal();
    bed.emulators.argus.faults.clear();
    await bed.ask(lists, { v: values(1) });
    await expectRefusal();
    expect(await refused('full')).toBe(2);
    expect(await metric('gateway_operations_total{outcome="failed"}')).toBe(0);
  });

  it('what memory knows is answered, and a single new value finds room', async () => {
    await start();
    const known = values(200);
    await bed.ask(lists, { v: known });
    await fill();
    bed.emulators.argus.clearRequests();
    expect(await bed.ask(lists, { v: known })).toMatchObject({ status: 200, errors: undefined });
    expect(known.filter(isAsked)).toEqual([]);
    expect((await fetch(`${bed.url}/livez`)).status).toBe(200);
    bed.emulators.argus.faults.clear();
    expect(await bed.ask(lists, { v: values(1) })).toMatchObject({ status: 200, errors: undefined });
    await expectRefusal();
  });

  it('what memory knows of some lists alone is answered too', async () => {
    await start();
    const known = values(60);
    for (const value of known) bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
    const ofList = 'query ($v: [String!]!) { indicators(values: $v) { memberships(lists: ["phishing"]) { value } } }';
    await bed.ask(ofList, { v: known });
    await fill();
    bed.emulators.argus.clearRequests();
    expect(await bed.ask(ofList, { v: known })).toMatchObject({ status: 200, errors: undefined });
    expect(known.filter(isAsked)).toEqual([]);
  });

  it('records, which are never in memory, are refused as well', async () => {
    await start();
    await fill(1600);
    const page = await bed.ask('{ reputationRecords(filter: {values: ["paged.example.org"]}) { nodes { value } } }');
    expect(page).toMatchObject({ status: 503, errors: [{ extensions: { code: 'OVERLOADED' } }] });
    expect(isAsked('paged.example.org')).toBe(false);
  });

  it('a refused operation takes nothing of the rate limit of its caller', async () => {
    await start({ RATE_LIMIT_INDICATORS_PER_MINUTE: '1500' });
    await fill();
    for (let times = 0; times < 3; times += 1) await expectRefusal();
    bed.emulators.argus.faults.clear();
    await bed.ask(lists, { v: values(1) });
    for (let times = 0; times < 3; times += 1) await expectRefusal();
  });

  it('a caller that holds much makes room for others', async () => {
    await start(apiKeyAuth({ large: [], other: [] }));
    await fill(700, as('large'));
    await fill(300, as('other'));
    await expectRefusal(as('large'));
    expect(await refused('share')).toBe(1);
  });
});

describe('the room of an operation is given back', () => {
  it('when its source has failed', async () => {
    await start();
    bed.emulators.argus.faults.add({ kind: 'status', status: 400 });
    const failed = await bed.ask(lists, { v: values(1400) });
    expect(failed.errors?.[0]?.extensions.code).toBe('UPSTREAM_REJECTED');
    await until(isIdle, 'all room is given back');
  });

  it('at its deadline', async () => {
    await start({ REQUEST_DEADLINE_MS: '1000' });
    bed.emulators.argus.faults.add({ kind: 'hang' });
    const late = await bed.ask(lists, { v: values(1400) });
    expect(late.errors?.[0]?.extensions.code).toMatch(/UPSTREAM_TIMEOUT|DEADLINE_EXCEEDED/);
    await until(isIdle, 'all room is given back');
  });

  it('when its client has gone while its caller was authenticated', async () => {
    const issuer = await startIssuer();
    const asked = Promise.withResolvers<void>();
    const keys = Promise.withResolvers<void>();
    const slow = createServer(async (_, response) => {
      asked.resolve();
      await keys.promise;
      const held = await fetch(issuer.environment.JWKS_URL ?? '');
      response.setHeader('content-type', 'application/json').end(await held.text());
    });
    await once(slow.listen(0, '127.0.0.1'), 'listening');
    const address = slow.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await start({ ...issuer.environment, JWKS_URL: `http://127.0.0.1:${port}/jwks` });
    const headers = { authorization: `Bearer ${await issuer.sign()}`, 'apollo-require-preflight': '1' };
    const list = values(100);
    const query = `{ indicators(values: ${JSON.stringify(list)}) { memberships { value } } }`;
    const url = `${bed.url}/graphql?query=${encodeURIComponent(query)}`;
    const left = fetch(url, { headers, signal: client.signal }).catch(() => 'left');
    await asked.promise;
    client.abort();
    expect(await left).toBe('left');
    keys.resolve();
    // Its caller is known by now: the next one is answered.
    expect((await bed.ask('{ __typename }', {}, headers)).status).toBe(200);
    await until(isIdle, 'all room is given back');
    slow.close();
    await issuer.close();
  });

  it('when its client has gone', async () => {
    await start();
    await fill();
    expect(await isIdle()).toBe(false);
    client.abort();
    await until(isIdle, 'all room is given back');
  });
});

it('An operation larger than the whole budget is answered while the gateway is idle', async () => {
  await start();
  const all = await bed.ask(lists, { v: values(2500) });
  expect(all).toMatchObject({ status: 200, errors: undefined });
  expect(all.data.indicators).toHaveLength(2500);
  await until(isIdle, 'all room is given back');
});

it.each(['memory', 'lag'] as const)('Short of room (%s), new work is refused beside other work alone', async kind => {
  await start({}, { read: () => kind, close() {} });
  expect(await bed.ask(lists, { v: values(1) })).toMatchObject({ status: 200, errors: undefined });
  await fill(10);
  await expectRefusal();
  expect(await refused(kind)).toBe(1);
});
