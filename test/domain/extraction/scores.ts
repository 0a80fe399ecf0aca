import type { CorpusFile } from './truth.ts';

/** What a search found, missed and found without it being there; keys of indicators. */
export interface Score {
  readonly right: readonly string[];
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

const typeOf = (key: string): string => key.slice(0, key.indexOf(':'));

export function scoreOf(found: readonly string[], { expected, optional }: CorpusFile): Score {
  const [searched, sought] = [new Set(found), new Set(expected)];
  return {
    right: expected.filter(key => searched.has(key)),
    missed: expected.filter(key => !searched.has(key)),
    wrong: [...searched].filter(key => !sought.has(key) && !optional.has(key)),
  };
}

export const sumOf = (scores: readonly Score[]): Score => ({
  right: scores.flatMap(({ right }) => right),
  missed: scores.flatMap(({ missed }) => missed),
  wrong: scores.flatMap(({ wrong }) => wrong),
});

export function ofTypes({ right, missed, wrong }: Score, types: readonly string[]): Score {
  const wanted = (keys: readonly string[]) => keys.filter(key => types.includes(typeOf(key)));
  return { right: wanted(right), missed: wanted(missed), wrong: wanted(wrong) };
}

/** The share of what was found that is right. */
export const precisionOf = ({ right, wrong }: Score): number => share(right.length, right.length + wrong.length);

/** The share of what is there that was found. */
export const recallOf = ({ right, missed }: Score): number => share(right.length, right.length + missed.length);

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
