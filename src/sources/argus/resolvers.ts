import { GraphQLError } from 'graphql';
import { type Indicator, indicatorKey } from '../../domain/indicator/indicator.ts';
import { badInput } from '../../graphql/errors.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import { type CostedField, type Costs, free } from '../field-cost.ts';
import { selectionBelow } from '../lookahead.ts';
import { after } from '../source.ts';
import type { RecordsOutcome } from './facts.ts';
import { type ArgusRecord, isRecordId, type Property, pickRecords, type RecordOrder, sortRecords } from './mapping.ts';
import { truncated } from './search/part.ts';
import { answerAsk, askOf, listsOf, propertiesAsked, propertiesOfPage, statesOf } from './search/selection-needs.ts';
import { indicatorOf } from './search/type-registry.ts';

/** What `Indicator.argus` hands to the fields below it: one outcome, and never an error. */
export interface ArgusAnswer {
  readonly id: string;
  readonly indicator: Indicator;
  readonly given: Readonly<Record<string, unknown>>;
  /** undefined: Argus does not know the type, or nothing was asked. */
  readonly outcome: RecordsOutcome | undefined;
}

const answerId = (indicator: Indicator, given: Readonly<Record<string, unknown>>): string => {
  const lists = listsOf(given);
  const matcher = JSON.stringify([statesOf(given), lists === undefined ? null : [...new Set(lists)].sort()]);
  return `ArgusAnswer:${matcher}:${indicatorKey(indicator)}`;
};

const recordsOf = ({ outcome, given }: ArgusAnswer): readonly ArgusRecord[] | null =>
  outcome?.fact === undefined ? null : sortRecords(pickRecords(outcome.fact.records, statesOf(given), listsOf(given)));

const ordersOf = (orderBy: unknown): readonly RecordOrder[] => (Array.isArray(orderBy) ? orderBy : []);

/** One property by descriptor id or short name; why it cannot be had, where it cannot; null where the record has none. */
function propertyOf(record: ArgusRecord, name: string): Property | Error | null {
  const had = record.properties.find(({ descriptorId, shortName }) => descriptorId === name || shortName === name);
  if (had !== undefined) return had; // what came is no longer refused, whatever was known before
  const problem = record.refused[name];
  if (problem === 'DENIED')
    return new UpstreamError('ARGUS', 'DENIED', `This key may not see the property "${name}".`, { httpStatus: 403 });
  if (problem === 'UNKNOWN')
    return new GraphQLError(`Argus has no property "${name}": names takes descriptor ids or short names.`, {
      extensions: { code: 'BAD_USER_INPUT', source: 'ARGUS' },
    });
  return null;
}

export const argusResolvers: Resolvers = {
  Query: {
    reputationTypes: async (_, __, { sources: { ARGUS } }) =>
      [...(await ARGUS.types())].sort((a, b) => (a.shortName < b.shortName ? -1 : 1)),
    reputationRecord: (_, { id }, { sources: { ARGUS } }, info) => {
      const recordId = id.trim();
      if (!isRecordId(recordId))
        throw badInput('id takes the recordId of a record, a UUID. For a global id there is node(id:).', 'id');
      return ARGUS.record(recordId, propertiesAsked(selectionBelow(info)));
    },
    reputationRecords: (_, ask, { sources: { ARGUS } }, info) =>
      ARGUS.page(ask, propertiesOfPage(selectionBelow(info))),
  },
  Indicator: {
    memberships: (indicator, given, { sources: { ARGUS } }, info) =>
      after(ARGUS.load(indicator, askOf(given, selectionBelow(info))), outcome => {
        if (outcome === undefined) return null;
        if (outcome.error !== undefined) throw outcome.error;
        if (outcome.fact.isTruncated) throw truncated();
        const records = pickRecords(outcome.fact.records, statesOf(given), listsOf(given));
        return sortRecords(records, ordersOf(given.orderBy));
      }),
    covering: async (indicator, _, { sources: { ARGUS } }, info) => {
      const outcome = await ARGUS.covering(indicator, propertiesAsked(selectionBelow(info)));
      if (outcome === undefined) return null;
      if (outcome.error !== undefined) throw outcome.error;
      if (outcome.fact.isTruncated) throw truncated();
      return sortRecords(outcome.fact.records);
    },
    argus: (indicator, given, { sources: { ARGUS } }, info) => {
      const id = answerId(indicator, given);
      const ask = answerAsk(given, selectionBelow(info));
      if (ask === undefined) return { id, indicator, given, outcome: undefined };
      return after(ARGUS.load(indicator, ask), outcome => ({ id, indicator, given, outcome }));
    },
  },
  ArgusAnswer: {
    report: ({ indicator, outcome, given }, _, { sources: { ARGUS } }) =>
      ARGUS.reportOf(indicator, outcome, statesOf(given), listsOf(given)),
    memberships: (answer, { limit }) => recordsOf(answer)?.slice(0, limit ?? undefined) ?? null,
    membershipCount: answer => recordsOf(answer)?.length ?? null,
  },
  ReputationRecord: {
    properties: (record, { names }) => names.map(name => propertyOf(record, name) as Property | null),
    indicator: (record, _, context) => {
      const indicator = indicatorOf(record);
      if (indicator !== undefined) context.name(indicator, undefined);
      return indicator ?? null;
    },
  },
};

/** One fact holds ACTIVE and LATEST; OLD is another question. */
export const currentRecords = 'current';
const questionOf = (field: CostedField): string =>
  [field.argument('states')].flat().includes('OLD') ? 'with old' : currentRecords;

/** Records that cover one value: an estimate of its parent domains and enclosing blocks on lists. */
const coveringPerValue = 4;

/** All values of an operation travel in one search for each question; records lead to indicators of their own. */
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
      meter.search(field, questionOf(field));
      meter.leadToRecords(field, 1, [[]]);
    },
    argus(field, meter) {
      meter.search(field, questionOf(field));
      meter.leadToRecords(field, 1, [['memberships']]);
    },
    covering(field, meter) {
      meter.search(field, 'covering');
      meter.leadToRecords(field, coveringPerValue, [[]]);
    },
  },
  ArgusAnswer: { report: free, memberships: free, membershipCount: free },
  // What stands below the record's indicator is counted with the field that leads to it.
  ReputationRecord: { properties: free, indicator: free },
};

/** A single value stands for a list of one. */
function filterLists(filter: unknown): readonly unknown[] {
  if (typeof filter !== 'object' || filter === null) return [];
  const domains = 'domains' in filter ? filter.domains : undefined;
  const names = typeof domains === 'object' && domains !== null && 'names' in domains ? domains.names : undefined;
  const lists = ['values' in filter ? filter.values : undefined, 'ips' in filter ? filter.ips : undefined, names];
  return lists.filter(list => list !== undefined && list !== null);
}

/** The schema's own default and bounds. */
function pageSize(first: unknown): number {
  return typeof first === 'number' && first > 0 ? Math.min(first, 1_000) : 25;
}
