import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from '../src/sources/index.ts';

const root = resolve(import.meta.dirname, '..');
const source = resolve(root, 'src');

/** Who may import whom at run time (`import type` is free). What is not here may not be imported. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['access', 'cache', 'config.ts', 'graphql', 'observability', 'server', 'sources'],
  'demo.ts': ['main.ts', 'emulators', 'observability', 'server', 'sources'],
  'enrich.ts': ['shell'],
  'config.ts': ['access', 'domain', 'sources', 'variables.ts'],
  'variables.ts': ['access/secret.ts'],
  server: ['access', 'graphql', 'observability', 'upstream'],
  graphql: ['access', 'domain', 'observability', 'sources', 'upstream'],
  sources: ['cache', 'domain', 'upstream', 'variables.ts', 'graphql/errors.ts'],
  upstream: ['domain', 'observability'],
  cache: ['observability', 'upstream/breaker.ts', 'upstream/errors.ts'],
  // variables.ts itself takes nothing from access but secret.ts, which imports nothing.
  access: ['variables.ts'],
  observability: [],
  domain: [],
  emulators: [],
  client: [],
  shell: [],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  file => /\.tsx?$/.test(file) && !file.endsWith('generated.ts') && !file.startsWith('server/graphiql/'),
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

describe('the house', () => {
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

  it('names no source outside its folder, the registry, its emulator and the clients of the schema', () => {
    const mayName = /^(sources\/(index\.ts|\w+\/)|emulators\/|shell\/)/;
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
    const entryPoints = ['main.ts', 'demo.ts', 'enrich.ts', 'emulators/main.ts'];
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
