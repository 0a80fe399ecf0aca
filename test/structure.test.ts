import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cyclesOf, functionsOf, isAtRunTime, linesOf, repeatedTypeNames, report } from '../bench/structure.ts';
import { readSources } from '../bench/syntax.ts';

const checkout = {
  'src/outer.ts': [
    "import { inner } from './folder/inner.ts';",
    'export interface Thing { readonly inner: unknown }',
    'export function outer() {',
    '  const nested = () => {',
    '    return inner;',
    '  };',
    '  return nested;',
    '}',
  ],
  'src/folder/inner.ts': [
    "import type { Thing } from '../outer.ts';",
    "export { last } from '../last.tsx';",
    'export const inner = (thing: Thing) => thing;',
  ],
  'src/last.tsx': ["import './folder/inner.ts';", 'type Thing = string;', 'export const last: Thing = "";'],
  'src/emulators/left-out.ts': ['export {};'],
  'src/generated.ts': ['export type Thing = number;'],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'structure-'));
  for (const [path, lines] of Object.entries(checkout)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), lines.map(line => `${line}\n`).join(''));
  }
});
afterAll(() => rm(folder, { recursive: true }));

it('The structure of a checkout is told in lines, repeated type names and import cycles', () => {
  expect(report(join(folder, 'src')).split('\n')).toEqual([
    'lines of                    count median    p90    max',
    'a file                          4      3      8      8',
    'a function                      2      3      6      6',
    'a function, its own             2      3      3      3',
    'most own lines: 2',
    '  3 of 6: outer (outer.ts:3)',
    '  3 of 3: nested (outer.ts:4)',
    'type names declared in more than one file: 1',
    '  Thing: last.tsx, outer.ts',
    'import cycles, with type imports: 1',
    '  3 files: folder/inner.ts, last.tsx, outer.ts',
    'import cycles at run time: 1',
    '  2 files: folder/inner.ts, last.tsx',
    'lines without pages, emulators and generated code: 14',
    '',
  ]);
});

describe('the structure of the gateway', () => {
  const files = readSources(resolve(import.meta.dirname, '../src'));
  const maxFileLines = 250;
  const maxOwnLines = 50;

  it('has no file of more than 250 lines', () => {
    expect(files.filter(file => linesOf(file) > maxFileLines).map(({ path }) => path)).toEqual([]);
  });

  it('has no function of more than 50 lines of its own', () => {
    const long = files.flatMap(functionsOf).filter(({ ownLines }) => ownLines > maxOwnLines);
    expect(long.map(({ name }) => name).toSorted()).toEqual([]);
  });

  it('declares each type name in one file', () => {
    expect(repeatedTypeNames(files)).toEqual([]);
  });

  it('has no files that import each other in a circle at run time', () => {
    expect(cyclesOf(files, isAtRunTime)).toEqual([]);
  });
});
