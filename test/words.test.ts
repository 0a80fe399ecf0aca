/** Code and documents name no file that does not exist, and nothing by a word that only this project uses. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Words that only this project used for things that have a name in the field; found in any case, and within names. */
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
  'visits',
  'flights',
  'tellAll',
  'knownOperation',
  'known-operation',
  'keptAnswer',
  'kept-answer',
  'grounds',
  'surroundings:',
  'surround(',
  'wantsToBeTold',
  'patience',
  'inGraphqlWords',
  'isAgeless',
  'lastsMs',
  'expectAges',
  'createLine',
  'createTurns',
  'refuseAll',
  'shapeShifting',
  'measurer',
];

const filesIn = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => ending.test(file) && !/(^|\/)(node_modules|generated)[./]/.test(file))
    .map(file => `${folder}/${file}`);

const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const code = ['src', 'test', 'bench', 'examples'].flatMap(folder => filesIn(folder, /\.tsx?$/));
const documents = [
  ...readdirSync(root).filter(file => file.endsWith('.md')),
  ...['docs', 'bench', 'examples', 'helm', 'src'].flatMap(folder => filesIn(folder, /\.md$/)),
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
      [...read(file).matchAll(/`((?:src|test|bench|docs|helm|examples)\/[\w./-]+)`/g)].map(([, path = '']) => ({
        file,
        path,
      })),
    );
    expect(named.filter(({ path }) => !existsSync(resolve(root, path)))).toEqual([]);
  });

  it('cite no list of codes that is nowhere to be found', () => {
    const cited = /\bT-[A-Z]{2,7}-\d/;
    expect([...code, ...documents].filter(file => cited.test(read(file)))).toEqual([]);
  });

  it('are those of the field', () => {
    const gone = oldWords.map(word => word.toLowerCase());
    const wordsIn = (file: string) => gone.filter(word => read(file).toLowerCase().includes(word));
    const searched = [...code, ...documents].filter(file => file !== 'test/words.test.ts');
    expect(searched.flatMap(file => wordsIn(file).map(word => `${file}: ${word}`))).toEqual([]);
  });
});
