/** What `npm pack` makes, installed where there is no checkout: it depends on nothing that npm would have to fetch. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../setup/demo.ts';
import { oldestNodePath } from '../setup/packaging-tools.ts';

const checkout = resolve(import.meta.dirname, '../..');
const inCheckout = (name: string) => join(checkout, 'node_modules', name);
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
const installed = join(folder, 'empty');
const program = join(installed, 'node_modules/.bin/indicator-gateway');
const commands = ['demo', 'serve', 'enrich', 'emulators', 'doctor'];
let tarball: string;

/** A copy, since packing puts another manifest in the place of the checkout's for a moment. */
function pack(): string {
  const copy = join(folder, 'checkout');
  const left = ['.git', 'node_modules', 'dist', 'test', 'bench'].map(name => join(checkout, name));
  cpSync(checkout, copy, { recursive: true, filter: path => !left.includes(path) });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  const manifest = readFileSync(join(copy, 'package.json'), 'utf8');
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: copy, stdio: 'pipe' });
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(manifest);
  return join(folder, readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '');
}

beforeAll(() => {
  tarball = pack();
  mkdirSync(installed);
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: installed });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isOfModules = (problem: Problem): boolean =>
  !('resolutionKind' in problem) || ['node16-esm', 'bundler'].includes(problem.resolutionKind);

