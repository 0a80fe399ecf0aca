/** Argus's part in one operation: all its values become one search. */
import DataLoader from 'dataloader';
import type { Question } from '../../../cache/read-through.ts';
import { type Indicator, indicatorKey } from '../../../domain/indicator/indicator.ts';
import type { CoverageLimit, SourceReport } from '../../../domain/source-report.ts';
import type { SourceAnswer } from '../../../domain/verdict/verdict.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { cacheKey } from '../../cache-key.ts';
import type { Credential } from '../../credential.ts';
import type { Selection } from '../../lookahead.ts';
import { failedReport, heardReport, mergeReports, silentReport } from '../../report.ts';
import { type MaybePromise, type Operation, once, type SourcePart } from '../../source.ts';
import { factVersion, joinNeeds, type RecordsFact, type RecordsOutcome, type RecordsReadThrough } from '../facts.ts';
import { type ArgusRecord, evidenceOf, pickRecords, type RecordState, recordIdFrom, recordStates } from '../mapping.ts';
import { type LoadPage, openPages } from '../records/connection.ts';
import { type LoadRecord, openRecords, type RecordMeans } from '../records/single-records.ts';
import { createApplicability } from './applicability.ts';
import type { MembershipNeed, MembershipSubject } from './batched-search.ts';
import { hasSurroundings } from './enclosing.ts';
import { type Ask, type AskWithLists, asksOf, coveringAsks, plainAsk, propertiesAsked } from './selection-needs.ts';
import { isStaleAbsence, staleAbsence } from './stale-absence.ts';
import type { ReputationTypes, TypeBook } from './type-registry.ts';

/** Also what a verdict says of it. */
export const verdictSource = {
  name: 'ARGUS',
  title: 'Argus',
  coverage: 'active and latest records on the lists this key can read',
} as const;

export interface ArgusPart extends SourcePart {
  /** Never rejects; undefined: Argus does not know indicators of this type. Answers at once what memory holds. */
  load(indicator: Indicator, ask: AskWithLists): MaybePromise<RecordsOutcome | undefined>;
  /** Records that cover the indicator without being it. Never rejects; undefined: nothing can cover this type. */
  covering(indicator: Indicator, properties: readonly string[]): Promise<RecordsOutcome | undefined>;
  reportOf(
    indicator: Indicator,
    outcome: RecordsOutcome | undefined,
    states: readonly RecordState[],
    lists?: readonly string[],
  ): SourceReport;
  /** The indicator types that Argus knows; rejects with UpstreamError. */
  types(): Promise<ReputationTypes>;
  readonly record: LoadRecord;
  readonly page: LoadPage;
  /** By global id, with the properties selected below it; undefined: the id is no record's. */
  node(globalId: string, selectionOn: (typeName: string) => Selection): Promise<ArgusRecord | null> | undefined;
  readonly credential: Credential | UpstreamError;
}

/** What the loaders of every operation share. */
export interface ArgusMeans extends RecordMeans {
  readonly memberships: RecordsReadThrough;
  readonly covering: RecordsReadThrough;
  readonly types: TypeBook;
  readonly now: () => number;
}

interface Key {
  readonly indicator: Indicator;
  readonly typeNames: readonly string[];
  readonly ask: Ask;
}

