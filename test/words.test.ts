/** What the code and its documents may be read with: no document that is not here, no word that is ours alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Words of an earlier, private language. The field has others for what they meant; found in any case, as part of a name too. */
const oldWords: readonly string[] = [
  'sieve',
  'stretch',
  'testify',
  'testimony',
  'spoilers',
  'turnAway',
  'freshened',
  'heardAnew',
  'giveAgain',
  'householdOf',
  'whoever',
];

/** Not looked at for old words: these are to be drawn anew as a whole, and renamed then. */
const redrawnLater: readonly RegExp[] = [
  /^src\/server\/(visits|known-operations|kept-answers|operation|graphql-route)\.ts$/,
  /^src\/graphql\/(context|executor|compilable|cost|measure|shape|totals|repeats|document-summary)\.ts$/,
  /^src\/http-client\/(line|turns)\.ts$/,
];

const filesIn = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => ending.test(file) && !/(^|\/)(node_modules|generated)[./]/.test(file))
    .map(file => `${folder}/${file}`);

const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const code = ['src', 'test', 'bench'].flatMap(folder => filesIn(folder, /\.tsx?$/));
const documents = [
  ...readdirSync(root).filter(file => file.endsWith('.md')),
  ...filesIn('docs', /\.md$/),
  ...filesIn('bench', /\.md$/),
];

const commentsOf = (text: string): string => text.match(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm)?.join('\n') ?? '';

/** Documents that a text names, by a path from the root, from its own folder or from `docs/`, and that are nowhere. */
function missingIn(file: string, text: string): readonly string[] {
  const named = text.replace(/https?:\S+/g, '').match(/[\w./-]*\w\.md\b/g) ?? [];
  const places = [root, resolve(root, dirname(file)), resolve(root, 'docs')];
  return named.filter(name => !places.some(place => existsSync(resolve(place, name)))).map(name => `${file}: ${name}`);
}

describe('the words of the project', () => {
  it('cite no document that is not in the repository', () => {
    const inCode = code.flatMap(file => missingIn(file, commentsOf(read(file))));
    expect([...inCode, ...documents.flatMap(file => missingIn(file, read(file)))]).toEqual([]);
  });

  it('name no file or folder in the documents that is not there', () => {
    const named = documents.flatMap(file =>
      [...read(file).matchAll(/`((?:src|test|bench|docs|helm)\/[\w./-]+)`/g)].map(([, path = '']) => ({ file, path })),
    );
    expect(named.filter(({ path }) => !existsSync(resolve(root, path)))).toEqual([]);
  });

  it('cite no list of codes that is nowhere to be found', () => {
    const cited = /\bT-[A-Z]{2,7}-\d/;
    expect([...code, ...documents].filter(file => cited.test(read(file)))).toEqual([]);
  });

  it('are those of the field', () => {
    const gone = oldWords.map(word => word.toLowerCase());
    const looked = code.filter(file => file.startsWith('src/') && !redrawnLater.some(later => later.test(file)));
    const wordsIn = (file: string) => gone.filter(word => `${file}\n${read(file)}`.toLowerCase().includes(word));
    expect(looked.flatMap(file => wordsIn(file).map(word => `${file}: ${word}`))).toEqual([]);
  });
});
