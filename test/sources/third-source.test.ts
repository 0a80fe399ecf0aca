/**
 * `night-watch/` is a source that only this test registers. What the gateway does for every source it must do for this one,
 * although no other file names it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, configVariables, readConfig } from '../../src/config/config.ts';
import { createCosts, createSchema } from '../../src/graphql/schema.ts';
import { startGateway } from '../../src/main.ts';
import { createLog } from '../../src/observability/log.ts';
import { openLookupSource } from '../../src/sources/lookup-source.ts';
import { startRedis } from '../setup/redis.ts';
import { twoSources } from '../setup/two-sources.ts';
import { type Deserved, reportFields, values } from '../verdicts/bed.ts';
import { type BedOfThree, startBedOfThree, three } from './bed-of-three.ts';
import { createAccusingDataSet, describeContract } from './contract.ts';
import { nightWatchEmulator } from './night-watch/emulator.ts';
import { credentialOf, nightWatch, sightings } from './night-watch/index.ts';
import { lookup } from './night-watch/resolvers.ts';

const whole = `value danger nightWatch { report ${reportFields} sighting { danger reports lastReport } }
  sources ${reportFields} verdict { level missing summary reasons { source rule effect detail } }`;
const query = `query ($values: [String!]!) { indicators(values: $values) { ${whole} } }`;
const all = Object.values(values);

let bed: BedOfThree;
const lookups = () => bed.nightWatch.requests;
const verdictOf = (level: Deserved, { data }: { data: { indicators: readonly { value: string }[] } }) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  (data.indicators.find(({ value }) => value === values[level]) as any).verdict;

describe('a third source', () => {
  beforeAll(async () => {
    bed = await startBedOfThree({ REQUEST_DEADLINE_MS: '9500' });
  });
  afterAll(() => bed.stop());

  it('is asked once about each value, then answers from the cache, in its own fields and in the report', async () => {
    bed.nightWatch.clearRequests();
    const first = await bed.ask(query, { values: all });
    expect(first.errors).toBeUndefined();
    expect(lookups().map(({ method, path, values: [value] }) => `${method} ${path} ${value}`)).toEqual(
      all.map(value => `GET /v1/sightings ${value}`),
    );
    const [evil, , , nothing] = first.data.indicators;
    expect(evil).toMatchObject({
      danger: 91,
      nightWatch: { sighting: { danger: 91, reports: 7, lastReport: '2026-05-01T00:00:00Z' } },
    });
    expect(nothing).toMatchObject({ danger: null, nightWatch: { report: { status: 'NO_MATCH' }, sighting: null } });
    expect(evil.sources.map(({ source, status }: Record<string, string>) => `${source} ${status}`)).toEqual([
      'DATADOG MATCHED',
      'ARGUS MATCHED',
      'NIGHT_WATCH MATCHED',
    ]);
    const second = await bed.ask(query, { values: all });
    expect(second.data.indicators[0].nightWatch.report.servedFrom).toBe('CACHE');
    expect(lookups()).toHaveLength(all.length);
  });

  it('contributes to the verdict, by the rules of its kind of evidence and with its own texts', async () => {
    const answer = await bed.ask(query, { values: all });
    expect(verdictOf('MALICIOUS', answer).reasons).toContainEqual({
      source: 'NIGHT_WATCH',
      rule: 'night-watch-high',
      effect: 'MALICIOUS',
      detail: 'Night Watch scores it 91',
    });
    expect(verdictOf('NO_MATCH', answer)).toMatchObject({ level: 'NO_MATCH', missing: [] });
    expect(verdictOf('NO_MATCH', answer).summary).toContain('or Night Watch (reports of the last year)');
  });

  it('is not asked about types that it does not know, and says so', async () => {
    bed.nightWatch.clearRequests();
    const { data } = await bed.ask(`{ indicator(value: "masscan/1.3", type: OTHER) { ${whole} } }`);
    expect(data.indicator).toMatchObject({ danger: null, nightWatch: { report: { status: 'NOT_APPLICABLE' } } });
    expect(data.indicator.sources[2]).toMatchObject({ source: 'NIGHT_WATCH', status: 'NOT_APPLICABLE' });
    expect(data.indicator.verdict.summary).toMatch(
      /Night Watch (is|are) not known to hold such text|known to hold such text/,
    );
    expect(lookups()).toEqual([]);
  });

  it('is not asked by an operation that selects nothing of it', async () => {
    bed.nightWatch.clearRequests();
    const { data } = await bed.ask(
      '{ indicator(value: "apart.example.org") { threatScore sources { source status } } }',
    );
    expect(data.indicator.sources[2]).toEqual({ source: 'NIGHT_WATCH', status: 'NOT_QUERIED' });
    expect(lookups()).toEqual([]);
  });

  it('counts in the estimate and in the limits', async () => {
    const ask = (fields: string) =>
      bed.ask(
        `{ indicators(values: ["a.example.org", "b.example.org"]) { ${fields} } }`,
        {},
        {
          'x-enrichment-estimate': '1',
        },
      );
    const estimate = async (fields: string) => (await ask(fields)).extensions?.estimate;
    expect(await estimate('danger')).toEqual({ upstreamCalls: 2, indicators: 2 });
    expect(await estimate('danger nightWatch { sighting { danger } } threatScore')).toEqual({
      upstreamCalls: 4,
      indicators: 2,
    });
    expect(await estimate('verdict { level }')).toEqual({ upstreamCalls: 6, indicators: 2 });
  });

  it('has its columns in the shell', async () => {
    const program = fileURLToPath(new URL('../../src/cli/enrich.ts', import.meta.url));
    const child = spawn(process.execPath, [program, '--csv', '--list', '-'], {
      env: { PATH: process.env.PATH, GATEWAY_URL: `${bed.url}/graphql` },
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', text => (out += text));
    child.stdin.end(`${values.MALICIOUS}\n`);
    await new Promise(resolve => child.on('close', resolve));
    const [head = '', line = ''] = out.trimEnd().split('\r\n');
    expect(head.split(',').slice(-11)).toEqual([
      'datadog_status',
      'datadog_fetched_at',
      'argus_status',
      'argus_fetched_at',
      'night_watch_status',
      'night_watch_fetched_at',
      'problem',
      'conflicting',
      'covering',
      'read_as',
      'from',
    ]);
    expect(line).toMatch(/,MATCHED,[^,]+,MATCHED,[^,]+,MATCHED,[^,]+,,(true|false),,,[^,]+:1$/);
  });
});

describeContract({
  source: nightWatch,
  credentials: nightWatchEmulator.credentials,
  shorthand: 'danger',
  async start(environment, log) {
    const started = await startBedOfThree(environment, { dataSet: createAccusingDataSet(), log });
    return { ...started, emulator: started.nightWatch };
  },
});

describe('a caller’s own key for the third source', () => {
  afterEach(() => bed.stop());

  it('may be sent by pages of other origins, is missed by its name, and shares nothing with another', async () => {
    bed = await startBedOfThree({
      NIGHT_WATCH_KEY_FROM: 'caller',
      NIGHT_WATCH_KEY: undefined,
      CORS_ORIGINS: 'https://board.example',
    });
    const without = await bed.ask('{ indicator(value: "evil.example.org") { danger } }');
    expect(without.errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
      ['The caller sent no Night Watch key: this gateway asks with the one in X-Night-Watch-Key.', 'UPSTREAM_DENIED'],
    ]);
    const servedFrom = async (key: string) => {
      const headers = { 'x-night-watch-key': key };
      const answer = await bed.ask(
        '{ indicator(value: "evil.example.org") { nightWatch { report { servedFrom } } } }',
        {},
        headers,
      );
      return answer.data.indicator.nightWatch.report.servedFrom;
    };
    expect([await servedFrom('callers-key'), await servedFrom('callers-key')]).toEqual(['LIVE', 'CACHE']);
    expect(await servedFrom('night-key')).toBe('LIVE');
    expect(lookups().map(({ headers }) => headers.key)).toEqual(['callers-key', 'night-key']);
    const preflight = await fetch(`${bed.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://board.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-night-watch-key');
  });
});

describe('the secrets of the third source', () => {
  const folder = mkdtempSync(join(tmpdir(), 'night-watch-'));
  afterEach(() => bed.stop());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may come as a file, and one that is exchanged is read again after a 401', async () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'wrong-key');
    bed = await startBedOfThree({ NIGHT_WATCH_KEY: undefined, NIGHT_WATCH_KEY_FILE: file });
    const ask = () => bed.ask('{ indicator(value: "evil.example.org") { danger } }');
    expect((await ask()).errors?.[0]?.extensions.code).toBe('UPSTREAM_DENIED');
    writeFileSync(file, 'next-key');
    expect((await ask()).data.indicator.danger).toBe(91);
    expect(lookups().map(({ headers }) => headers.key)).toEqual(['wrong-key', 'next-key']);
  });

  it('reach neither the log, nor an answer, nor the metrics; its cost stands in the log', async () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLog({ level: 'trace', sources: Object.keys(three.sources), destination });
    bed = await startBedOfThree({ NIGHT_WATCH_KEY: 'c4n4ry-key' }, { log });
    const { text } = await bed.ask(query, { values: all });
    const metrics = await (await fetch(`${bed.url}/metrics`)).text();
    await bed.stop();
    expect(lookups()[0]?.headers.key).toBe('c4n4ry-key');
    for (const told of [text, metrics, ...lines, ...bed.audit]) expect(told).not.toContain('c4n4ry');
    const operation = lines.map(line => JSON.parse(line)).find(({ message }) => message === 'operation');
    expect(operation).toMatchObject({ nightWatchCalls: 4, nightWatchFailed: 4, nightWatchFailures: ['DENIED'] });
  });
});

describe('the configuration of the third source', () => {
  const problemsOf = (environment: Record<string, string>): readonly string[] => {
    try {
      readConfig(environment, three.sources);
      return [];
    } catch (problem) {
      if (problem instanceof ConfigError) return problem.problems;
      throw problem;
    }
  };

  it('has the variables that every source has, under its name, and its own', () => {
    const added = configVariables(three.sources).filter(name => !configVariables(twoSources).includes(name));
    expect(added.sort()).toEqual(
      [
        'NIGHT_WATCH_CACHE_FRESH_SECONDS',
        'NIGHT_WATCH_CACHE_NEGATIVE_SECONDS',
        'NIGHT_WATCH_CACHE_STALE_SECONDS',
        'NIGHT_WATCH_CONCURRENCY',
        'NIGHT_WATCH_KEY',
        'NIGHT_WATCH_KEY_FILE',
        'NIGHT_WATCH_KEY_FROM',
        'NIGHT_WATCH_SCOPE',
        'NIGHT_WATCH_TIMEOUT_MS',
        'NIGHT_WATCH_URL',
      ].sort(),
    );
  });

  it('suffices by itself, and is named where no source is configured', () => {
    expect(problemsOf({ NIGHT_WATCH_KEY: 'x' })).toEqual([]);
    expect(problemsOf({ NIGHT_WATCH_KEY_FROM: 'caller' })).toEqual([]);
    expect(problemsOf({})).toEqual([
      expect.stringMatching(/or NIGHT_WATCH_KEY for Night Watch,.*or NIGHT_WATCH_KEY_FROM=caller$/),
    ]);
  });

  it('names what is wrong with it beside every other problem, and no value', () => {
    const problems = problemsOf({
      NIGHT_WATCH_KEY: 'two c4n4ry',
      NIGHT_WATCH_URL: 'ftp://c4n4ry',
      NIGHT_WATCH_TIMEOUT_MS: '-1',
      NIGHT_WATCH_KEY_FROM: 'c4n4ry',
      NIGHT_WATCH_SCOPE: 'c4n4ry',
      PORT: 'c4n4ry',
    });
    expect(problems.map(problem => problem.split(' ')[0]).sort()).toEqual([
      'NIGHT_WATCH_KEY',
      'NIGHT_WATCH_KEY_FROM',
      'NIGHT_WATCH_SCOPE',
      'NIGHT_WATCH_TIMEOUT_MS',
      'NIGHT_WATCH_URL',
      'PORT',
    ]);
    expect(problems.join()).not.toContain('c4n4ry');
  });
});

describe('what a source stores', () => {
  it('has a version of its own: a changed fact of one leaves what is cached of the others', async () => {
    const redis = await startRedis();
    const first = await startBedOfThree({ REDIS_URL: redis.url });
    await first.ask(query, { values: all });
    await first.gateway.stop(); // what is to be written is written
    const NIGHT_WATCH: typeof nightWatch = {
      ...nightWatch,
      open: (settings, dependencies) =>
        openLookupSource({ ...sightings, factVersion: '2' }, settings, credentialOf(settings), dependencies),
    };
    bed = await startBedOfThree(
      { ...first.emulators.environment, NIGHT_WATCH_URL: first.nightWatch.url, REDIS_URL: redis.url },
      { made: { ...three, sources: { ...three.sources, NIGHT_WATCH } } },
    );
    await bed.ask('{ indicator(value: "first.example.org") { threatScore } }'); // the connection to Redis is made
    const { datadog, argus } = first.emulators;
    for (const emulator of [datadog, argus, first.nightWatch]) emulator.clearRequests();
    const { data } = await bed.ask(query, { values: all });
    const servedFrom = data.indicators[0].sources.map((report: { servedFrom: string }) => report.servedFrom);
    expect(servedFrom).toEqual(['CACHE', 'CACHE', 'LIVE']);
    expect([datadog, argus, first.nightWatch].map(({ requests }) => requests.length)).toEqual([0, 0, all.length]);
    await bed.stop();
    await first.stop();
    await redis.stop();
  });
});

describe('the gateway does not start', () => {
  const start = (made: { sources: typeof three.sources; schema: string }) =>
    startGateway({ ARGUS_API_KEY: 'x', PORT: '0' }, made);
  const { NIGHT_WATCH } = three.sources;

  it('with a source under a name that is not its own', async () => {
    const made = { ...three, sources: { ...three.sources, DATADOG: NIGHT_WATCH } as never };
    await expect(start(made)).rejects.toThrow('NIGHT_WATCH is registered under DATADOG');
  });

  it('with a field that asks a source and has no cost', async () => {
    const { danger: _, ...costs } = NIGHT_WATCH.costs.Indicator ?? {};
    const source = { ...NIGHT_WATCH, costs: { ...NIGHT_WATCH.costs, Indicator: costs } };
    const made = { ...three, sources: { ...three.sources, NIGHT_WATCH: source } };
    await expect(start(made)).rejects.toThrow('Indicator.danger has no cost');
  });

  it('with a type of operation whose fields have no price', async () => {
    const withType = (...parts: string[]) => start({ ...three, schema: [three.schema, ...parts].join('\n') });
    await expect(withType('extend type Mutation { mute(value: ID!): Boolean }')).rejects.toThrow(
      'Mutation.mute has no cost',
    );
    const added = 'type Subscription { sighted: Boolean }';
    await expect(withType(added, 'extend schema { subscription: Subscription }')).rejects.toThrow(
      'Subscription.sighted has no cost',
    );
    await expect(withType(added)).rejects.toThrow('Subscription is no root: write "subscription: Subscription"');
  });

  it('with a field that asks where no cost is counted', async () => {
    const NightWatchAnswer = { ...NIGHT_WATCH.costs.NightWatchAnswer, sighting: lookup };
    const source = { ...NIGHT_WATCH, costs: { ...NIGHT_WATCH.costs, NightWatchAnswer } };
    const made = { ...three, sources: { ...three.sources, NIGHT_WATCH: source } };
    await expect(start(made)).rejects.toThrow('NightWatchAnswer.sighting asks where no cost is counted');
  });

  it('with a cost that belongs to no field', async () => {
    const source = { ...NIGHT_WATCH, costs: { ...NIGHT_WATCH.costs, Sighting: { danger: () => {} } } };
    const made = { ...three, sources: { ...three.sources, NIGHT_WATCH: source } };
    await expect(start(made)).rejects.toThrow('Sighting.danger has a cost');
  });

  it('with a resolver that has no place in the schema', () => {
    expect(() => createSchema(three.sources, three.schema.replace('  danger: Float\n', '  risk: Float\n'))).toThrow(
      /Indicator.danger/,
    );
    expect(() => createCosts(three.sources, createSchema(three.sources, three.schema))).not.toThrow();
  });
});
