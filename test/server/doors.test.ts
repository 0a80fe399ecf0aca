/** Each door beside GraphQL, asked for the same 500 values: what is answered, paid, asked upstream and recorded. */
import { expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { lookupDoor } from '../../src/server/doors/lookup.ts';
import { isRefusal } from '../../src/server/refuse.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createSchema } from '../setup/schema.ts';

const pointsPerMinute = 600;
const environment = {
  ...{ REST: 'on', MCP: 'on', RATE_LIMIT_INDICATORS_PER_MINUTE: String(pointsPerMinute) },
  ...apiKeyAuth({ soc: [] }),
};
const now = Date.now();
const dataSet = () => createSeededDataSet({ now });

const odd = [
  'a\u0007b',
  '',
  '192.0.2.1/24',
  'cdn.example.net',
  'words of no type',
  'evil[.]example[.]org',
  'EVIL.example.org',
  'hxxps://evil[.]example[.]org/x',
];
const known = Object.values(dataSet().catalogue).flatMap(values => values.slice(0, 80));
const unknown = Array.from({ length: 500 - odd.length - known.length }, (_, index) => `unknown-${index}.example.org`);
const values = [...odd, ...known, ...unknown];

const question = lookupDoor(createSchema()).read({ values });
if (isRefusal(question)) throw new Error(question.message);
const { operation } = question;

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Result = any;

/** How a door is asked, and its results in the shape of REST. */
interface DoorAsked {
  readonly path: string;
  body(values: readonly string[]): unknown;
  results(answer: Result): readonly Result[];
}

const graphql: DoorAsked = {
  path: '/graphql',
  body: values => ({ query: operation, variables: { values } }),
  results: ({ data }) =>
    data.lookup.map(({ input, problem, indicator }: Result) => {
      const { verdict = null, sources = [], ...identity } = indicator ?? {};
      return { input, problem, indicator: indicator && identity, verdict, sources };
    }),
};
const rest: DoorAsked = { path: '/v1/lookup', body: values => ({ values }), results: ({ results }) => results };
const mcp: DoorAsked = {
  path: '/mcp',
  body: values => ({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name: 'lookup_indicators', arguments: { values } },
  }),
  results: ({ result }) => result.structuredContent.results,
};

const timeless = ({ sources, ...result }: Result) => ({
  ...result,
  sources: sources.map(({ fetchedAt, ...report }: Result) => report),
});

/** Asks in parts, and ends with the gateway. */
async function ask({ path, body, results }: DoorAsked, partSize: number) {
  const bed: TestBed = await startTestBed(environment, { dataSet: dataSet() });
  const found: Result[] = [];
  let paid = 0;
  let startedAt: number | undefined;
  for (let from = 0; from < values.length; from += partSize) {
    const response = await fetch(bed.url + path, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...as('soc') } },
      body: JSON.stringify(body(values.slice(from, from + partSize))),
    });
    expect(response.status).toBe(200);
    const left = response.headers.get('ratelimit') ?? '';
    startedAt ??= performance.now();
    const refilled = ((performance.now() - startedAt) * pointsPerMinute) / 60_000;
    paid = pointsPerMinute + refilled - Number(/r=(\d+)/.exec(left)?.[1]);
    found.push(...results(await response.json()).map(timeless));
  }
  await expect.poll(() => bed.audit.length).toBe(Math.ceil(values.length / partSize));
  await bed.stop();
  const { datadog, argus } = bed.emulators;
  return {
    found,
    paid,
    asked: [datadog.requests.length, argus.requests.length],
    audit: bed.audit.map(line => ({ ...JSON.parse(line), time: 0, requestId: '', durationMs: 0 })),
  };
}

it.each([
  ['REST', rest, 500],
  ['MCP, in parts of 100,', mcp, 100],
] as const)(
  '%s answers 500 values as GraphQL does, at the same price, with the same record',
  async (_, door, partSize) => {
    const [expected, answered] = [await ask(graphql, partSize), await ask(door, partSize)];
    const levels = new Set(answered.found.map(({ verdict }) => verdict?.level));
    expect(levels).toEqual(
      new Set(['MALICIOUS', 'SUSPICIOUS', 'INCONCLUSIVE', 'INFORMATIONAL', 'BENIGN', 'NO_MATCH', undefined]),
    );
    expect(answered.found).toEqual(expected.found);
    expect(answered.asked).toEqual(expected.asked);
    // To within what comes back in six seconds.
    expect(Math.abs(answered.paid - 500)).toBeLessThan(60);
    expect(Math.abs(answered.paid - expected.paid)).toBeLessThan(60);
    expect(answered.audit).toEqual(expected.audit);
  },
);
