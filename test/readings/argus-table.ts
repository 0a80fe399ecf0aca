/** Readings of Argus by subject. A row that says nothing else must be answered in full. */
import type { Reading } from './reading.ts';

type Rows = readonly (readonly [reading: string, Reading])[];

const caps = [25, 100];
const uncounted = ['zero', 'page', 'stopsEarly', 'unknown', 'text', 'absent'] as const;

/** For a world with more rows than `limitCap`. */
export const counting: Rows = [
  ...uncounted.map((count): Rows[number] => [`count is ${count}`, { behaviours: { count } }]),
  ...caps.flatMap(limitCap =>
    (['exact', ...uncounted] as const).flatMap(count =>
      (['echoed', 'silent', '412'] as const).map((limitOver): Rows[number] => [
        `count is ${count} and at most ${limitCap} rows come, ${limitOver}`,
        { behaviours: { count, limitCap, limitOver } },
      ]),
    ),
  ),
  ['a limit above 1,000 is refused', { behaviours: { limitCap: 1000, limitOver: '412' } }],
  ...caps.map((limitCap): Rows[number] => [
    `at most ${limitCap} rows come, and equal ones in another order each time`,
    { behaviours: { limitCap, tieOrder: 'changing' }, useful: 'level' },
  ]),
  ['size is one too many', { behaviours: { size: 'tooLarge' } }],
  ['size is one too many on each of many pages', { behaviours: { size: 'tooLarge', limitCap: 25 } }],
  ['size is a text', { behaviours: { size: 'text' } }],
  ['size is absent', { behaviours: { size: 'absent', limitCap: 25 } }],
  ['the response code is a text', { behaviours: { responseCode: 'text' } }],
  ['the response code is absent', { behaviours: { responseCode: 'absent' } }],
  ['limit and offset come back as texts', { behaviours: { echo: 'text', limitCap: 100 } }],
  ['limit and offset do not come back', { behaviours: { echo: 'absent', limitCap: 25 } }],
  ['count is of what is left', { behaviours: { countWithAfterValue: 'remaining', limitCap: 25 } }],
  ['a page begins with the value it is to come after', { behaviours: { afterValueMatch: 'inclusive', limitCap: 25 } }],
  ['rows come twice', { behaviours: {}, faults: [{ kind: 'duplicateRows' }] }],
  ['rows come in any order', { behaviours: {}, faults: [{ kind: 'shuffleRows' }] }],
];

const overs = ['criterion', 'item', 'nothing', '413', '400'] as const;

/** For worlds of any size. */
export const tooManyValues: Rows = [10, 4].flatMap(valuesCap =>
  overs.map((valuesOver): Rows[number] => [
    `a search may ask for ${valuesCap} values, and more are refused by ${valuesOver}`,
    { behaviours: { valuesCap, valuesOver } },
  ]),
);

const refused = ['nothing.example.org', '192.0.2.2', 'evil.example.org'];

export const refusedValues: Rows = refused.flatMap(refusedValue =>
  (['item', 'criterion', 'nothing', '400'] as const).map((refusedValueAs): Rows[number] => [
    `${refusedValue} is refused by ${refusedValueAs}`,
    { behaviours: { refusedValue, refusedValueAs }, unheard: [refusedValue] },
  ]),
);

const valueForms = ['block', 'range', 'mapped', 'padded', 'upperCase', 'finalDot', 'unicode', 'blanks'] as const;
const doubtful = [
  { successMessages: 'WARNING' },
  { partialResult: 'true' },
] as const satisfies readonly Reading['behaviours'][];

export const rowsAndTypes: Rows = [
  ...valueForms.map((valueForm): Rows[number] => [`values come as ${valueForm}`, { behaviours: { valueForm } }]),
  ...(['long', 'short', 'capitalised'] as const).flatMap(typeNames =>
    (['412', 'empty'] as const).map((unknownName): Rows[number] => [
      `types have ${typeNames} names, and an unknown one is ${unknownName}`,
      { behaviours: { typeNames, unknownName } },
    ]),
  ),
  ['the types are refused', { behaviours: { typeList: '403' } }],
  ['the types are refused and have other names', { behaviours: { typeList: '403', typeNames: 'long' } }],
  ['an address search finds only the type of addresses', { behaviours: { ipSearchTypes: 'ip' } }],
  ['case matters', { behaviours: { domainCase: 'exact' } }],
  ['an exact value brings what covers it', { behaviours: { exactValue: 'andCovering' }, useful: 'level' }],
  ['an exact value brings what contains its text', { behaviours: { exactValue: 'andSubstrings' }, useful: 'level' }],
  ...(['domain', 'address', 'nullValue'] as const).map((foreignRow): Rows[number] => [
    `a row is nobody's: ${foreignRow}`,
    { behaviours: { foreignRow }, useful: 'level' },
  ]),
  ['count has rows that the key may not read', { behaviours: { count: 'withHidden' } }],
  ['rows of unreadable lists come without list', { behaviours: { hiddenRows: 'withoutList' } }],
  ['an address search finds only what lies inside', { behaviours: { ipSearchMatch: 'within' } }],
  ['nothing is null', { behaviours: { noMatch: 'nullData' } }],
  ['nothing is a 404', { behaviours: { noMatch: '404' }, useful: 'level' }],
];

export const doubts: Rows = [
  ...doubtful.flatMap(
    (doubt): Rows => [
      [`an answer with all rows says ${JSON.stringify(doubt)}`, { behaviours: doubt, useful: 'level' }],
      ...(['some', 'none'] as const).map((partialRows): Rows[number] => [
        `an answer with ${partialRows} of the rows says ${JSON.stringify(doubt)}`,
        { behaviours: { ...doubt, partialRows }, useful: 'nothing' },
      ]),
    ],
  ),
  ...(['null', 'NOTIFICATION', 'INFO'] as const).map((successMessages): Rows[number] => [
    `an answer has messages: ${successMessages}`,
    { behaviours: { successMessages } },
  ]),
  ['an answer says that it is not partial', { behaviours: { partialResult: 'false' } }],
];
