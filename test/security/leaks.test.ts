import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { errorCodes } from '../../src/graphql/error-codes.ts';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { createLog } from '../../src/observability/log.ts';
import { sources } from '../../src/sources/index.ts';
import { apiKeyEntry } from '../setup/callers.ts';
import { askThrice, postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';

const canary = 'c4n4ry';

describe('with introspection off', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await startTestBed({ INTROSPECTION: 'off' });
  });
  afterAll(() => bed.stop());

  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Query") { fields { name } } }',
    '{ a: __schema { queryType { name } } ... on Query { __type(name: "Indicator") { name } } }',
    '{ _service { sdl } }',
    '{ ...S } fragment S on Query { x: _service { sdl } }',
  ])('the schema is not told: %s', async query => {
    const { status, text } = await askThrice(bed, query);
    expect(status).toBe(400);
    expect(text).not.toMatch(/threatScore|reputation|queryType"|sdl"/i);
  });

  it.each<[string, Record<string, unknown>?]>([
    ['{ indicater(value: "x") { id } }'],
    ['{ indicator(value: "x") { threatScor } }'],
    ['{ indicator(valu: "x") { id } }'],
    ['{ indicator(value: "x", typ: URL) { id } }'],
    ['{ indicator(value: "x", type: DOMAI) { id } }'],
    ['query ($t: IndicatorTyp) { indicator(value: "x", type: $t) { id } }', { t: 'URL' }],
    ['query ($t: IndicatorType) { indicator(value: "x", type: $t) { id } }', { t: 'DOMAI' }],
    ['query ($f: ReputationFilter) { reputationRecords(filter: $f) { totalCount } }', { f: { list: ['x'] } }],
    ['{ reputationRecords(filter: { list: ["x"] }) { totalCount } }'],
    ['{ indicator(value: "x") { ... on Indicato { id } } }'],
    ['{ node(id: "x") { threatScore } }'],
    ['{ indicator(value: "x") @inclde(if: true) { id } }'],
  ])('nobody is helped to guess it: %s', async (query, variables) => {
    const { status, text } = await askThrice(bed, query, variables);
    expect(status).toBe(400);
    expect(text).not.toMatch(/did you mean|perhaps|inline fragment on|threatScore"|DOMAIN\b|IndicatorType\b"|lists/i);
  });

  it('everything else works', async () => {
    const { data } = await bed.ask('{ __typename indicator(value: "evil.example.org") { __typename threatScore } }');
    expect(data).toEqual({ __typename: 'Query', indicator: { __typename: 'Indicator', threatScore: 92.5 } });
  });
});

/** Errors with the canary in various places, as careless or hostile code throws them. */
const shapes: Record<string, () => unknown> = {
  'in its message': () => new Error(`no ${canary}`),
  'in its message, over lines that look like frames': () => new Error(`x\n    at ${canary} (file.js:1:1)`),
  'in its cause': () => new Error('x', { cause: new Error(canary) }),
  'in the cause of its cause': () => new Error('x', { cause: new Error('y', { cause: canary }) }),
  'in a property': () => Object.assign(new Error('x'), { headers: { 'DD-API-KEY': canary } }),
  'in a header array': () => Object.assign(new Error('x'), { rawHeaders: ['Argus-API-Key', canary] }),
  'in a URL': () => Object.assign(new Error('x'), { url: `https://user:${canary}@example.org` }),
  'in its name': () => Object.assign(new Error('x'), { name: canary }),
  'in its stack': () => Object.assign(new Error('x'), { stack: `Error: x\n    at "${canary}"` }),
  'in its class': () =>
    Reflect.construct(Object.defineProperty(class extends Error {}, 'name', { value: `${canary}-` }), []),
  'in many errors': () => new AggregateError([new Error(canary)], canary),
  'as a text': () => canary,
  'as an object': () => ({ message: canary, toString: () => canary }),
  'as JSON': () => new Error(JSON.stringify({ authorization: canary })),
  'in an error of GraphQL': () => new GraphQLError(canary, { extensions: { code: 'OWN', secret: canary } }),
  'in an error of GraphQL that claims to be internal': () =>
    new GraphQLError(canary, { extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [canary] } }),
};

