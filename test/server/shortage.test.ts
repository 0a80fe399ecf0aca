import { expect, it } from 'vitest';
import { openShortage, shortageIn } from '../../src/server/shortage.ts';

const quiet = { aliveBytes: 100, usedBytes: 300, limitBytes: 1_000, lagMs: 21, lagBeforeMs: 21 };

it.each([
  ['nothing', {}, undefined],
  ['memory, of what is alive', { aliveBytes: 801, usedBytes: 900 }, 'memory'],
  ['nothing, of garbage', { usedBytes: 999 }, undefined],
  ['nothing, of what was alive and is no more', { aliveBytes: 900, usedBytes: 500 }, undefined],
  ['time, for two seconds', { lagMs: 501, lagBeforeMs: 700 }, 'lag'],
  ['nothing, after one long stop', { lagMs: 3_000 }, undefined],
  ['nothing, when it is over', { lagBeforeMs: 3_000 }, undefined],
])('A process lacks %s', (_, state, shortage) => {
  expect(shortageIn({ ...quiet, ...state })).toBe(shortage);
});

it('The process that runs the tests has memory enough', () => {
  const shortage = openShortage();
  expect(shortage.read()).not.toBe('memory');
  shortage.close();
});
