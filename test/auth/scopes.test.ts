import { expect, test } from 'vitest';
import { permissionsAt, permissionsOf } from '../../src/auth/scopes.ts';

const open = { DATADOG: { see: undefined, personal: undefined }, ARGUS: { see: undefined } };
const all = { DATADOG: { see: 'dd', personal: 'people' }, ARGUS: { see: 'ar' } };
const onlyPersonal = { ...open, DATADOG: { see: undefined, personal: 'people' } };

test.each([
  ['without a policy everybody sees everything', open, [], [true, true, true]],
  ['a caller without scopes sees nothing that needs one', all, [], [false, false, false]],
  ['each scope opens its own source', all, ['ar'], [false, true, false]],
  ['personal data is closed to who may see the rest', all, ['dd'], [true, false, false]],
  ['personal data opens with its own scope', all, ['dd', 'people'], [true, false, true]],
  ['the personal scope alone opens nothing', all, ['people'], [false, false, false]],
  ['personal data can be the only thing that is closed', onlyPersonal, [], [true, true, false]],
  ['a scope must be equal, not alike', all, ['DD', 'ar ', 'd'], [false, false, false]],
])('%s', (_title, policy, scopes, [datadog, argus, personal]) => {
  expect(permissionsOf(policy, new Set(scopes))).toEqual({
    DATADOG: { see: datadog, personal },
    ARGUS: { see: argus },
  });
});

test('a source that the policy does not name may not be seen', () => {
  expect(permissionsAt(permissionsOf(open, new Set(['ar'])), 'OTHER')).toEqual({ see: false });
});
