/** Argus's part in one operation: all its values become one search. */
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Outcome, Question, ReadThrough } from '../../cache/read-through.ts';
import { type Indicator, indicatorKey } from '../../domain/indicator.ts';
import type { CoverageLimit, SourceReport } from '../../domain/report.ts';
import type { ArgusEvidence } from '../../domain/verdict.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import type { AskedField, Selection } from '../lookahead.ts';
import {
  type Credential,
  cacheKey,
  failedReport,
  heardReport,
  type MaybePromise,
  mergeReports,
  type Operation,
  type SourceOperation,
  silentReport,
} from '../source.ts';
import type { MembershipNeed, MembershipSubject } from './batches.ts';
import { evidenceOf, pickRecords, type RecordState, recordStates, reputationRecord } from './mapping.ts';
import { namesFor, type ReputationTypes, type TypeBook } from './reputation-types.ts';

/** What is cached: all records of one value in the states that were asked, with the properties that were asked. */
export const membershipFact = z.object({
  withOld: z.boolean(),
  properties: z.array(z.string()),
  records: z.array(reputationRecord),
  isTruncated: z.boolean(),
});
export type MembershipFact = z.infer<typeof membershipFact>;
export type MembershipOutcome = Outcome<MembershipFact>;
export type MembershipReadThrough = ReadThrough<MembershipSubject, MembershipNeed, MembershipFact>;

/** One thing that a field wants of Argus. */
export interface Ask {
  readonly states: readonly RecordState[];
  readonly properties: readonly string[];
}

/** The question that a verdict asks, and the default of every field. */
export const plainAsk: Ask = { states: ['ACTIVE', 'LATEST'], properties: [] };

export interface ArgusLoaders extends SourceOperation<ArgusEvidence[]> {
  /** Never rejects; undefined: Argus does not know indicators of this type. Answers at once what memory holds. */
  load(indicator: Indicator, ask: Ask): MaybePromise<MembershipOutcome | undefined>;
  reportOf(
    indicator: Indicator,
    outcome: MembershipOutcome | undefined,
    states: readonly RecordState[],
    lists?: readonly string[],
  ): SourceReport;
  /** The indicator types that Argus knows; rejects with UpstreamError. */
  types(): Promise<ReputationTypes>;
  readonly credential: Credential | UpstreamError;
}

interface Key {
  readonly indicator: Indicator;
  readonly typeNames: readonly string[];
  readonly ask: Ask;
}

export function openLoaders(
  operation: Operation,
  credential: Credential | UpstreamError,
  facts: MembershipReadThrough,
  book: TypeBook,
  now: () => number,
): ArgusLoaders {
  const loader = new DataLoader<Key, MembershipOutcome, string>(
    keys => {
      if ('kind' in credential) return Promise.resolve(keys.map(() => ({ error: credential })));
      return loadMany(keys, credential, operation, facts);
    },
    { cacheKeyFn: textOf, maxBatchSize: 1000 },
  );
  const settled = new Map<string, MembershipOutcome>();
  let known: ReputationTypes | undefined;
  const typeNames = (indicator: Indicator): readonly string[] => {
    if ('kind' in credential)
      return namesFor(indicator.type, [
        { shortName: 'domain', name: '' },
        { shortName: 'ip', name: '' },
      ]);
    known ??= book.known(credential); // one answer for the whole operation
    return namesFor(indicator.type, known);
  };

  const load: ArgusLoaders['load'] = (indicator, ask) => {
    const names = typeNames(indicator);
    if (names.length === 0) return undefined;
    const key = { indicator, typeNames: names, ask };
    if (!operation.isAgeless || 'kind' in credential) return loader.load(key);
    const text = textOf(key);
    const found = settled.get(text) ?? facts.peek(questionOf(key, credential, operation), operation);
    if (found === undefined) return loader.load(key);
    settled.set(text, found);
    return found;
  };

  const reportOf: ArgusLoaders['reportOf'] = (indicator, outcome, states, lists) => {
    if (outcome === undefined) return silentReport('ARGUS', 'NOT_APPLICABLE');
    if (outcome.error !== undefined) return failedReport(outcome.error);
    const isMatch = pickRecords(outcome.fact.records, states, lists).length > 0;
    const limits = limitsOf(indicator, outcome.fact, states);
    const report = heardReport('ARGUS', outcome, isMatch ? 'MATCHED' : 'NO_MATCH', limits, now());
    return lists === undefined ? report : { ...report, detail: 'Only the lists that were named were looked at.' };
  };

  const testimony = (indicator: Indicator) => (outcome: MembershipOutcome | undefined) => {
    const report = reportOf(indicator, outcome, plainAsk.states);
    const records = pickRecords(outcome?.fact?.records ?? [], plainAsk.states, undefined);
    return { report, evidence: report.status === 'MATCHED' ? records.map(evidenceOf) : null };
  };

  return {
    load,
    reportOf,
    credential,
    types: () => ('kind' in credential ? Promise.reject(credential) : book.ask(credential)),
    testify(indicator) {
      const outcome = load(indicator, plainAsk);
      const toTestimony = testimony(indicator);
      return outcome instanceof Promise ? outcome.then(toTestimony) : toTestimony(outcome);
    },
    async report(indicator, selection) {
      const asks = asksOf(selection);
      if (typeNames(indicator).length === 0) return silentReport('ARGUS', 'NOT_APPLICABLE');
      const reports = await Promise.all(
        asks.map(async ask => reportOf(indicator, await load(indicator, ask), ask.states, ask.lists)),
      );
      const [first, ...rest] = reports;
      return first === undefined ? silentReport('ARGUS', 'NOT_QUERIED') : mergeReports([first, ...rest]);
    },
  };
}

