/** Readings of Argus about the members of a row. What only decorates never costs the evidence. */
import type { Reading } from './reading.ts';

type Rows = readonly (readonly [reading: string, Reading])[];

const timeForms = ['number', 'digits', 'iso', 'isoWithoutZone', 'isoWithOffset', 'huge', 'leapSecond'] as const;
const unsetTimes = ['zero', 'minusOne', 'null', 'absent'] as const;
const flagsForms = ['texts', 'objects', 'text'] as const;

export const evidence: Rows = [
  ...(['text', 'percent', 'percentText'] as const).flatMap(confidenceForm =>
    (['absent', 'sent'] as const).map((recordConfidence): Rows[number] => [
      `confidence is a ${confidenceForm}, the record's own is ${recordConfidence}`,
      { behaviours: { confidenceForm, recordConfidence } },
    ]),
  ),
  ...(['null', 'absent'] as const).map((confidenceForm): Rows[number] => [
    `confidence is ${confidenceForm}`,
    { behaviours: { confidenceForm }, evidence: ['withoutConfidence'] },
  ]),
  ['states are in upper case', { behaviours: { stateForm: 'upperCase' } }],
  ['states are objects', { behaviours: { stateForm: 'object' }, evidence: ['whole', 'withoutState'] }],
  ...(['unknown', 'null', 'absent'] as const).map((stateForm): Rows[number] => [
    `states are ${stateForm}`,
    { behaviours: { stateForm }, evidence: ['withoutState'] },
  ]),
];

export const deletedRows: Rows = [
  ...(['both', 'flag', 'timestamp'] as const).flatMap(deletedMark =>
    flagsForms.map((flagsForm): Rows[number] => [
      `deleted rows come, marked by ${deletedMark}, with flags as ${flagsForm}`,
      { behaviours: { deletedInSearch: 'returned', deletedMark, flagsForm } },
    ]),
  ),
  ...timeForms.map((timeForm): Rows[number] => [
    `deleted rows come, marked by a time as ${timeForm}`,
    { behaviours: { deletedInSearch: 'returned', deletedMark: 'timestamp', timeForm } },
  ]),
];

export const decoration: Rows = [
  ...(['numericId', 'withoutId', 'withoutShortName', 'withoutBoth'] as const).map((listForm): Rows[number] => [
    `lists come ${listForm}`,
    { behaviours: { listForm } },
  ]),
  ...(['text', 'null'] as const).map((listForm): Rows[number] => [
    `lists are ${listForm}`,
    { behaviours: { listForm }, evidence: ['withoutConfidence'] },
  ]),
  [
    'lists are null and each record has its own confidence',
    { behaviours: { listForm: 'null', recordConfidence: 'sent' } },
  ],
  ...(['upperCase', 'text', 'null'] as const).map((typeForm): Rows[number] => [
    `types are ${typeForm}`,
    { behaviours: { typeForm } },
  ]),
  ['ids are numbers', { behaviours: { idForm: 'number' } }],
  ['records have no ids', { behaviours: { idForm: 'absent' }, useful: 'nothing' }],
  ...timeForms.flatMap(timeForm =>
    unsetTimes.map((unsetTime): Rows[number] => [
      `times are ${timeForm}, and ${unsetTime} where they are not set`,
      { behaviours: { timeForm, unsetTime } },
    ]),
  ),
  ...(['objects', 'text', 'null', 'absent'] as const).map((flagsForm): Rows[number] => [
    `flags are ${flagsForm}`,
    { behaviours: { flagsForm } },
  ]),
  ...(['null', 'object', 'texts', 'oddEntries'] as const).map((propertiesForm): Rows[number] => [
    `properties are ${propertiesForm}`,
    { behaviours: { propertiesForm } },
  ]),
];
