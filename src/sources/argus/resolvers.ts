import { GraphQLError } from 'graphql';
import { type Indicator, indicatorKey } from '../../domain/indicator.ts';
import { badInput } from '../../graphql/errors.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import { selectionBelow } from '../lookahead.ts';
import { after } from '../source.ts';
import { answerAsk, askOf, listsOf, propertiesAsked, propertiesOfPage, statesOf } from './asks.ts';
import type { RecordsOutcome } from './facts.ts';
import { truncated } from './loaders.ts';
import { type ArgusRecord, isRecordId, type Property, pickRecords, type RecordOrder, sortRecords } from './mapping.ts';
import { indicatorOf } from './reputation-types.ts';

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
    reputationTypes: async (_, __, { argus }) =>
      [...(await argus.types())].sort((a, b) => (a.shortName < b.shortName ? -1 : 1)),
    reputationRecord: (_, { id }, { argus }, info) => {
      const recordId = id.trim();
      if (!isRecordId(recordId))
        throw badInput('id takes the recordId of a record, a UUID. For a global id there is node(id:).', 'id');
      return argus.record(recordId, propertiesAsked(selectionBelow(info)));
    },
    reputationRecords: (_, ask, { argus }, info) => argus.page(ask, propertiesOfPage(selectionBelow(info))),
  },
  Indicator: {
    memberships: (indicator, given, { argus }, info) =>
      after(argus.load(indicator, askOf(given, selectionBelow(info))), outcome => {
        if (outcome === undefined) return null;
        if (outcome.error !== undefined) throw outcome.error;
        if (outcome.fact.isTruncated) throw truncated();
        const records = pickRecords(outcome.fact.records, statesOf(given), listsOf(given));
        return sortRecords(records, ordersOf(given.orderBy));
      }),
    covering: async (indicator, _, { argus }, info) => {
      const outcome = await argus.covering(indicator, propertiesAsked(selectionBelow(info)));
      if (outcome === undefined) return null;
      if (outcome.error !== undefined) throw outcome.error;
      if (outcome.fact.isTruncated) throw truncated();
      return sortRecords(outcome.fact.records);
    },
    argus: (indicator, given, { argus }, info) => {
      const id = answerId(indicator, given);
      const ask = answerAsk(given, selectionBelow(info));
      if (ask === undefined) return { id, indicator, given, outcome: undefined };
      return after(argus.load(indicator, ask), outcome => ({ id, indicator, given, outcome }));
    },
  },
  ArgusAnswer: {
    report: ({ indicator, outcome, given }, _, { argus }) =>
      argus.reportOf(indicator, outcome, statesOf(given), listsOf(given)),
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
