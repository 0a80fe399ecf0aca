/** What the fields of an operation want of Argus, read from their arguments and from what is selected below them. */
import type { AskedField, Selection } from '../../lookahead.ts';
import { type RecordState, recordStates } from '../mapping.ts';

/** One thing that a field wants of Argus. */
export interface Ask {
  readonly states: readonly RecordState[];
  readonly properties: readonly string[];
}

export type AskWithLists = Ask & { readonly lists?: readonly string[] };
export type Given = Readonly<Record<string, unknown>>;

/** The question that a verdict asks, and the default of every field. */
export const plainAsk: Ask = { states: ['ACTIVE', 'LATEST'], properties: [] };

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : undefined;

export const statesOf = (given: Given): readonly RecordState[] => {
  const asked = textsIn(given.states);
  return asked === undefined ? plainAsk.states : recordStates.filter(state => asked.includes(state));
};

export const listsOf = (given: Given): readonly string[] | undefined => textsIn(given.lists);

/** The property names that `properties(names:)` fields of a record's selection ask for, sorted. */
export function propertiesAsked(selection: Selection): readonly string[] {
  const known = propertiesBySelection.get(selection) ?? readProperties(selection);
  propertiesBySelection.set(selection, known);
  return known;
}

/** A selection is looked at once, and asked about with every indicator. */
const propertiesBySelection = new WeakMap<Selection, readonly string[]>();

function readProperties(selection: Selection): readonly string[] {
  const asked = selection
    .filter(field => field.name === 'properties')
    .flatMap(field => textsIn(field.arguments.names) ?? []);
  return [...new Set(asked)].sort();
}

/** The same for the records of a page, by either way to them. */
export function propertiesOfPage(selection: Selection): readonly string[] {
  const under = (fields: Selection, name: string): Selection =>
    fields.filter(field => field.name === name).flatMap(field => field.below());
  return propertiesAsked([...under(selection, 'nodes'), ...under(under(selection, 'edges'), 'node')]);
}

/** What a `memberships` field asks for. */
export function askOf(given: Given, below: Selection): AskWithLists {
  const lists = listsOf(given);
  return { states: statesOf(given), properties: propertiesAsked(below), ...(lists && { lists }) };
}

/** What the `argus` answer asks for; its id alone asks nothing. */
export function answerAsk(given: Given, below: Selection): AskWithLists | undefined {
  const asked = below.filter(field => ['report', 'memberships', 'membershipCount'].includes(field.name));
  if (asked.length === 0) return undefined;
  return askOf(
    given,
    asked.filter(field => field.name === 'memberships').flatMap(field => field.below()),
  );
}

const asks: Readonly<Record<string, (field: AskedField) => AskWithLists | undefined>> = {
  verdict: () => plainAsk,
  memberships: field => askOf(field.arguments, field.below()),
  argus: field => answerAsk(field.arguments, field.below()),
};

/** Everything that the selection of one indicator asks about its exact value. */
export const asksOf = (selection: Selection): readonly AskWithLists[] =>
  selection.map(field => asks[field.name]?.(field)).filter(ask => ask !== undefined);

/** The properties that each of its `covering` fields asks for. */
export const coveringAsks = (selection: Selection): readonly (readonly string[])[] =>
  selection.filter(field => field.name === 'covering').map(field => propertiesAsked(field.below()));
