import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Container } from '../setup/replay/namespace.ts';
import { becomesHealthy, type Replayed, replayDockerfile } from '../setup/replay-dockerfile.ts';

/** A caller's key "k", hashed. */
const apiKeys = 'soar:8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a';
const environment = {
  AUTH: 'api-key',
  API_KEYS: apiKeys,
  ARGUS_API_KEY: 'not-a-key',
  DD_API_KEY: 'a',
  DD_APP_KEY: 'b',
};
let replayed: Replayed;

beforeAll(() => {
  replayed = replayDockerfile();
}, 900_000);
afterAll(() => replayed?.remove(), 600_000);

/** Ended after each test, whatever came of it. */
const running: Container[] = [];
afterEach(() => Promise.all(running.splice(0).map(container => container.stop('SIGKILL', 1_000))));

function run(...options: Parameters<Replayed['run']>): Container {
  const container = replayed.run(...options);
  running.push(container);
  return container;
}

const app = (...path: readonly string[]) => join(replayed.image.root, 'app', ...path);

describe('the image', { timeout: 120_000 }, () => {
  it('holds the program, its front end and production dependencies, and nothing else', () => {
    expect(readdirSync(app()).sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json', 'schema.graphql']);
    expect(readdirSync(app('dist')).sort()).toEqual(['board', 'graphiql', 'licenses.txt', 'sbom.cdx.json', 'server']);
    const { dependencies, devDependencies } = JSON.parse(readFileSync(app('package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) expect(existsSync(app('node_modules', name)), name).toBe(true);
    const unwanted = ['vitest', 'vite', 'typescript', '@biomejs/biome', 'node', 'playwright-core'];
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(unwanted));
    for (const name of unwanted) expect(existsSync(app('node_modules', name)), name).toBe(false);
  });

  it('holds no npm', () => {
    expect(readdirSync(join(replayed.image.root, 'usr/local/bin'))).toEqual(['node']);
  });

  it('says what each package in it is and under which licence, and holds no other file of it', () => {
    const files = readdirSync(app('node_modules'), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map(({ name }) => name);
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter(name => !/^(package\.json|(licen[cs]e|notice).*)$/i.test(name))).toEqual([]);
    expect(readFileSync(app('node_modules/fastify/LICENSE'), 'utf8')).toContain('Permission is hereby granted');
  });

  it('is small', () => {
    const megabytes = (...path: readonly string[]) =>
      Number.parseInt(execFileSync('du', ['-sm', app(...path)], { encoding: 'utf8' }), 10);
    expect(megabytes('node_modules') + megabytes('dist/server')).toBeLessThan(20);
    expect(megabytes()).toBeLessThan(60);
  });

  it('belongs to root, so that the program could not change itself', () => {
    expect(
      execFileSync('find', [app(), '(', '!', '-uid', '0', '-o', '-perm', '-o=w', '!', '-type', 'l', ')'], {
        encoding: 'utf8',
      }),
    ).toBe('');
  });

  it('starts as an ordinary user on a read-only tree, is healthy, and ends with 0 on SIGTERM', async () => {
    const { image } = replayed;
    const container = run(environment);
    expect(await becomesHealthy(container, image), container.output()).toBe(true);
    const whoAndWhere = `const fs = require('fs'); let wrote = []; for (const d of ['/', '/app', '/tmp', '/app/dist']) try { fs.writeFileSync(d + '/x', ''); wrote.push(d) } catch {}
      console.log(JSON.stringify([process.getuid(), fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0').slice(0, 3), wrote]))`;
    expect(JSON.parse(container.exec(['node', '-e', whoAndWhere]).output)).toEqual([
      65532,
      ['node', '--max-semi-space-size=16', 'dist/server/main.js'],
      [],
    ]);
    expect(await container.stop('SIGTERM', 15_000)).toBe(0);
  });

  it('is healthy on the port that Kubernetes asks', async () => {
    const container = run({ ...environment, ADMIN_PORT: '9090' });
    expect(await becomesHealthy(container, replayed.image), container.output()).toBe(true);
    expect(await container.stop('SIGTERM', 15_000)).toBe(0);
  });

  it('says what is missing and ends, where it has no configuration', async () => {
    const container = run({});
    expect(await becomesHealthy(container, replayed.image)).toBe(false);
    expect(container.output()).toMatch(/cannot be used[\s\S]*AUTH must be set/);
  });

  it('runs the emulators too', async () => {
    const container = run({}, ['dist/server/emulators.js']);
    const asks = [
      'node',
      '-e',
      "fetch('http://127.0.0.1:4011/_emulator').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(2))",
    ];
    expect(await becomesHealthy(container, { ...replayed.image, healthcheck: asks }), container.output()).toBe(true);
    expect(await container.stop('SIGTERM', 15_000)).toBe(0);
  });
});
