/** The fields of the schema that Argus answers, and what each costs. */
import { GraphQLError } from 'graphql';
import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Context } from '../../graphql/context.ts';
import { badInput } from '../../graphql/error-codes.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import { type CostedField, type CostMeter, type Costs, free } from '../field-cost.ts';
import { coveringRefused, doubtful, truncated, untriedProperty } from './errors.ts';
import type { RecordsOutcome } from './facts.ts';
import {
  isNamed,
  isRecordId,
  type MappedRecord,
  type Property,
  pickRecords,
  type RecordOrder,
  recordGlobalId,
  sortRecords,
} from './mapping.ts';
import { pageSizes } from './records/connection.ts';
import {
  answerRequest,
  currentStates,
  listsOf,
  membershipsRequest,
  selectedPageProperties,
  selectedProperties,
  statesOf,
} from './search/selection-needs.ts';
import { indicatorOf } from './search/type-names.ts';

/** What `Indicator.argus` passes to the fields below it. A failure is part of the outcome. */
export interface ArgusAnswer {
  readonly id: string;
  readonly indicator: Indicator;
  readonly given: Readonly<Record<string, unknown>>;
  /** undefined: Argus does not know the type, or no field needs a search. */
  readonly outcome: RecordsOutcome | undefined;
}

const answerId = (indicator: Indicator, given: Readonly<Record<string, unknown>>): string => {
  const lists = listsOf(given);
  const matcher = JSON.stringify([statesOf(given), lists === undefined ? null : [...new Set(lists)].sort()]);
  return `ArgusAnswer:${matcher}:${indicatorKey(indicator)}`;
};

/** null: Argus was not heard. */
function recordsOf({ outcome, given }: ArgusAnswer): readonly MappedRecord[] | null {
  if (outcome?.fact === undefined) return null;
  const records = pickRecords(outcome.fact.records, statesOf(given), listsOf(given));
  return records.length === 0 && outcome.fact.isPartial === true ? null : sortRecords(records);
}

const ordersOf = (orderBy: unknown): readonly RecordOrder[] => (Array.isArray(orderBy) ? orderBy : []);

/** A property by descriptor id or short name; the error of one that was refused; null: the record has none. */
function propertyOf(record: MappedRecord, name: string, context: Context): Property | Error | null {
  const property = record.properties.find(({ descriptorId: id, shortName }) => isNamed({ id, shortName }, name));
  if (property !== undefined) return property; // it may have been refused before, but no longer
  const refused = Object.keys(record.refused).find(asked => asked.toLowerCase() === name.toLowerCase());
  const problem = refused && record.refused[refused];
  if (problem === 'DENIED')
    return new UpstreamError('ARGUS', 'DENIED', `This key may not see the property "${name}".`, { httpStatus: 403 });
  if (problem === 'UNKNOWN') return unknownProperty(name, context);
  return problem === 'UNTRIED' ? untriedProperty(name) : null;
}

/** One for each name of an operation: to make one for each record would take longer than all the rest of the answer. */
const unknownProperties = new WeakMap<object, Map<string, GraphQLError>>();

function unknownProperty(name: string, { trace }: Context): GraphQLError {
  const byName = unknownProperties.get(trace) ?? new Map<string, GraphQLError>();
  unknownProperties.set(trace, byName);
  const message = `Argus has no property "${name}": names takes descriptor ids or short names.`;
  const extensions = { code: 'BAD_USER_INPUT', source: 'ARGUS', property: name };
  const problem = byName.get(name) ?? new GraphQLError(message, { extensions });
  byName.set(name, problem);
  return problem;
}

/** For a shorthand field, which must be complete: throws UpstreamError; null: Argus does not know the type. */
function completeRecords(
  outcome: RecordsOutcome | undefined,
  given: Readonly<Record<string, unknown>>,
): readonly MappedRecord[] | null {
  if (outcome === undefined) return null;
  if (outcome.error !== undefined) throw outcome.error;
  const { isTruncated, isPartial = false } = outcome.fact;
  if (isTruncated) throw truncated();
  const records = pickRecords(outcome.fact.records, statesOf(given), listsOf(given));
  if (isPartial && records.length === 0) throw doubtful('partial');
  return records;
}

/** The same for what covers the indicator; null: nothing can. */
function completeCovering(outcome: RecordsOutcome | undefined): readonly MappedRecord[] | null {
  if (outcome === undefined) return null;
  if (outcome.error !== undefined) throw outcome.error;
  const { covering, isCoveringRefused, isTruncated, isCoveringPartial = false } = outcome.fact;
  if (isCoveringRefused === true) throw coveringRefused();
  if (isTruncated) throw truncated();
  if (isCoveringPartial && covering.length === 0) throw doubtful('partial');
  return covering;
}

