/** What the fields of an operation request of Argus, read from their arguments and from the selection below them. */
import type { FieldArguments, SelectedField, Selection } from '../../lookahead.ts';
import { type RecordState, recordStates } from '../mapping.ts';

/** What one field wants of an indicator's records. */
export interface RecordsRequest {
  readonly states: readonly RecordState[];
  readonly properties: readonly string[];
  /** Also the records of what covers the indicator. */
  readonly withCovering: boolean;
  /** Ids or short names; undefined: all lists. Applied here, so it does not change what is fetched. */
  readonly lists?: readonly string[] | undefined;
}

export const currentStates: readonly RecordState[] = ['ACTIVE', 'LATEST'];
/** The default of every field. */
export const plainRequest: RecordsRequest = { states: currentStates, properties: [], withCovering: false };
export const verdictRequest: RecordsRequest = { ...plainRequest, withCovering: true };

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : undefined;

export const statesOf = (given: FieldArguments): readonly RecordState[] => {
  const states = textsIn(given.states);
  if (states === undefined || isCurrent(states)) return currentStates;
  return recordStates.filter(state => states.includes(state));
};

const isCurrent = (states: readonly string[]): boolean =>
  currentStates.every(state => states.includes(state)) && !states.includes('OLD');

export const listsOf = (given: FieldArguments): readonly string[] | undefined => textsIn(given.lists);

/** The names in the `properties(names:)` fields of a record's selection, sorted. Called for each indicator of an operation. */
export function selectedProperties(selection: Selection): readonly string[] {
  const names: string[] = [];
  for (const { name, arguments: given } of selection)
    if (name === 'properties') names.push(...(textsIn(given.names) ?? []));
  return names.length < 2 ? names : [...new Set(names)].sort();
}

/** The same for the records of a page, under `nodes` and under `edges { node }`. */
export function selectedPageProperties(selection: Selection): readonly string[] {
  const under = (fields: Selection, name: string): Selection =>
    fields.filter(field => field.name === name).flatMap(field => field.below());
  return selectedProperties([...under(selection, 'nodes'), ...under(under(selection, 'edges'), 'node')]);
}

export function membershipsRequest(given: FieldArguments, below: Selection): RecordsRequest {
  return { ...plainRequest, states: statesOf(given), properties: selectedProperties(below), lists: listsOf(given) };
}

/** What the `argus` field requests; undefined: nothing below it needs a search, such as its id alone. */
export function answerRequest(given: FieldArguments, below: Selection): RecordsRequest | undefined {
  const searching = below.filter(field => ['report', 'memberships', 'membershipCount'].includes(field.name));
  if (searching.length === 0) return undefined;
  return membershipsRequest(
    given,
    searching.filter(field => field.name === 'memberships').flatMap(field => field.below()),
  );
}

const requestOf: Readonly<Record<string, (field: SelectedField) => RecordsRequest | undefined>> = {
  verdict: () => verdictRequest,
  memberships: field => membershipsRequest(field.arguments, field.below()),
  argus: field => answerRequest(field.arguments, field.below()),
};

/** Everything that the selection on one indicator requests about its very value. */
export const exactRequests = (selection: Selection): readonly RecordsRequest[] =>
  selection.map(field => requestOf[field.name]?.(field)).filter(request => request !== undefined);

/** The properties of each `covering` field in the selection on one indicator. */
export const coveringRequests = (selection: Selection): readonly (readonly string[])[] =>
  selection.filter(field => field.name === 'covering').map(field => selectedProperties(field.below()));
