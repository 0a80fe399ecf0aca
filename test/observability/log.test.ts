import { afterEach, describe, expect, it, vi } from 'vitest';
import { startEmulators } from '../../src/emulators/emulators.ts';
import { createLog, logFields } from '../../src/observability/log.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { patient, startProcess } from '../setup/process.ts';

/** Starting a process takes long while other tests start theirs. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

type Line = Record<string, unknown>;

function keepLines() {
  const texts: string[] = [];
  const log = createLog({
    sources: ['DATADOG', 'ARGUS'],
    level: 'debug',
    destination: { write: line => void texts.push(line) },
  });
  return { log, texts, lines: (): Line[] => texts.map(text => JSON.parse(text)) };
}

let bed: TestBed | undefined;
afterEach(async () => {
  await bed?.stop();
  bed = undefined;
});

describe('a log line', () => {
  it('has the fields of the allow-list and nothing else, however they were passed', () => {
    const { log, texts } = keepLines();
    const canaries = {
      headers: { 'DD-API-KEY': 'canary' },
      authorization: 'Bearer canary',
      config: { nested: { deeply: { apiKey: 'canary' } } },
      err: new Error('canary', { cause: new Error('canary') }),
      url: { href: 'https://user:canary@example.org' },
      path: new Error('canary'),
      source: ['DATADOG', { toString: () => 'list' }],
    };
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](canaries as never, 'message');
    expect(texts).toHaveLength(4);
    expect(texts.join('')).not.toContain('canary');
    expect(JSON.parse(texts[3] ?? '')).toEqual({
      level: 'error',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      source: ['DATADOG', 'list'],
      message: 'message',
    });
  });

  it('is one line of bounded length, whatever is in it', () => {
    const { log, texts } = keepLines();
    log.info({ operation: `a\r\n{"level":"error"}\u001b[31m${'x'.repeat(100_000)}` }, 'operation');
    expect(texts).toHaveLength(1);
    expect(texts[0]?.trimEnd()).not.toMatch(/[\n\r\u001b]/);
    expect(texts[0]?.length).toBeLessThan(6_000);
  });
});

describe('an operation', () => {
  it('is one line with the caller, the cost at each source and the outcome', async () => {
    const kept = keepLines();
    bed = await startTestBed(patient, {}, undefined, kept.log);
    const values = ['evil.example.org', 'secret-canary.example.org'];
    const query =
      'query Triage($values: [String!]!) { indicators(values: $values) { threatScore memberships { value } } }';
    const first = await bed.ask(query, { values }, { 'x-request-id': 'from-soar:42' });
    expect(first.headers.get('x-request-id')).toBe('from-soar:42');
    const second = await bed.ask(query, { values });
    bed.emulators.argus.faults.add({ kind: 'status', status: 403 });
    const third = await bed.ask('{ indicator(value: "other.example.org") { memberships { value } } }');
    await bed.stop();
    const lines = kept.lines().filter(({ message }) => message === 'operation');
    expect(lines).toEqual([
      {
        ...{ level: 'info', time: expect.any(String), message: 'operation' },
        ...{ requestId: 'from-soar:42', caller: 'anonymous', operation: 'Triage', outcome: 'ok' },
        ...{ hash: expect.stringMatching(/^[0-9a-f]{64}$/), milliseconds: expect.any(Number) },
        ...{ datadogCalls: 2, datadogLive: 2, argusCalls: 1, argusLive: 2 },
        ...{ datadogMilliseconds: expect.any(Number), argusMilliseconds: expect.any(Number) },
      },
      expect.objectContaining({
        requestId: second.headers.get('x-request-id'),
        hash: lines[0]?.hash,
        ...{ datadogCached: 2, argusCached: 2 },
      }),
      expect.objectContaining({
        requestId: third.headers.get('x-request-id'),
        outcome: 'partial',
        codes: ['UPSTREAM_DENIED'],
        ...{ operation: null, argusCalls: 1, argusFailed: 1, argusFailures: ['DENIED'] },
      }),
    ]);
    expect(kept.texts.join('')).not.toMatch(/secret-canary|demo-api-key|demo\/key/);
  });

  it('uses no request id with special characters', async () => {
    bed = await startTestBed();
    for (const id of ['a b', '', 'x'.repeat(129), '"};drop']) {
      const { headers } = await bed.ask('{ __typename }', {}, { 'x-request-id': id });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('every line of the program', () => {
  it('is JSON with a constant message and known fields, from its first line to its last', async () => {
    const emulators = await startEmulators();
    const gateway = await startProcess(emulators, { LOG_LEVEL: 'trace', REDIS_URL: 'redis://127.0.0.1:1' });
    await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`, { headers: { 'apollo-require-preflight': '1' } });
    await fetch(`${gateway.url}/nothing`);
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    const known = new Set([...logFields(['DATADOG', 'ARGUS']), 'level', 'time', 'message']);
    for (const line of gateway.lines()) expect(Object.keys(line).filter(name => !known.has(name))).toEqual([]);
    expect(gateway.lines().map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'listening',
        'Redis cannot be used: caching in memory',
        'operation',
        'draining',
        'stopped',
      ]),
    );
    await emulators.close();
  });

  it('has the lines of what was answered just before a crash', async () => {
    // Begins when the response is out, a moment before its line is written.
    const crash = `import { subscribe } from 'node:diagnostics_channel';
      subscribe('http.server.response.finish', ({ request }) => {
        if (request.url.startsWith('/graphql')) setImmediate(() => { throw new TypeError('now'); });
      });`;
    const emulators = await startEmulators();
    const gateway = await startProcess(emulators, {}, [
      '--import',
      `data:text/javascript,${encodeURIComponent(crash)}`,
    ]);
    await fetch(`${gateway.url}/graphql?query=%7B__typename%7D`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await gateway.ended).toMatchObject({ code: 1, signal: null });
    expect(gateway.lines().map(({ message }) => message)).toEqual(
      expect.arrayContaining(['operation', 'A bug: the process ends']),
    );
    await emulators.close();
  });

  it('has only the place of a crash, and the process exits with 1', async () => {
    const crash = `setTimeout(() => { throw Object.assign(new TypeError('crash-canary'), { key: 'crash-canary' }) }, 100)`;
    const late = `process.on('message', () => ${crash})`;
    const emulators = await startEmulators();
    const gateway = await startProcess(emulators, {}, ['--import', `data:text/javascript,${encodeURIComponent(late)}`]);
    gateway.child.send('now');
    expect(await gateway.ended).toMatchObject({ code: 1, signal: null });
    expect(gateway.lines('A bug: the process ends')).toMatchObject([{ level: 'error', error: 'TypeError' }]);
    expect(gateway.output()).not.toContain('crash-canary');
    await emulators.close();
  });
});
