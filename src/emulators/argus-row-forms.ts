/** Members of a row in each form that they may have. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import { literalNumber } from './json.ts';

type FormsOf<Name extends keyof ArgusBehaviours, Input> = Readonly<
  Record<ArgusBehaviours[Name] & string, (input: Input) => unknown>
>;

/** A number that stays the same for the same id. */
const numberOf = (id: string): number => Number(BigInt(`0x${id.replaceAll('-', '')}`) % 9_007_199_254_740_881n);

export const idForms: FormsOf<'idForm', string> = { uuid: id => id, number: numberOf, absent: () => undefined };

interface WrittenList {
  readonly id: string;
  readonly shortName: string;
  readonly name: string;
  readonly confidence: unknown;
}

export const listForms: FormsOf<'listForm', WrittenList> = {
  object: list => list,
  numericId: list => ({ ...list, id: numberOf(list.id) }),
  withoutId: ({ id: _id, ...list }) => list,
  withoutShortName: ({ shortName: _shortName, ...list }) => list,
  withoutBoth: ({ name, confidence }) => ({ name, confidence }),
  text: list => list.shortName,
  null: () => null,
};

export const confidenceForms: FormsOf<'confidenceForm', number | null> = {
  fraction: confidence => confidence,
  text: confidence => confidence?.toString() ?? null,
  percent: confidence => confidence && Math.round(confidence * 100),
  percentText: confidence => confidence && String(Math.round(confidence * 100)),
  null: () => null,
  absent: () => undefined,
};

export const typeForms: FormsOf<'typeForm', { readonly shortName: string; readonly name: string }> = {
  object: type => type,
  upperCase: type => ({ ...type, shortName: type.shortName.toUpperCase() }),
  text: type => type.shortName,
  null: () => null,
};

export const stateForms: FormsOf<'stateForm', string> = {
  text: state => state,
  upperCase: state => state.toUpperCase(),
  object: state => ({ name: state, shortName: state }),
  unknown: () => 'dormant',
  null: () => null,
  absent: () => undefined,
};

export const flagsForms: FormsOf<'flagsForm', readonly string[]> = {
  texts: flags => flags,
  objects: flags => flags.map(name => ({ name, shortName: name })),
  text: flags => flags.join(','),
  null: () => null,
  absent: () => undefined,
};

const iso = (ms: number): string => new Date(ms).toISOString();

const timeForms: FormsOf<'timeForm', number> = {
  number: ms => ms,
  digits: ms => String(ms),
  iso,
  isoWithoutZone: ms => iso(ms).slice(0, -1),
  isoWithOffset: ms => iso(ms).replace('Z', '+0000'),
  huge: ms => (ms > 0 ? literalNumber('9223372036854775807') : ms),
  leapSecond: ms => (ms > 0 ? iso(ms).replace(/\d\d\.\d+Z$/, '60Z') : iso(ms)),
};

const unsetTimes: FormsOf<'unsetTime', ArgusBehaviours['timeForm']> = {
  zero: form => timeForms[form](0),
  minusOne: form => timeForms[form](-1),
  null: () => null,
  absent: () => undefined,
};

/** A time of 0 is not set. */
export const wireTime = (ms: number, { timeForm, unsetTime }: ArgusBehaviours): unknown =>
  ms === 0 ? unsetTimes[unsetTime](timeForm) : timeForms[timeForm](ms);

interface WrittenProperty {
  readonly descriptor: { readonly shortName: string };
  readonly value: string | null;
  readonly values: readonly string[] | null;
  readonly [member: string]: unknown;
}

export const propertiesForms: FormsOf<'propertiesForm', readonly WrittenProperty[]> = {
  entries: entries => entries,
  null: () => null,
  object: entries =>
    Object.fromEntries(entries.map(({ descriptor, value, values }) => [descriptor.shortName, values ?? value])),
  texts: entries => entries.map(({ value, values }) => value ?? values?.join(', ')),
  oddEntries: entries => [null, ...entries.map(entry => ({ ...entry, descriptor: null, value: 7, values: 'text' }))],
};
