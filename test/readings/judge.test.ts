import { expect, it } from 'vitest';
import { type Expected, problemsOf, type Told } from './judge.ts';

const listed: Expected = {
  levels: ['MALICIOUS'],
  records: { least: 1, most: 1 },
  covering: 0,
  mayLackWitness: false,
  neverAbsent: false,
  useful: 'nothing',
};
const unknown: Expected = { ...listed, levels: ['NO_MATCH'], records: { least: 0, most: 0 } };
const right: Told = { level: 'MALICIOUS', isMissing: false, records: 1, covering: 0, status: 'MATCHED', limits: [] };
const absent: Told = { ...right, level: 'NO_MATCH', records: 0, status: 'NO_MATCH' };
const unheard: Told = { ...right, level: 'INCONCLUSIVE', isMissing: true, records: null, status: 'MALFORMED' };

it.each<[string, Partial<Told>, Expected, RegExp | undefined]>([
  ['the level that the records say', right, listed, undefined],
  ['NO_MATCH for an unknown value', absent, unknown, undefined],
  ['unheard where that will do', unheard, listed, undefined],
  ['its level beside a missing source', { ...right, isMissing: true }, listed, undefined],
  ['a lower level beside a missing source', { ...right, level: 'SUSPICIOUS', isMissing: true }, listed, undefined],
  ['a false clean', absent, listed, /below.*NO_MATCH/],
  ['a level too low', { ...right, level: 'SUSPICIOUS' }, listed, /below/],
  ['a false accusation', { ...absent, level: 'SUSPICIOUS' }, unknown, /accused/],
  ['too high a level beside a missing source', { ...unheard, level: 'MALICIOUS' }, unknown, /accused/],
  ['clean beside a missing source', { ...absent, isMissing: true }, unknown, /missing/],
  ['INCONCLUSIVE with nobody missing', { ...unheard, isMissing: false }, unknown, /nobody missing/],
  ['the same without a witness', { ...unheard, isMissing: false }, { ...unknown, mayLackWitness: true }, undefined],
  ["somebody else's record", { ...absent, records: 1 }, unknown, /somebody else/],
  ['a lost record', { ...right, records: 1 }, { ...listed, records: { least: 2, most: 2 } }, /1 records of 2/],
  ['somebody else around it', { ...right, covering: 1 }, listed, /covered by/],
  ['lost surroundings', right, { ...listed, covering: 1 }, /covering is lost/],
  ['no surroundings, and says so', { ...right, limits: ['EXACT_VALUE_ONLY'] }, { ...listed, covering: 1 }, undefined],
  ['absent below a parent, without a word', absent, { ...unknown, covering: 1 }, /only it was looked for/],
  ['absent although counted', absent, { ...unknown, neverAbsent: true }, /counted/],
  ['unheard where it must be heard', unheard, { ...listed, useful: 'all' }, /no use/],
  ['its level, but somebody missing', { ...right, isMissing: true }, { ...listed, useful: 'all' }, /no use/],
  ['its level, where that is enough', { ...right, isMissing: true }, { ...listed, useful: 'level' }, undefined],
])('the judge of readings sees %s', (_, told, expected, problem) => {
  const problems = problemsOf({ ...right, ...told }, expected).join('; ');
  if (problem) expect(problems).toMatch(problem);
  else expect(problems).toBe('');
});
