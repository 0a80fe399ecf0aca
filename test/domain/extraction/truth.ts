/** The corpus: files as vendors, programs and people write them, each with what is to be found in it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface CorpusFile {
  readonly name: string;
  readonly text: string;
  /** Of the form `TYPE:value`, as `indicatorKey` has it, in order of appearance. */
  readonly expected: readonly string[];
  /** Neither right nor wrong: analysts differ. */
  readonly optional: ReadonlySet<string>;
  readonly unwanted: readonly string[];
}

const folder = new URL('corpus/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** `TYPE value` is to be found, `? TYPE value` may be, and `- TYPE value` must not be: a hint, since nothing else may. */
function truthOf(name: string): readonly { readonly mark: string; readonly key: string }[] {
  const lines = read(`${name}.expected`).trimEnd().split('\n');
  return lines.map(line => {
    const [, mark = '', type, value] = /^([?-] )?([A-Z0-9]+) (.+)$/u.exec(line) ?? [];
    if (type === undefined)
      throw new Error(`${name}.expected: a line is "TYPE value", with "? " or "- " before it: ${line}`);
    return { mark: mark.trim(), key: `${type}:${value}` };
  });
}

function corpusFile(name: string): CorpusFile {
  const truth = Map.groupBy(truthOf(name), ({ mark }) => mark);
  const keys = (mark: string) => truth.get(mark)?.map(({ key }) => key) ?? [];
  return { name, text: read(name), expected: keys(''), optional: new Set(keys('?')), unwanted: keys('-') };
}

export const corpusFiles: readonly CorpusFile[] = readdirSync(folder)
  .filter(name => !name.endsWith('.expected'))
  .toSorted()
  .map(corpusFile);