export const argusResolvers: Resolvers = {
  Query: {
    reputationTypes: async (_, __, { sources: { ARGUS } }) =>
      [...(await ARGUS.types())].sort((a, b) => (a.shortName < b.shortName ? -1 : 1)),
    reputationRecord: (_, { id }, { sources: { ARGUS }, lookahead }, info) => {
      const recordId = id.trim();
      if (!isRecordId(recordId))
        throw badInput('id takes the recordId of a record, a UUID. For a global id there is node(id:).', 'id');
      return ARGUS.record(recordId, selectedProperties(lookahead.below(info)));
    },
    reputationRecords: (_, given, { sources: { ARGUS }, lookahead }, info) =>
      ARGUS.connection(given, selectedPageProperties(lookahead.below(info))),
  },
  Indicator: {
    memberships: (indicator, given, { sources: { ARGUS }, lookahead, rows }, info) => {
      const outcome = ARGUS.read(indicator, membershipsRequest(given, lookahead.below(info)));
      const records = completeRecords(outcome, given);
      rows.read(records?.length ?? 0);
      return records && sortRecords(records, ordersOf(given.orderBy));
    },
    covering: (indicator, _, { sources: { ARGUS }, lookahead, rows }, info) => {
      const outcome = ARGUS.covering(indicator, selectedProperties(lookahead.below(info)));
      const covering = completeCovering(outcome);
      rows.read(covering?.length ?? 0);
      return covering && sortRecords(pickRecords(covering, currentStates, undefined));
    },
    argus: (indicator, given, { sources: { ARGUS }, lookahead }, info) => {
      const id = answerId(indicator, given);
      const request = answerRequest(given, lookahead.below(info));
      return { id, indicator, given, outcome: request && ARGUS.read(indicator, request) };
    },
  },
  ArgusAnswer: {
    report: ({ indicator, outcome, given }, _, { sources: { ARGUS } }) =>
      ARGUS.reportOf(indicator, outcome, { states: statesOf(given), lists: listsOf(given) }),
    memberships(answer, { limit }, { rows }) {
      const records = recordsOf(answer)?.slice(0, limit ?? undefined) ?? null;
      rows.read(records?.length ?? 0);
      return records;
    },
    membershipCount: answer => recordsOf(answer)?.length ?? null,
  },
  ReputationRecord: {
    id: ({ recordId }) => recordGlobalId(recordId),
    properties: (record, { names }, context) => names.map(name => propertyOf(record, name, context) as Property | null),
    indicator: (record, _, context) => {
      const indicator = indicatorOf(record);
      if (indicator !== undefined) context.name(indicator, undefined);
      return indicator ?? null;
    },
  },
};

/** One search finds ACTIVE and LATEST records; OLD ones need another. The text identifies equal searches to the meter. */
export const currentRecords = 'current';
/** What a verdict needs takes a search for domains, one for addresses and one for all other values. */
export const searchKinds = 3;
/**
 * An empty list, as a form sends it where nothing is chosen, would filter everything away: that reads as an absence. Argus
 * may have to be asked about each list that is named.
 */
function countFilter<Field extends CostedField>(field: Field, meter: CostMeter<Field>): void {
  for (const name of ['states', 'lists'] as const) {
    const given = field.argument(name);
    if (Array.isArray(given) && given.length === 0)
      meter.refuse(name, `${name} is empty, so that nothing could be found: leave it out where it should not filter.`);
  }
  meter.callAloneIfUnknown([field.argument('lists') ?? []].flat().length);
}
const searchOf = (field: CostedField): string =>
  [field.argument('states')].flat().includes('OLD') ? 'with old' : currentRecords;

/** An estimate of how many records cover one value: its parent domains and enclosing blocks on lists. */
const coveringPerValue = 4;

/** All values of an operation share one search of each kind. Records lead to indicators, which cost again. */
export const argusCosts: Costs = {
  Query: {
    reputationTypes: (_, meter) => meter.callAlone(),
    reputationRecord(field, meter) {
      meter.callAlone();
      meter.leadToRecords(field, 1, [[]]);
    },
    reputationRecords(field, meter) {
      meter.nameFiltered(filterLists(field.argument('filter')).flat());
      meter.callAlone();
      meter.leadToRecords(field, pageSize(field.argument('first')), [['nodes'], ['edges', 'node']]);
    },
  },
  Indicator: {
    memberships(field, meter) {
      countFilter(field, meter);
      meter.search(field, 'ARGUS', searchOf(field));
      meter.leadToRecords(field, 1, [[]]);
    },
    argus(field, meter) {
      countFilter(field, meter);
      meter.search(field, 'ARGUS', searchOf(field));
      meter.leadToRecords(field, 1, [['memberships']]);
    },
    covering(field, meter) {
      meter.search(field, 'ARGUS', currentRecords, 2);
      meter.leadToRecords(field, coveringPerValue, [[]]);
    },
  },
  ArgusAnswer: { report: free, memberships: free, membershipCount: free },
  // The fields below the record's indicator are counted with the field that leads to the record.
  ReputationRecord: {
    id: free,
    properties: (field, meter) => meter.nameProperties(field, field.argument('names')),
    indicator: free,
  },
};

/** GraphQL accepts a single value in place of a list of one. */
function filterLists(filter: unknown): readonly unknown[] {
  if (typeof filter !== 'object' || filter === null) return [];
  const domains = 'domains' in filter ? filter.domains : undefined;
  const names = typeof domains === 'object' && domains !== null && 'names' in domains ? domains.names : undefined;
  const lists = ['values' in filter ? filter.values : undefined, 'ips' in filter ? filter.ips : undefined, names];
  return lists.filter(list => list !== undefined && list !== null);
}

const pageSize = (first: unknown): number =>
  typeof first === 'number' && first > 0 ? Math.min(first, pageSizes.max) : pageSizes.default;
