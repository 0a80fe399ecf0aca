/** Operations that multiply what the sources are asked, or hold what waits for them. */
import { type Attack, ask, list, newValues, recordFields, repeat } from '../attack.ts';
import { crowded, evil } from '../world.ts';

const indicators = (selection: string, values: readonly string[]): string =>
  ask(`query ($v: [String!]!) { indicators(values: $v) { ${selection} } }`, { v: values });

/** Argus's refusal of one value of a search, whichever they are. */
function refusalOfFirst(): string {
  const message = { message: 'Invalid value', messageTemplate: 'invalid.json.field.value', type: 'FIELD_ERROR' };
  const messages = [{ ...message, field: 'value[0]', parameter: null, timestamp: 0 }];
  const body = JSON.stringify({
    ...{ responseCode: 412, limit: 0, offset: 0, count: 0, metaData: {} },
    messages,
    data: null,
    size: 0,
  });
  const head = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
  return `HTTP/1.1 412 Precondition Failed\r\n${head}\r\n\r\n${body}`;
}

export const upstreams: readonly Attack[] = [
  {
    title: '500 values, each of which Argus refuses',
    body: () => indicators('memberships { state }', newValues(500)),
    prepare: ({ argus }) => argus.faults.add({ kind: 'status', status: 412 }),
    ...{ times: 2, atOnce: 2, told: ['UPSTREAM_REJECTED'], calls: 40 },
  },
  {
    title: '500 values, of which Argus refuses one after the other by its place',
    body: () => indicators('memberships { state }', newValues(500)),
    prepare: ({ argus }) => argus.faults.add({ kind: 'raw', bytes: refusalOfFirst() }),
    ...{ times: 2, atOnce: 2, told: ['UPSTREAM_REJECTED'], calls: 40 },
  },
  {
    title: '49 property names that Argus does not know, where one is refused',
    body: () =>
      ask(
        `query ($n: [String!]!) { indicator(value: "${evil}") { memberships { properties(names: $n) { value } } } }`,
        {
          n: [...list(48, name => `q${name}`), 'informant'],
        },
      ),
    ...{ times: 1, atOnce: 1, told: ['BAD_USER_INPUT', 'UPSTREAM_DENIED', 'UPSTREAM_REJECTED'], calls: 60 },
  },
  {
    // Each of them and its host is asked about.
    title: 'verdicts of 500 URLs',
    body: () =>
      indicators(
        'verdict { level summary }',
        newValues(500).map(value => `https://${value}/path`),
      ),
    ...{ times: 2, atOnce: 2, told: [null], points: 500 },
  },
  {
    title: 'twelve lists of 500 new values',
    body: () => indicators(`threatScore memberships { ${recordFields} } covering { id }`, newValues(500)),
    ...{ times: 12, atOnce: 12, told: [null, 'UPSTREAM_TIMEOUT', 'DEADLINE_EXCEEDED'] },
  },
  {
    title: 'lists of new values while Argus takes five seconds',
    body: () => indicators('memberships { state } verdict { level }', newValues(300)),
    prepare: ({ argus }) => argus.faults.add({ kind: 'latency', ms: 5_000 }),
    ...{ times: 12, atOnce: 12, told: [null, 'UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'DEADLINE_EXCEEDED'] },
  },
  {
    title: '500 entities with representations of 1,850 characters',
    body: () =>
      ask('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Indicator { id value } } }', {
        r: list(500, i => ({
          __typename: 'Indicator',
          value: `e${i}.example.org`,
          type: 'DOMAIN',
          more: 'x'.repeat(1_800),
        })),
      }),
    ...{ times: 6, atOnce: 6, told: [null], points: 500 },
  },
  {
    title: 'an entity whose value is as long as a request may be',
    body: () =>
      ask(
        `query ($r: [_Any!]!) { ${repeat(19, i => `a${i}: _entities(representations: $r) { ... on Indicator { id value } }`)} }`,
        {
          r: [{ __typename: 'Indicator', value: 'v'.repeat(950_000), type: 'OTHER' }],
        },
      ),
    ...{ times: 6, atOnce: 6, told: ['BAD_USER_INPUT', null] },
  },
  {
    title: 'an id as long as a request may be',
    body: () =>
      ask(`query ($i: ID!) { ${repeat(19, i => `a${i}: node(id: $i) { id }`)} }`, { i: 'SW5k'.repeat(230_000) }),
    ...{ times: 6, atOnce: 6, told: [null, 'BAD_USER_INPUT'] },
  },
  {
    title: 'filters of 500 long names',
    body: () =>
      ask(
        `query ($f: ReputationFilter) { ${repeat(19, i => `a${i}: reputationRecords(filter: $f) { totalCount }`)} }`,
        {
          f: { lists: list(400, name => `${name}${'l'.repeat(2_000)}`) },
        },
      ),
    ...{ times: 3, atOnce: 3, told: ['BAD_USER_INPUT', 'OPERATION_TOO_LARGE'], calls: 20 },
  },
  {
    title: 'a trace of everything',
    body: index =>
      indicators(
        'threatScore verdict { level } sources { status }',
        list(100, i => `trace-${index % 5}-${i}.example.org`),
      ),
    headers: { 'x-enrichment-trace': '1', 'x-enrichment-estimate': '1' },
    ...{ times: 20, atOnce: 6, told: [null] },
  },
  {
    title: 'lists that are misspelt, 49 of them',
    body: index =>
      ask(
        `{ indicator(value: "${crowded}") { ${repeat(49, i => `a${i}: memberships(lists: ["no-${index}-${i}"]) { id }`)} } }`,
      ),
    ...{ times: 4, atOnce: 4, told: ['BAD_USER_INPUT'], calls: 100 },
  },
  {
    title: 'live questions about the same value',
    body: () =>
      ask(
        `{ indicator(value: "${evil}", maxAgeSeconds: 0) { threatScore memberships { ${recordFields} } verdict { level } } }`,
      ),
    ...{ times: 200, atOnce: 20, told: [null] },
  },
];