/** As an older or newer Node says of itself. */
function run(args: readonly string[], node = process.execPath, version?: string) {
  const says = `Object.defineProperty(process.versions, 'node', { value: ${JSON.stringify(version)} })`;
  const options = version === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(says)}`];
  return spawnSync(node, [...options, program, ...args], { cwd: installed, encoding: 'utf8', env: {} });
}

describe('the package', { timeout: 120_000 }, () => {
  it('installs itself alone, and is a few megabytes', () => {
    expect(readdirSync(join(installed, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual([
      'indicator-gateway',
    ]);
    expect(statSync(tarball).size).toBeLessThan(6_000_000);
  });

  it('holds the notices of every package that it is made of, and a bill of materials of the same', () => {
    const ofPackage = (file: string) => readFileSync(join(installed, 'node_modules/indicator-gateway', file), 'utf8');
    const { components, metadata } = JSON.parse(ofPackage('dist/sbom.cdx.json'));
    expect(metadata.component).toMatchObject({ name: 'indicator-gateway', type: 'application' });
    const parts: string[] = components.map(({ name, version }: Record<string, string>) => `${name} ${version}`);
    expect(parts.map(part => part.split(' ')[0])).toEqual(expect.arrayContaining(['fastify', 'react', 'undici']));
    expect(parts.filter(part => /^(vite|vitest|typescript|node) /.test(part))).toEqual([]);
    const notices = ofPackage('dist/licenses.txt');
    expect(parts.filter(part => !notices.includes(`${part}: `))).toEqual([]);
    expect(JSON.stringify(components)).not.toMatch(/https?:[^"]*\.tgz/);
  });

  it('is as publint and Are the Types Wrong want it', async () => {
    const data = new Uint8Array(readFileSync(tarball));
    expect((await publint({ pack: { tarball: data.buffer }, strict: true })).messages).toEqual([]);
    const checked = await checkPackage(createPackageFromTarballData(data), { entrypoints: ['./apollo'] });
    // It is an ES module, for Node and for bundlers.
    const problems = checked.types === false ? [checked] : checked.problems.filter(isOfModules);
    expect(problems).toEqual([]);
  });

  it.each(commands)('%s says in one sentence that an older Node does not do, and ends with 2', command => {
    for (const version of ['18.20.8', '20.20.2', '22.18.0'])
      expect(run([command], process.execPath, version)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: `indicator-gateway needs Node 22.19 or newer, and this is Node ${version}.\n`,
      });
  });

  it('needs what its HTTP client needs', () => {
    const engines = (path: string) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).engines;
    expect(engines(join(installed, 'node_modules/indicator-gateway'))).toEqual(engines(inCheckout('undici')));
  });

  it('says which commands there are', () => {
    const { stdout, status } = run(['--help']);
    expect([status, [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)]).toEqual([0, commands]);
    expect(run([])).toMatchObject({ status: 2, stderr: expect.stringMatching(/^A command is missing\.\n\nUsage/) });
    expect(run(['deny'])).toMatchObject({ status: 2, stderr: expect.stringMatching(/^There is no command "deny"/) });
    expect(run(['enrich', '--help']).stdout).toMatch(/^Usage: indicator-gateway enrich \[options\]/);
    expect(run(['enrich', '--help']).stdout).not.toContain('npm');
  });

  it('serve and doctor say what is missing where there is no configuration', () => {
    const missing = expect.stringMatching(/^The configuration cannot be used:\n {2}- No source is configured/);
    expect(run(['serve'])).toMatchObject({ status: 1, stderr: missing });
    expect(run(['doctor'])).toMatchObject({ status: 2, stderr: missing });
  });
});

describe('its emulators', () => {
  it('say where they listen, and end on SIGTERM', async () => {
    const env = { EMULATOR_DATADOG_PORT: '0', EMULATOR_ARGUS_PORT: '0' };
    const child = spawn(process.execPath, [program, 'emulators'], { cwd: installed, env });
    const [printed] = await once(child.stdout, 'data');
    const [url] = /(?<=Argus.*)http:\S+/.exec(String(printed)) ?? [''];
    expect((await fetch(`${url}/_emulator`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe.each([
  ['the oldest Node', () => [oldestNodePath(), program, 'demo'] as const],
  ['npx', () => ['npx', '--yes', '--offline', `./${basename(tarball)}`, 'demo'] as const],
])('its demo, by %s', { timeout: 120_000 }, (_, command) => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo(dirname(tarball), command());
  });
  afterAll(() => demo.interrupt());

  it('offers pages that answer', async () => {
    for (const page of ['board', 'graphiql']) expect((await fetch(`${demo.gateway}/${page}`)).status).toBe(200);
  });

  it('gives a verdict to who enriches a list there', () => {
    writeFileSync(join(installed, 'list.txt'), 'evil[.]example[.]org\n');
    const { stdout, status } = run(['enrich', '--url', demo.gateway, 'list.txt'], oldestNodePath());
    expect([status, JSON.parse(stdout)]).toMatchObject([0, { indicator: { verdict: { level: 'MALICIOUS' } } }]);
  });

  it('answers an Apollo Client that has its cache rules and operations, with their types, from the package', () => {
    for (const scope of ['@apollo', '@graphql-typed-document-node', '@types'])
      if (!existsSync(join(installed, 'node_modules', scope)))
        symlinkSync(inCheckout(scope), join(installed, 'node_modules', scope));
    writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(installed, 'client.ts'), client);
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      '--lib',
      'es2024,dom',
    ];
    const types = spawnSync(inCheckout('.bin/tsc'), [...options, 'client.ts'], { cwd: installed, encoding: 'utf8' });
    expect(types.stdout).toBe('');
    const ran = spawnSync(process.execPath, ['client.ts', `${demo.gateway}/graphql`], {
      cwd: installed,
      encoding: 'utf8',
    });
    expect([ran.stdout, ran.stderr]).toEqual(['MALICIOUS by the schema\n', '']);
  });
});

const client = `
import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { possibleTypes, TriageDocument, typePolicies, type VerdictLevel } from 'indicator-gateway/apollo';

const client = new ApolloClient({
  link: new HttpLink({ uri: process.argv[2] as string }),
  cache: new InMemoryCache({ typePolicies, possibleTypes }),
});
const { data } = await client.query({ query: TriageDocument, variables: { values: ['evil.example.org'] } });
const level: VerdictLevel | undefined = data?.lookup[0]?.indicator?.verdict.level;
// @ts-expect-error: the operation selects no such field
data?.lookup[0]?.nothing;
const schema = readFileSync(new URL(import.meta.resolve('indicator-gateway/schema.graphql')), 'utf8');
console.log(level, schema.includes('type Verdict') ? 'by the schema' : '');
`;