const hasSurroundings: readonly Indicator['type'][] = ['DOMAIN', 'IPV4', 'IPV6', 'CIDR'];

function limitsOf(indicator: Indicator, fact: MembershipFact, states: readonly RecordState[]): CoverageLimit[] {
  const limits: CoverageLimit[] = ['READABLE_LISTS_ONLY'];
  if (!recordStates.every(state => states.includes(state))) limits.push('STATES_FILTERED');
  if (hasSurroundings.includes(indicator.type)) limits.push('EXACT_VALUE_ONLY');
  if (fact.isTruncated) limits.push('TRUNCATED');
  return limits;
}

type Given = Readonly<Record<string, unknown>>;
type AskWithLists = Ask & { readonly lists?: readonly string[] };

const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : undefined;

export const statesOf = (given: Given): readonly RecordState[] => {
  const asked = textsIn(given.states);
  return asked === undefined ? plainAsk.states : recordStates.filter(state => asked.includes(state));
};

export const listsOf = (given: Given): readonly string[] | undefined => textsIn(given.lists);

/** The property names that `properties(names:)` fields below ask for, sorted. */
export function propertiesAsked(selection: Selection): readonly string[] {
  const asked = selection
    .filter(field => field.name === 'properties')
    .flatMap(field => textsIn(field.arguments.names) ?? []);
  return [...new Set(asked)].sort();
}

const asks: Readonly<Record<string, (field: AskedField) => AskWithLists | undefined>> = {
  verdict: () => plainAsk,
  memberships: field => askOf(field.arguments, field.below()),
  argus: field => answerAsk(field.arguments, field.below()),
};

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

const asksOf = (selection: Selection): readonly AskWithLists[] =>
  selection.map(field => asks[field.name]?.(field)).filter(ask => ask !== undefined);

const needOf = ({ states, properties }: Ask): MembershipNeed => ({ withOld: states.includes('OLD'), properties });

const textOf = ({ indicator, ask }: Key): string => JSON.stringify([needOf(ask), indicatorKey(indicator)]);

/** An answer to `wider` holds all that `narrower` asks for. */
export const containsNeed = (wider: MembershipNeed, narrower: MembershipNeed): boolean =>
  (wider.withOld || !narrower.withOld) && narrower.properties.every(name => wider.properties.includes(name));

export const joinNeeds = (a: MembershipNeed, b: MembershipNeed): MembershipNeed => ({
  withOld: a.withOld || b.withOld,
  properties: [...new Set([...a.properties, ...b.properties])].sort(),
});

function questionOf(
  { indicator, typeNames, ask }: Key,
  credential: Credential,
  operation: Operation,
): Question<MembershipSubject, MembershipNeed> {
  const { partition } = credential;
  return {
    key: cacheKey('ARGUS', partition, indicator.type, indicator.value, ...typeNames),
    partition,
    subject: { indicator, typeNames, credential },
    need: needOf(ask),
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

/** What the operation wants of all its values travels together, so the needs of the batch are joined. */
async function loadMany(
  keys: readonly Key[],
  credential: Credential,
  operation: Operation,
  facts: MembershipReadThrough,
): Promise<MembershipOutcome[]> {
  const need = keys.map(({ ask }) => needOf(ask)).reduce(joinNeeds);
  const questions = new Map<string, Question<MembershipSubject, MembershipNeed>>();
  const places = keys.map(key => {
    const question = questionOf(key, credential, operation);
    questions.set(question.key, { ...question, need });
    return question.key;
  });
  const outcomes = await facts.getMany([...questions.values()], operation);
  const byKey = new Map([...questions.keys()].map((key, index) => [key, outcomes[index] as MembershipOutcome]));
  return places.map(place => byKey.get(place) as MembershipOutcome);
}

export const truncated = (): UpstreamError =>
  new UpstreamError('ARGUS', 'TRUNCATED', 'Argus holds more records of this value than it lets anybody read.');