describe('an error that is on no list, the canary', () => {
  let gateway: RunningGateway;
  let url: string;
  let lines: string[];
  let thrown: () => unknown;

  beforeAll(async () => {
    const throwing = () => {
      throw thrown();
    };
    const { DATADOG } = sources;
    const Indicator = { ...DATADOG.resolvers.Indicator, threatScore: throwing };
    const registry = { ...sources, DATADOG: { ...DATADOG, resolvers: { ...DATADOG.resolvers, Indicator } } };
    const destination = { write: (line: string) => void lines.push(line) };
    lines = [];
    gateway = await startGateway(
      { ARGUS_API_KEY: 'x', PORT: '0' },
      {
        log: createLog({ level: 'trace', sources: Object.keys(registry), destination }),
        auditTo: destination,
        sources: registry,
      },
    );
    url = gateway.url;
  });
  afterAll(() => gateway.stop());

  it.each(Object.entries(shapes))('%s, reaches neither the client nor a log', async (_where, shape) => {
    lines = [];
    thrown = shape;
    for (let times = 1; times <= 3; times += 1) {
      const id = `request-${times}`;
      const { status, text, errors } = await postQuery(
        url,
        '{ indicator(value: "x.example.org") { threatScore value } }',
        {},
        { 'x-request-id': id },
      );
      expect(status).toBe(200);
      expect(text).not.toContain(canary);
      expect(errors).toEqual([
        {
          message: 'Internal server error',
          locations: [{ line: 1, column: 39 }],
          path: ['indicator', 'threatScore'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ]);
      await expect.poll(() => lines.filter(line => line.includes(`"${id}"`)).length).toBe(3);
    }
    // The log has the place of the error, under the request id that the client received.
    const bugs = lines.map(line => JSON.parse(line)).filter(({ message }) => /A bug/.test(message ?? ''));
    expect(bugs).toHaveLength(3);
    expect(lines.join('')).not.toContain(canary);
  });
});

describe('the whole process, at its most talkative', () => {
  let emulators: Emulators;
  let child: ChildProcess;
  let output: string;
  let url: string;

  const secrets = {
    DD_API_KEY: `${canary}-dd-api`,
    DD_APP_KEY: `${canary}-dd-app`,
    ARGUS_API_KEY: `${canary}/argus/key`,
    AUDIT_HMAC_KEY: `${canary}-hmac`,
    REDIS_URL: `redis://user:${canary}-redis@127.0.0.1:1`,
  };

  async function start(preload = ''): Promise<void> {
    const dataSet = createSeededDataSet();
    dataSet.datadog.credentials.keyPairs.set(
      `${secrets.DD_API_KEY}:${secrets.DD_APP_KEY}`,
      [...dataSet.datadog.credentials.keyPairs.values()][0] ?? '',
    );
    emulators = await startEmulators({ dataSet });
    output = '';
    const file = join(mkdtempSync(join(tmpdir(), 'preload-')), 'preload.mjs');
    writeFileSync(file, preload);
    child = spawn(process.execPath, ['--import', file, 'src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        LOG_LEVEL: 'trace',
        AUTH: 'api-key',
        METRICS_ON_PORT: 'on',
        API_KEYS: apiKeyEntry('soc'),
        AUDIT_INDICATORS: 'hmac',
        DATADOG_URL: emulators.datadog.url,
        ARGUS_URL: emulators.argus.url,
        ...secrets,
      },
    });
    const listen = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    await expect.poll(() => /"url":"(http[^"]+)"/.exec(output)?.[1], { timeout: 20_000 }).toBeTruthy();
    url = /"url":"(http[^"]+)"/.exec(output)?.[1] ?? '';
  }

  afterEach(async () => {
    child.kill('SIGKILL');
    await emulators.close();
  });

  it('writes no secret, nothing that a caller sent, and nothing that an upstream said', async () => {
    await start();
    const headers = {
      authorization: 'Bearer key-of-soc',
      cookie: `session=${canary}`,
      'argus-api-key': canary,
      'dd-api-key': canary,
      'DD-Application-Key': canary,
      'proxy-authorization': `Basic ${canary}`,
      'x-api-key': canary,
      referer: `https://user:${canary}@example.org/?token=${canary}`,
      'user-agent': canary,
    };
    const ask = (query: string, variables = {}, more = {}) => postQuery(url, query, variables, { ...headers, ...more });
    const texts: string[] = [];
    const hear = async (answer: Promise<{ text: string }>) => texts.push((await answer).text);
    const score = '{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { threatScore memberships { state } } }';
    const faults = [
      { kind: 'text', text: `{"errors":["${canary}"]}`, headers: { 'x-canary': canary } },
      { kind: 'text', text: `${canary} is no JSON` },
      { kind: 'status', status: 400, headers: { 'x-canary': canary } },
      { kind: 'status', status: 503, headers: { 'retry-after': canary } },
      { kind: 'redirect', location: `http://user:${canary}@127.0.0.1:1/${canary}` },
      { kind: 'raw', bytes: `${canary}\r\n\r\n` },
      { kind: 'cut' },
      { kind: 'set', members: { score: canary, state: canary } },
      // At the end, because a refused credential is not tried again at once.
      { kind: 'status', status: 401, headers: { 'www-authenticate': canary } },
    ] as const;
    await hear(ask(score));
    for (const fault of faults) {
      for (const emulator of [emulators.datadog, emulators.argus]) emulator.faults.add(fault);
      await hear(ask(score));
      for (const emulator of [emulators.datadog, emulators.argus]) emulator.faults.clear();
    }
    await hear(ask(score, {}, { authorization: `Bearer ${canary}` }));
    for (const path of [`/graphql?apikey=${canary}`, `/${canary}`, `/graphiql?query=${canary}`])
      await fetch(`${url}${path}`, { headers });
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: `{"${canary}`,
    });
    await ask(`{ ${canary} `);
    await ask(`{ ${canary} }`);
    await ask('query ($v: Int) { __typename }', { v: canary });
    await ask('query ($v: String!) { indicator(value: $v) { id } }', { v: `${canary}.example.org` });
    await expect.poll(() => output.split('"outcome":').length).toBeGreaterThan(30);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('gateway_operations_total');
    expect(texts.join('\n')).not.toContain(canary);
    expect(metrics).not.toContain(canary);
    expect(output).not.toContain(canary);
    expect(output).not.toContain('key-of-soc');
    for (const code of texts.flatMap(text => [...text.matchAll(/"code":"(\w+)"/g)].map(match => match[1])))
      expect(errorCodes).toContain(code);
  }, 120_000);

  it.each([
    ['an exception', 'throw problem'],
    ['a rejection', 'Promise.reject(problem)'],
  ])(
    'ends at %s nobody caught, says where, and nothing else',
    async (_what, crash) => {
      await start(`process.on('SIGUSR2', function careless() {
      const problem = Object.assign(new Error(process.env.DD_API_KEY, { cause: process.env }), { headers: [process.env.ARGUS_API_KEY] });
      ${crash};
    });`);
      const [exit] = await Promise.all([once(child, 'exit'), child.kill('SIGUSR2')]);
      expect(exit[0]).toBe(1);
      expect(output).toContain('A bug: the process ends');
      expect(output).toContain('careless');
      expect(output).not.toContain(canary);
    },
    60_000,
  );

  it('reports problems of its environment without values', async () => {
    await start();
    const wrong = spawn(process.execPath, ['src/main.ts'], {
      env: {
        PATH: process.env.PATH,
        PORT: canary,
        DD_API_KEY: `${canary} ${canary}`,
        API_KEYS: canary,
        AUTH: 'api-key',
        REDIS_URL: `redis://:${canary}@a b`,
        JWKS_URL: `http://${canary}`,
      },
    });
    let text = '';
    wrong.stderr.on('data', chunk => {
      text += chunk;
    });
    const [code] = await once(wrong, 'exit');
    expect(code).toBe(1);
    for (const name of ['PORT', 'DD_API_KEY', 'DD_APP_KEY', 'REDIS_URL', 'JWKS_URL'])
      expect(text).toContain(`- ${name} `);
    expect(text).not.toContain(canary);
  }, 60_000);
});
