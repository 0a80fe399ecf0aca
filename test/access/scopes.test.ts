import { expect, test } from 'vitest';
import { sightOf } from '../../src/access/scopes.ts';

const open = { datadog: undefined, argus: undefined, datadogPersonal: undefined };
const all = { datadog: 'dd', argus: 'ar', datadogPersonal: 'people' };

test.each([
  ['without a policy everybody sees everything', open, [], [true, true, true]],
  ['a caller without scopes sees nothing that needs one', all, [], [false, false, false]],
  ['each scope opens its own source', all, ['ar'], [false, true, false]],
  ['personal data is closed to who may see the rest', all, ['dd'], [true, false, false]],
  ['personal data opens with its own scope', all, ['dd', 'people'], [true, false, true]],
  ['the personal scope alone opens nothing', all, ['people'], [false, false, false]],
  [
    'personal data can be the only thing that is closed',
    { ...open, datadogPersonal: 'people' },
    [],
    [true, true, false],
  ],
  ['a scope must be equal, not alike', all, ['DD', 'ar ', 'd'], [false, false, false]],
])('%s', (_title, policy, scopes, [datadog, argus, datadogPersonal]) => {
  expect(sightOf(policy, new Set(scopes))).toEqual({ datadog, argus, datadogPersonal });
});
