import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed } from '../setup/gateway.ts';
import { chartFolder, objects, podOf, readChartFile, theOne } from './chart.ts';

const folder = mkdtempSync(join(tmpdir(), 'joined-query-'));
const keyFile = join(folder, 'key');
writeFileSync(keyFile, 'the-callers-key\n');
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A stand-in gateway: who comes without the key gets 401, who has it gets these sources. */
async function gateway(statuses: readonly string[], errors: readonly unknown[] = []): Promise<string> {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer the-callers-key';
    const sources = statuses.map((status, index) => ({ source: index === 0 ? 'DATADOG' : 'ARGUS', status }));
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(isKnown ? { data: { indicator: { sources } }, errors } : { errors: ['UNAUTHENTICATED'] }),
    );
  });
  open.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}

async function helmTest(environment: Record<string, string>) {
  const script = join(chartFolder, 'files/joined-query.mjs');
  const env = { INDICATOR: 'evil.example.org', OPEN: '', ...environment };
  return promisify(execFile)(process.execPath, [script], { env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => z.object({ code: z.number(), stdout: z.string() }).parse(error),
  );
}

describe('what helm test runs', () => {
  it('asks a question that the schema has', () => {
    const query = /query = `([^`]+)`/.exec(readChartFile('files/joined-query.mjs'))?.[1] ?? '';
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), {
      assumeValidSDL: true,
    });
    expect(validate(schema, parse(query))).toEqual([]);
  });

  it.each([
    ['both sources answer', ['MATCHED', 'NO_MATCH'], 0],
    ['one is not configured', ['UNCONFIGURED', 'MATCHED'], 0],
    ['one refuses our key', ['DENIED', 'MATCHED'], 1],
    ['one does not answer', ['MATCHED', 'TIMED_OUT'], 1],
    ['nobody was heard', ['UNCONFIGURED', 'NOT_APPLICABLE'], 1],
  ])('with a key, where %s, ends so', async (_, statuses, code) => {
    expect(await helmTest({ GATEWAY: await gateway(statuses), CALLER_KEY_FILE: keyFile })).toMatchObject({ code });
  });

  it('fails where the answer carries errors', async () => {
    const address = await gateway(['MATCHED', 'MATCHED'], [{ message: 'no' }]);
    expect(await helmTest({ GATEWAY: address, CALLER_KEY_FILE: keyFile })).toMatchObject({ code: 1 });
  });

  it('without a key is content with being refused, and says what it could not try', async () => {
    const { code, stdout } = await helmTest({ GATEWAY: await gateway([]) });
    expect(code).toBe(0);
    expect(stdout).toContain('test.existingSecret');
  });

  it('fails where a closed gateway lets a stranger in', async () => {
    const server = createServer((_, response) => response.end('{"data":{}}'));
    open.push(server);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    expect(await helmTest({ GATEWAY: `http://127.0.0.1:${port}` })).toMatchObject({ code: 1 });
  });
});

describe('the trial', () => {
  it('is answered by both emulators with the very keys that the chart makes up', async () => {
    const made = z.record(z.string(), z.string()).parse(theOne(objects('emulators'), 'Secret').stringData);
    const { 'caller-key': callerKey = '', ...environment } = made;
    const bed = await startTestBed(
      { AUTH: 'api-key', ...environment },
      { dataSet: createSeededDataSet({ now: Date.now() }) },
    );
    try {
      const trialKey = join(folder, 'trial-key');
      writeFileSync(trialKey, callerKey);
      const { code, stdout } = await helmTest({ GATEWAY: bed.url, CALLER_KEY_FILE: trialKey });
      expect(stdout).toMatch(/"DATADOG",\s+"status": "MATCHED"[\s\S]*"ARGUS",\s+"status": "MATCHED"[\s\S]*Answered/);
      expect(code).toBe(0);
      expect(await helmTest({ GATEWAY: bed.url })).toMatchObject({ code: 0 });
    } finally {
      await bed.stop();
    }
  });
});

describe('the test pod', () => {
  const variables = (set: string) =>
    Object.fromEntries(
      (podOf(theOne(objects(set), 'Pod')).containers[0]?.env ?? []).map(({ name, value }) => [name, value]),
    );

  it.each([
    ['everything', 'http://soc-gateway:8080', '198.51.100.7', true, ''],
    ['emulators', 'http://soc-indicator-gateway:80', 'evil.example.org', true, ''],
    ['minimal', 'http://soc-indicator-gateway:80', 'evil.example.org', false, ''],
    ['open', 'http://soc-indicator-gateway:80', 'evil.example.org', false, 'yes'],
  ])(
    'of the value set %s knows the address, the indicator and the key to ask with',
    (set, address, indicator, hasKey, isOpen) => {
      const { GATEWAY, INDICATOR, OPEN, CALLER_KEY_FILE } = variables(set);
      expect([GATEWAY, INDICATOR, OPEN, CALLER_KEY_FILE !== undefined]).toEqual([address, indicator, isOpen, hasKey]);
    },
  );
});
