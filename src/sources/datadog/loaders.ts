/** Datadog's part in one operation: whatever is asked of it about one indicator becomes one call. */
import DataLoader from 'dataloader';
import type { Outcome, Question, ReadThrough } from '../../cache/read-through.ts';
import { type Indicator, indicatorKey } from '../../domain/indicator.ts';
import type { CoverageLimit, SourceReport } from '../../domain/report.ts';
import type { DatadogEvidence } from '../../domain/verdict.ts';
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
  once,
  type SourceOperation,
  silentReport,
} from '../source.ts';
import type { ThreatNeed, ThreatSubject } from './client.ts';
import { evidenceOf, type HistoryWindow, joinWindows, type ThreatFact } from './mapping.ts';

export type ThreatOutcome = Outcome<ThreatFact>;

/** One thing that a field wants of Datadog. */
export interface Ask {
  readonly ocsf: boolean | undefined;
  readonly history: HistoryWindow | null;
}

export interface DatadogLoaders extends SourceOperation<DatadogEvidence> {
  /** Never rejects: a failure is part of the outcome. Answers at once what memory holds. */
  load(indicator: Indicator, ask: Ask): MaybePromise<ThreatOutcome>;
  reportOf(outcome: ThreatOutcome): SourceReport;
  /** The caller may be shown users, hosts, critical assets and who triaged. */
  readonly showsPersonal: boolean;
}

export type ThreatReadThrough = ReadThrough<ThreatSubject, ThreatNeed, ThreatFact>;

interface Key {
  readonly indicator: Indicator;
  readonly ask: Ask;
}

/** The question that a verdict, the score and the triage state ask. */
export const plainAsk: Ask = { ocsf: undefined, history: null };

export function openLoaders(
  operation: Operation,
  credential: Credential | UpstreamError,
  facts: ThreatReadThrough,
  showsPersonal: boolean,
  now: () => number,
): DatadogLoaders {
  const loader = once(
    () =>
      new DataLoader<Key, ThreatOutcome, string>(
        keys => {
          if ('kind' in credential) {
            operation.lasts(0);
            return Promise.resolve(keys.map(() => ({ error: credential })));
          }
          return loadMany(keys, credential, operation, facts);
        },
        { cacheKeyFn: textOf, maxBatchSize: 1000 },
      ),
  );
  const settled = new Map<string, ThreatOutcome>();

  const load = (indicator: Indicator, ask: Ask): MaybePromise<ThreatOutcome> => {
    if (!operation.isAgeless || 'kind' in credential) return loader().load({ indicator, ask });
    const key = textOf({ indicator, ask });
    const known = settled.get(key) ?? facts.peek(questionOf({ indicator, ask }, credential, operation), operation);
    if (known === undefined) return loader().load({ indicator, ask });
    settled.set(key, known);
    return known;
  };

  const reportOf = (outcome: ThreatOutcome): SourceReport => {
    if (outcome.error !== undefined) return failedReport(outcome.error);
    if (outcome.fact.threat === null) return heardReport('DATADOG', outcome, 'NO_MATCH', ['LAST_30_DAYS'], now());
    const limits: readonly CoverageLimit[] = showsPersonal
      ? ['LAST_30_DAYS']
      : ['LAST_30_DAYS', 'PERSONAL_DATA_HIDDEN'];
    return heardReport('DATADOG', outcome, 'MATCHED', limits, now());
  };

  const testimony = (outcome: ThreatOutcome) => ({
    report: reportOf(outcome),
    evidence: outcome.fact?.threat == null ? null : evidenceOf(outcome.fact.threat),
  });

  return {
    load,
    reportOf,
    showsPersonal,
    testify(indicator) {
      const outcome = load(indicator, plainAsk);
      return outcome instanceof Promise ? outcome.then(testimony) : testimony(outcome);
    },
    async report(indicator, selection) {
      const shown = selection.filter(field => showsPersonal || !asksHiddenLists(field));
      const refused = shown.length < selection.length ? [failedReport(hidden(hiddenLists.join(', ')))] : [];
      const heard = await Promise.all(asksOf(shown).map(ask => load(indicator, ask)));
      const [first, ...rest] = [...refused, ...heard.map(reportOf)];
      return first === undefined ? silentReport('DATADOG', 'NOT_QUERIED') : mergeReports([first, ...rest]);
    },
  };
}

