import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from '../src/sources/index.ts';

const root = resolve(import.meta.dirname, '..');
const source = resolve(root, 'src');

/** Run-time imports that are allowed, by folder or file (`import type` is always allowed). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['auth', 'cache', 'config', 'graphql', 'observability', 'process.ts', 'server', 'sources'],
  'process.ts': ['observability'],
  'demo.ts': ['main.ts', 'process.ts', 'emulators', 'observability', 'server', 'sources'],
  // The configuration is made of what auth and the sources declare; these do not import it.
  config: ['auth', 'domain', 'sources'],
  server: ['auth', 'graphql', 'observability', 'http-client'],
  graphql: ['auth', 'domain', 'observability', 'sources', 'http-client'],
  sources: ['cache', 'domain', 'http-client', 'config/variables.ts', 'graphql/error-codes.ts'],
  'http-client': ['domain', 'observability'],
  cache: ['observability', 'http-client/circuit-breaker.ts', 'http-client/errors.ts'],
  auth: [],
  observability: [],
  domain: [],
  emulators: [],
  // Clients know the schema and no code of the gateway.
  clients: [],
  cli: ['clients'],
  web: ['clients', '../examples/apollo-client/type-policies.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  file => /\.tsx?$/.test(file) && !/(^|\/)generated(\/|\.ts$)/.test(file),
);

const folderOf = (file: string): string => file.split('/')[0] ?? file;

/** Run-time imports of our own files; `import type` and `export type` leave nothing at run time. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(resolve(source, file), 'utf8');
  return [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'/gms)].map(([, path]) => ({
    from: file,
    to: relative(source, resolve(source, dirname(file), path ?? '')),
  }));
}

const imports = files.flatMap(importsOf);

describe('the source code', () => {
  it('imports in one direction only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [fromFolder, toFolder] = [folderOf(from), folderOf(to)];
      const allowed = mayImport[fromFolder];
      return fromFolder !== toFolder && !allowed?.includes(toFolder) && !allowed?.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('never lets one source import another', () => {
    const sourceOf = (file: string) => /^sources\/(\w+)\//.exec(file)?.[1];
    const wrong = imports.filter(({ from, to }) => sourceOf(from) && sourceOf(to) && sourceOf(from) !== sourceOf(to));
    expect(wrong).toEqual([]);
  });

  it('loads sources without the rest of GraphQL', () => {
    expect(imports.filter(({ from }) => from === 'graphql/error-codes.ts')).toEqual([]);
  });

  it('names no source outside its folder, the registry, its emulator and the clients of the schema', () => {
    const mayName = /^(sources\/(index\.ts|\w+\/)|emulators\/|clients\/|cli\/|web\/)/;
    const names = Object.values(sources).flatMap(({ name, title }) => [name, title]);
    const isNamed = (file: string) => {
      const code = withoutComments(readFileSync(resolve(source, file), 'utf8'));
      return names.some(name => code.toLowerCase().includes(name.toLowerCase()));
    };
    expect(files.filter(file => !mayName.test(file) && isNamed(file))).toEqual([]);
  });

  it('keeps the emulators apart from everything of ours', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('emulators/') && !to.startsWith('emulators/'))).toEqual([]);
  });

  it('reads the environment in its entry points alone', () => {
    const entryPoints = ['main.ts', 'demo.ts', 'cli/enrich.ts', 'emulators/main.ts', 'web/board/vite.config.ts'];
    const readers = files.filter(file =>
      /process\.env/.test(withoutComments(readFileSync(resolve(source, file), 'utf8'))),
    );
    expect(readers.filter(file => !entryPoints.includes(file))).toEqual([]);
  });

  it('gives no folder a name that says nothing', () => {
    const nameless = /(^|\/)(utils?|lib|helpers?|common|types|misc)(\/|\.ts$)/;
    expect(files.filter(file => nameless.test(file))).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
