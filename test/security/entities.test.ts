import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { askThrice, startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({
    ...apiKeyAuth({ router: ['dd', 'ar'], argus: ['ar'] }),
    DATADOG_SCOPE: 'dd',
    ARGUS_SCOPE: 'ar',
  });
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
});

const query = `query ($e: [_Any!]!) { _entities(representations: $e) { __typename ... on Indicator {
  id value type threatScore memberships { state } sources { source status } } } }`;
const ask = (e: readonly unknown[], caller = 'router') => askThrice(bed, query, { e }, as(caller));
const byValue = { __typename: 'Indicator', value: 'hxxp://EVIL[.]example[.]org/A', type: 'URL' };

it('a router finds an indicator by value and type, in any spelling, or by id', async () => {
  const first = await ask([{ __typename: 'Indicator', value: 'EVIL[.]example[.]org', type: 'DOMAIN' }]);
  const [found] = first.data._entities;
  expect(found).toMatchObject({ value: 'evil.example.org', type: 'DOMAIN', threatScore: 92.5 });
  const { data } = await ask([{ __typename: 'Indicator', id: found.id }, byValue]);
  expect(data._entities).toMatchObject([found, { value: 'http://evil.example.org/A', type: 'URL' }]);
});

it.each<[string, Record<string, unknown>]>([
  ['an object for a value', { value: { $gt: '' }, type: 'DOMAIN' }],
  ['a list for a value', { value: ['evil.example.org'], type: 'DOMAIN' }],
  ['a number for an id', { id: 7 }],
  ['an id of somebody else', { id: 'UmVjb3JkOjE=' }],
  ['a type that is none', { value: 'evil.example.org', type: '__proto__' }],
  ['a type that does not fit', { value: 'evil.example.org', type: 'IPV4' }],
  ['an empty value', { value: '', type: 'DOMAIN' }],
  ['a value that is too long', { value: 'x'.repeat(3_000), type: 'OTHER' }],
  ['nothing', {}],
])(
  'a representation with %s is null at its place with BAD_USER_INPUT; the others are answered',
  async (_what, part) => {
    const good = { __typename: 'Indicator', value: 'evil.example.org', type: 'DOMAIN' };
    const { status, data, errors } = await ask([{ __typename: 'Indicator', ...part }, good]);
    expect(status).toBe(200);
    expect(data._entities[0]).toBeNull();
    expect(data._entities[1].threatScore).toBe(92.5);
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT' } }]);
  },
);

it('a representation of an unknown type is refused without a call', async () => {
  for (const typename of ['Query', 'ThreatReport', '__proto__', 'Nothing']) {
    const { data, errors, text } = await bed.ask(query, { e: [{ __typename: typename, id: 'x' }] }, as('router'));
    expect(data?._entities?.[0] ?? null).toBeNull();
    expect(errors?.length).toBe(1);
    expect(text).not.toMatch(/stack|at /);
  }
  expect(bed.emulators.datadog.requests).toEqual([]);
});

it('a caller without the scope is forbidden there too, and no call is made', async () => {
  const { data, errors } = await ask([{ __typename: 'Indicator', value: 'seen.example.com', type: 'DOMAIN' }], 'argus');
  expect(data._entities[0]).toMatchObject({
    threatScore: null,
    sources: [{ status: 'DENIED' }, { status: 'NO_MATCH' }],
  });
  expect(errors).toMatchObject([{ path: ['_entities', 0, 'threatScore'], extensions: { code: 'FORBIDDEN' } }]);
  expect(bed.emulators.datadog.requests).toEqual([]);
});

it('many are one search, and more than MAX_VALUES are refused without a call', async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ __typename: 'Indicator', value: `n${i}.example.net`, type: 'DOMAIN' }));
  expect((await bed.ask(query, { e: many(500) }, as('router'))).status).toBe(200);
  expect(bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search'))).toHaveLength(1);
  bed.emulators.argus.clearRequests();
  bed.emulators.datadog.clearRequests();
  const { status, errors } = await ask(many(501));
  expect({ status, errors }).toMatchObject({ status: 400, errors: [{ extensions: { code: 'OPERATION_TOO_LARGE' } }] });
  expect([...bed.emulators.argus.requests, ...bed.emulators.datadog.requests]).toEqual([]);
});