/**
 * Personal or internal, and never null: an empty list would say that Datadog named nobody. So a caller who may not see them
 * is refused the whole shorthand report; the answers leave them out, with the limit PERSONAL_DATA_HIDDEN.
 */
const hiddenLists: readonly string[] = ['hosts', 'users', 'criticalAssets'];

export const asksHiddenLists = (field: Pick<AskedField, 'name' | 'below'>): boolean =>
  field.name === 'threat' && field.below().some(({ name }) => hiddenLists.includes(name));

export const hidden = (what: string): UpstreamError =>
  new UpstreamError('DATADOG', 'DENIED', `This caller may not see ${what}.`, { forbidden: true });

/** The windows that `triageHistory` fields below `datadog` ask for, in one. */
function historyAsked(selection: Selection): HistoryWindow | null {
  return selection
    .filter(field => field.name === 'triageHistory')
    .map(field => windowOf(field.arguments))
    .reduce<HistoryWindow | null>(joinWindows, null);
}

export const windowOf = (given: Readonly<Record<string, unknown>>): HistoryWindow => ({
  offset: typeof given.offset === 'number' ? given.offset : 0,
  limit: typeof given.limit === 'number' ? given.limit : null,
});

export const ocsfOf = (given: Readonly<Record<string, unknown>>): boolean | undefined =>
  typeof given.ocsf === 'boolean' ? given.ocsf : undefined;

/** What each field of an Indicator asks of Datadog; what is not here asks nothing. */
const asks: Readonly<Record<string, (field: AskedField) => Ask | undefined>> = {
  threatScore: () => plainAsk,
  triageState: () => plainAsk,
  verdict: () => plainAsk,
  threat: field => ({ ocsf: ocsfOf(field.arguments), history: null }),
  triageHistory: field => ({ ocsf: ocsfOf(field.arguments), history: windowOf(field.arguments) }),
  datadog: field => answerAsk(field.arguments, field.below()),
};

/** What the `datadog` answer asks for; its id alone asks nothing. */
export function answerAsk(given: Readonly<Record<string, unknown>>, below: Selection): Ask | undefined {
  const asksAnything = below.some(field => ['report', 'threat', 'triageHistory'].includes(field.name));
  return asksAnything ? { ocsf: ocsfOf(given), history: historyAsked(below) } : undefined;
}

const asksOf = (selection: Selection): readonly Ask[] =>
  selection.map(field => asks[field.name]?.(field)).filter(ask => ask !== undefined);

const textOf = ({ indicator, ask }: Key): string =>
  `${ask.ocsf} ${ask.history?.offset}+${ask.history?.limit} ${indicatorKey(indicator)}`;

function questionOf(
  { indicator, ask }: Key,
  credential: Credential,
  operation: Operation,
): Question<ThreatSubject, ThreatNeed> {
  const { partition } = credential;
  return {
    key: cacheKey('DATADOG', partition, indicator.type, indicator.value, String(ask.ocsf)),
    partition,
    subject: { indicator, ocsf: ask.ocsf, credential },
    need: { history: ask.history },
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

/** Folds the keys of one indicator and matcher into one question: an answer with history also holds the score. */
async function loadMany(
  keys: readonly Key[],
  credential: Credential,
  operation: Operation,
  facts: ThreatReadThrough,
): Promise<ThreatOutcome[]> {
  const folded = new Map<string, Question<ThreatSubject, ThreatNeed>>();
  const places = keys.map(key => {
    const question = questionOf(key, credential, operation);
    const known = folded.get(question.key);
    const history = joinWindows(known?.need.history ?? null, key.ask.history);
    folded.set(question.key, { ...question, need: { history } });
    return question.key;
  });
  const outcomes = await facts.getMany([...folded.values()], operation);
  const byKey = new Map([...folded.keys()].map((key, index) => [key, outcomes[index] as ThreatOutcome]));
  return places.map(place => byKey.get(place) as ThreatOutcome);
}