export function openLoaders(
  operation: Operation,
  credential: Credential | UpstreamError,
  means: ArgusMeans,
): ArgusPart {
  const { memberships: facts, now } = means;
  const loader = once(() => openFacts(facts, [], credential, operation));
  const coverings = once(() => openFacts(means.covering, ['covering'], credential, operation));
  const settled = new Map<string, RecordsOutcome>();
  const types = createApplicability(means.types, credential, operation);

  /** Nobody was asked, so nothing else says that this answer is not to be kept. */
  const unheard = (error: UpstreamError): RecordsOutcome => {
    operation.lasts(0);
    return { error };
  };

  const loadAs = (
    indicator: Indicator,
    ask: AskWithLists,
    names: readonly string[] | UpstreamError,
  ): MaybePromise<RecordsOutcome | undefined> => {
    if ('kind' in names) return unheard(names);
    if (names.length === 0 || 'kind' in credential) return undefined;
    const key = { indicator, typeNames: names, ask };
    if (!operation.isAgeless) return loader().load(key);
    const text = textOf(key);
    const found = settled.get(text) ?? facts.peek(questionOf(key, [], credential, operation), operation);
    if (found === undefined) return loader().load(key);
    settled.set(text, found);
    return found;
  };

  const load: ArgusPart['load'] = (indicator, ask) => {
    const names = types.namesOf(indicator);
    const heard =
      names instanceof Promise ? names.then(known => loadAs(indicator, ask, known)) : loadAs(indicator, ask, names);
    if (heard instanceof Promise) return heard.then(outcome => freshened(indicator, ask, outcome));
    return freshened(indicator, ask, heard);
  };

  const freshened = (
    indicator: Indicator,
    ask: AskWithLists,
    outcome: RecordsOutcome | undefined,
  ): MaybePromise<RecordsOutcome | undefined> =>
    isStaleAbsence(outcome, ask) ? heardAnew(indicator, ask, outcome) : outcome;

  /** The word of a source that failed stands; one that is being asked again just now is waited for. */
  const heardAnew = async (indicator: Indicator, ask: AskWithLists, stale: RecordsOutcome): Promise<RecordsOutcome> => {
    const names = await types.namesOf(indicator);
    if (stale.error || stale.staleBecause !== null || 'kind' in names || 'kind' in credential)
      return { error: staleAbsence(stale) };
    const question = questionOf({ indicator, typeNames: names, ask }, [], credential, operation);
    const [fresh] = await facts.getMany([{ ...question, maxAgeMs: Number.MAX_SAFE_INTEGER }], operation);
    return fresh ?? { error: staleAbsence(stale) };
  };

  const covering: ArgusPart['covering'] = async (indicator, properties) => {
    if (!hasSurroundings(indicator)) return undefined;
    const names = await types.namesOf(indicator);
    if ('kind' in names) return unheard(names);
    return coverings().load({ indicator, typeNames: names, ask: { ...plainAsk, properties } });
  };

  const reportOf: ArgusPart['reportOf'] = (indicator, outcome, states, lists) => {
    const report = outcomeReport(outcome, states, lists, now());
    if (report.fetchedAt === null || !hasSurroundings(indicator)) return report;
    return { ...report, limits: [...report.limits, 'EXACT_VALUE_ONLY'] };
  };

  const answerAbout =
    (indicator: Indicator) =>
    (outcome: RecordsOutcome | undefined): SourceAnswer => {
      const report = reportOf(indicator, outcome, plainAsk.states);
      const records = pickRecords(outcome?.fact?.records ?? [], plainAsk.states, undefined);
      const evidence = report.status === 'MATCHED' ? records.map(evidenceOf) : null;
      return { source: verdictSource, kind: 'LISTS', report, evidence };
    };

  const record = once(() => openRecords(means, credential, operation));
  const page = once(() => openPages(means, credential, operation));
  return {
    load,
    covering,
    reportOf,
    credential,
    record: (recordId, properties) => record()(recordId, properties),
    page: (ask, properties) => page()(ask, properties),
    async types() {
      operation.lasts(0);
      if ('kind' in credential) throw credential;
      return means.types.ask(credential);
    },
    node(globalId, selectionOn) {
      const recordId = recordIdFrom(globalId);
      if (recordId === undefined) return undefined;
      return record()(recordId, propertiesAsked(selectionOn('ReputationRecord')));
    },
    assess(indicator) {
      const outcome = load(indicator, plainAsk);
      const toAnswer = answerAbout(indicator);
      return outcome instanceof Promise ? outcome.then(toAnswer) : toAnswer(outcome);
    },
    async report(indicator, selection) {
      const exact = asksOf(selection).map(async ask =>
        reportOf(indicator, await load(indicator, ask), ask.states, ask.lists),
      );
      const around = coveringAsks(selection).map(async properties =>
        outcomeReport(await covering(indicator, properties), plainAsk.states, undefined, now()),
      );
      const [first, ...rest] = await Promise.all([...exact, ...around]);
      if (first === undefined)
        return silentReport('ARGUS', types.isRuledOut(indicator) ? 'NOT_APPLICABLE' : 'NOT_QUERIED');
      const merged = mergeReports([first, ...rest]);
      const surroundings = await Promise.all(around);
      return surroundings.some(isHeard) ? { ...merged, limits: merged.limits.filter(isNotExactOnly) } : merged;
    },
  };
}

