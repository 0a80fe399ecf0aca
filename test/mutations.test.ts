import { expect, it } from 'vitest';
import { mutantsOf } from '../bench/mutations.ts';

const becomes = (text: string) => mutantsOf(text).map(mutant => mutant.text);

it.each([
  ['a < b', ['((a) >= (b))']],
  ['a === b', ['((a) !== (b))']],
  ['a instanceof B', ['!(a instanceof B)']],
  ['!a', ['a']],
  ['list.some(ok)', ['list.every(ok)']],
  ['Math.min(a, b)', ['Math.max(a, b)']],
  ['a ? b : c', ['!(a) ? b : c']],
  ['a > 0 && b', ['((a > 0) || (b))', '((a) <= (0)) && b']],
  ['is ||= a', ['is &&= a']],
  ['a + b', []],
])('%s is inverted as %j', (text, inverted) => {
  expect(becomes(text)).toEqual(inverted);
});

it.each(['return 1;', 'throw bug;', '{ log(); return; }'])('an early end, %s, is dropped as well as inverted', end => {
  const body = (condition: string) => `function f(a) { if (${condition}) ${end} }`;
  expect(becomes(body('a'))).toEqual([body('!(a)'), body('false')]);
});

it('a fault is told by its line, what stands there, and what replaces it', () => {
  expect(mutantsOf('const a = 1;\nconst b = a > 0;')).toMatchObject([
    { line: 2, was: 'a > 0', becomes: '((a) <= (0))' },
  ]);
});
