import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../src/emulators/emulators.ts';
import { postQuery } from '../setup/gateway.ts';
import { loadedPackages } from '../setup/loaded-packages.ts';
import { startProcess } from '../setup/process.ts';
import { startRedis, until } from '../setup/redis.ts';

const checkout = resolve(import.meta.dirname, '../..');
/** As the image has it, and without node_modules. */
const folder = mkdtempSync(join(tmpdir(), 'gateway-built-'));
const program = (name: string) => join(folder, 'dist/server', `${name}.js`);

beforeAll(() => {
  const rolldown = join(checkout, 'node_modules/rolldown/bin/cli.mjs');
  execFileSync(process.execPath, [rolldown, '-c', '-d', join(folder, 'dist/server')], { cwd: checkout });
  for (const file of ['package.json', 'schema.graphql']) cpSync(join(checkout, file), join(folder, file));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Counts what it is sent, as a collector of traces. */
async function startCollector() {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('the built program', { timeout: 120_000 }, () => {
  it('answers, keeps facts in Redis and sends traces, without a single installed package', async () => {
    const [emulators, redis, collector] = [await startEmulators(), await startRedis(), await startCollector()];
    ends.push(redis.stop, emulators.close);
    const environment = { REDIS_URL: redis.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const gateway = await startProcess(emulators, environment, [], program('main'));
    ends.push(gateway.stop);
    const query = '{ indicator(value: "evil[.]example[.]org") { value threatScore memberships { value } } }';
    expect(await postQuery(gateway.url, query)).toMatchObject({
      data: { indicator: { value: 'evil.example.org', threatScore: expect.any(Number) } },
    });
    expect(emulators.datadog.requests).toHaveLength(1);
    await until(async () => (await redis.rows()) > 0, 'Redis has the facts');
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(0);
    expect(collector.asked).toContain('/v1/traces');
  });

  it('lets nobody in without a valid token where AUTH=jwt', async () => {
    const emulators = await startEmulators();
    ends.push(emulators.close);
    const issuer = { AUTH: 'jwt', JWT_ISSUER: 'https://login.example.org', JWT_AUDIENCE: 'gateway' };
    const environment = { ...issuer, JWKS_URL: 'http://127.0.0.1:1' };
    const gateway = await startProcess(emulators, environment, [], program('main'));
    ends.push(gateway.stop);
    const headers = { authorization: 'Bearer a.b.c', 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ __typename }' });
    expect((await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })).status).toBe(401);
  });

  it('loads nothing that its configuration does not use', () => {
    const packages = loadedPackages({}, program('main'));
    expect(packages).toEqual(expect.arrayContaining(['fastify', 'graphql', 'undici', 'pino']));
    expect(packages.filter(name => /^(@keyv\/redis|@redis\/|jose$|@opentelemetry\/(?!api$))/.test(name))).toEqual([]);
  });

  it.each(['doctor', 'enrich'])('has %s beside it', name => {
    const { stdout, status } = spawnSync(process.execPath, [program(name), '--help'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^\s*Usage: /)]);
  });

  it('names files and lines of src where it failed', () => {
    const broken = join(folder, 'broken');
    cpSync(join(folder, 'dist'), join(broken, 'dist'), { recursive: true });
    for (const file of ['package.json', 'schema.graphql']) cpSync(join(folder, file), join(broken, file));
    appendFileSync(join(broken, 'schema.graphql'), '\ntype Stray { field: Nowhere }\n');
    const { stderr, status } = spawnSync(process.execPath, [join(broken, 'dist/server/main.js')], {
      encoding: 'utf8',
      env: { PORT: '0', ARGUS_API_KEY: 'x' },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/at buildSubgraph \(src\/graphql\/federation\.ts:\d+:\d+\)/);
    expect(stderr).toMatch(/at buildASTSchema \(file:.*\/dist\/server\/graphql\.js:\d+:\d+\)/);
  });
});