const isHeard = ({ fetchedAt }: SourceReport): boolean => fetchedAt !== null;
const isNotExactOnly = (limit: CoverageLimit): boolean => limit !== 'EXACT_VALUE_ONLY';

function outcomeReport(
  outcome: RecordsOutcome | undefined,
  states: readonly RecordState[],
  lists: readonly string[] | undefined,
  now: number,
): SourceReport {
  if (outcome === undefined) return silentReport('ARGUS', 'NOT_APPLICABLE');
  if (outcome.error !== undefined) return failedReport(outcome.error);
  const isMatch = pickRecords(outcome.fact.records, states, lists).length > 0;
  const limits = limitsOf(outcome.fact, states, lists);
  const report = heardReport('ARGUS', outcome, isMatch ? 'MATCHED' : 'NO_MATCH', limits, now);
  return lists === undefined ? report : { ...report, detail: 'Only the lists that were named were looked at.' };
}

function limitsOf(
  fact: RecordsFact,
  states: readonly RecordState[],
  lists: readonly string[] | undefined,
): CoverageLimit[] {
  const limits: CoverageLimit[] = ['READABLE_LISTS_ONLY'];
  const isEverything = lists === undefined && recordStates.every(state => states.includes(state));
  if (!isEverything) limits.push('STATES_FILTERED');
  if (fact.isTruncated) limits.push('TRUNCATED');
  return limits;
}

const needOf = ({ states, properties }: Ask): MembershipNeed => ({ withOld: states.includes('OLD'), properties });

const textOf = ({ indicator, ask }: Key): string => JSON.stringify([needOf(ask), indicatorKey(indicator)]);

/** `question`: what is asked about the indicator, where it is not its exact value. */
function questionOf(
  { indicator, typeNames, ask }: Key,
  question: readonly string[],
  credential: Credential,
  operation: Operation,
): Question<MembershipSubject, MembershipNeed> {
  const { partition } = credential;
  return {
    key: cacheKey(factVersion, 'ARGUS', partition, ...question, indicator.type, indicator.value, ...typeNames),
    partition,
    subject: { indicator, typeNames, credential },
    need: needOf(ask),
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

function openFacts(
  facts: RecordsReadThrough,
  question: readonly string[],
  credential: Credential | UpstreamError,
  operation: Operation,
): DataLoader<Key, RecordsOutcome, string> {
  const asking = (key: Key, known: Credential) => questionOf(key, question, known, operation);
  return new DataLoader<Key, RecordsOutcome, string>(
    keys => {
      if ('kind' in credential) {
        operation.lasts(0);
        return Promise.resolve(keys.map(() => ({ error: credential })));
      }
      return loadMany(keys, key => asking(key, credential), operation, facts);
    },
    { cacheKeyFn: textOf, maxBatchSize: 1000 },
  );
}

/** What the operation wants of all its values travels together, so the needs of the batch are joined. */
async function loadMany(
  keys: readonly Key[],
  asking: (key: Key) => Question<MembershipSubject, MembershipNeed>,
  operation: Operation,
  facts: RecordsReadThrough,
): Promise<RecordsOutcome[]> {
  const need = keys.map(({ ask }) => needOf(ask)).reduce(joinNeeds);
  const questions = new Map<string, Question<MembershipSubject, MembershipNeed>>();
  const places = keys.map(key => {
    const question = asking(key);
    questions.set(question.key, { ...question, need });
    return question.key;
  });
  const outcomes = await facts.getMany([...questions.values()], operation);
  const byKey = new Map([...questions.keys()].map((key, index) => [key, outcomes[index] as RecordsOutcome]));
  return places.map(place => byKey.get(place) as RecordsOutcome);
}

export const truncated = (): UpstreamError =>
  new UpstreamError('ARGUS', 'TRUNCATED', 'Argus holds more records of this value than it lets anybody read.');
