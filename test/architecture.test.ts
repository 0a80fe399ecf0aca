import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LocalImport, readSources } from '../bench/syntax.ts';
import { sources } from '../src/sources/index.ts';

/** Run-time imports that are allowed beyond the own folder, by folder or file (`import type` is always allowed). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': [
    'auth',
    'cache',
    'clock.ts',
    'config',
    'gateway.ts',
    'graphql',
    'observability',
    'process.ts',
    'server',
    'sources',
  ],
  'gateway.ts': ['auth', 'graphql', 'sources'],
  'process.ts': ['config', 'observability'],
  'command.ts': ['main.ts', 'demo.ts', 'cli', 'doctor', 'emulators'],
  // The package's entries.
  'apollo.ts': ['clients', 'web'],
  'demo.ts': ['main.ts', 'process.ts', 'emulators', 'server', 'sources'],
  // The configuration is made of what auth and the sources declare; these do not import it.
  config: ['auth', 'domain', 'sources'],
  server: ['auth', 'clients', 'domain', 'graphql', 'observability', 'slices.ts', '../package.json'],
  graphql: ['auth', 'domain', 'observability', 'slices.ts', 'sources', 'http-client'],
  sources: [
    'cache',
    'domain',
    'http-client',
    'config/variables.ts',
    'graphql/error-codes.ts',
    'graphql/echo.ts',
    'slices.ts',
  ],
  cache: ['http-client/circuit-breaker.ts', 'http-client/errors.ts', 'slices.ts'],
  'http-client': ['slices.ts'],
  observability: ['../package.json'],
  doctor: ['clock.ts', 'config', 'domain', 'http-client', 'observability', 'process.ts', 'sources'],
  // Clients know the schema and no code of the gateway.
  cli: ['clients'],
  web: ['clients', '../packaging/bundled-packages.ts'],
};

/** Beside its own folder: the registry, its emulator, the doctor and the clients of the schema. */
const mayNameASource: readonly RegExp[] = [
  /^sources\/index\.ts$/,
  /^sources\/[\w-]+\//,
  /^emulators\//,
  /^clients\//,
  /^cli\//,
  /^doctor\//,
  /^web\//,
  // Of those that trace pages, which are no sources.
  /^server\/headers\.ts$/,
];

const mayReadTheEnvironment = [
  'cli/enrich.ts',
  'demo.ts',
  'doctor/main.ts',
  'emulators/main.ts',
  'main.ts',
  'web/board/vite.config.ts',
];

const files = readSources(resolve(import.meta.dirname, '../src'));
const imports = files.flatMap(file => file.imports).filter(({ isTypeOnly }) => !isTypeOnly);
const folderOf = (path: string): string => path.split('/')[0] ?? path;

/** What allows an import: undefined inside a folder, null where nothing does. */
function allowanceOf({ from, to }: LocalImport): string | undefined | null {
  if (folderOf(from) === folderOf(to)) return undefined;
  const allowed = mayImport[folderOf(from)]?.find(entry => entry === folderOf(to) || entry === to);
  return allowed === undefined ? null : `${folderOf(from)}: ${allowed}`;
}

describe('the source code', () => {
  it('imports in one direction only', () => {
    expect(imports.filter(link => allowanceOf(link) === null)).toEqual([]);
  });

  it('lists no import as allowed that nothing makes', () => {
    const listed = Object.entries(mayImport).flatMap(([from, entries]) => entries.map(entry => `${from}: ${entry}`));
    const used = new Set(imports.map(allowanceOf));
    expect(listed.filter(allowance => !used.has(allowance))).toEqual([]);
  });

  it('never lets one source import another', () => {
    const sourceOf = (file: string) => /^sources\/([\w-]+)\//.exec(file)?.[1];
    const wrong = imports.filter(({ from, to }) => sourceOf(from) && sourceOf(to) && sourceOf(from) !== sourceOf(to));
    expect(wrong).toEqual([]);
  });

  it('loads sources without the rest of GraphQL', () => {
    expect(imports.filter(({ from }) => from === 'graphql/error-codes.ts')).toEqual([]);
  });

  it('names no source outside its folder, the registry, its emulator, the doctor and the clients of the schema', () => {
    const names = Object.values(sources).flatMap(({ name, title }) => [name.toLowerCase(), title.toLowerCase()]);
    const naming = files.flatMap(({ path, text }) => {
      const code = withoutComments(text).toLowerCase();
      return names.some(name => code.includes(name)) ? [path] : [];
    });
    expect(naming.filter(path => !mayNameASource.some(allowed => allowed.test(path)))).toEqual([]);
    expect(mayNameASource.filter(allowed => !naming.some(path => allowed.test(path)))).toEqual([]);
  });

  it('reads the environment in its entry points alone', () => {
    const readers = files.filter(({ text }) => /process\.env/.test(withoutComments(text))).map(({ path }) => path);
    expect(readers).toEqual(mayReadTheEnvironment);
  });

  it('listens to no field of Apollo Server, which would then instrument the schema that we execute with', () => {
    expect(files.filter(({ text }) => withoutComments(text).includes('willResolveField'))).toEqual([]);
  });

  it('gives no folder a name that says nothing', () => {
    const nameless = /(^|\/)(utils?|lib|helpers?|common|types|misc)(\/|\.ts$)/;
    expect(files.map(({ path }) => path).filter(path => nameless.test(path))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
