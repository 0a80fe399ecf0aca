import { type Indicator, indicatorKey } from '../../domain/indicator.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { selectionBelow } from '../lookahead.ts';
import { after, type MaybePromise } from '../source.ts';
import {
  answerAsk,
  asksHiddenLists,
  type DatadogLoaders,
  hidden,
  ocsfOf,
  plainAsk,
  type ThreatOutcome,
  windowOf,
} from './loaders.ts';
import { eventsWithin, type ThreatFact, type ThreatReport, type TriageEvent } from './mapping.ts';

/** What `Indicator.datadog` hands to the fields below it: one outcome, and never an error. */
export interface DatadogAnswer {
  readonly id: string;
  readonly outcome: ThreatOutcome | undefined;
}

const factOf = (outcome: ThreatOutcome): ThreatFact => {
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.fact;
};

/**
 * For the answers, which never raise errors: what the caller may not see is left out, and the report's limit
 * PERSONAL_DATA_HIDDEN says so.
 */
function withoutPersonal(threat: ThreatReport): ThreatReport {
  return { ...threat, hosts: [], users: [], criticalAssets: [], triagedBy: null };
}

const anonymous = (event: TriageEvent): TriageEvent => ({ ...event, by: null });

/** A person's id that was recorded; one that was not, or was taken out of an answer, is null for everybody. */
function personOf(id: string | null, datadog: DatadogLoaders): string | null {
  if (id !== null && !datadog.showsPersonal) throw hidden('who triaged it');
  return id;
}

function threatFor(
  indicator: Indicator,
  given: Readonly<Record<string, unknown>>,
  datadog: DatadogLoaders,
): MaybePromise<ThreatReport | null> {
  return after(datadog.load(indicator, { ocsf: ocsfOf(given), history: null }), outcome => factOf(outcome).threat);
}

export const datadogResolvers: Resolvers = {
  Indicator: {
    threatScore: (indicator, _, { datadog }) =>
      after(datadog.load(indicator, plainAsk), outcome => factOf(outcome).threat?.score ?? null),
    triageState: (indicator, _, { datadog }) =>
      after(datadog.load(indicator, plainAsk), outcome => factOf(outcome).threat?.triageState ?? null),
    threat: (indicator, given, { datadog }, info) => {
      const asked = { name: 'threat', below: () => selectionBelow(info) };
      if (!datadog.showsPersonal && asksHiddenLists(asked)) throw hidden('hosts, users and criticalAssets');
      return threatFor(indicator, given, datadog);
    },
    triageHistory: (indicator, given, { datadog }) => {
      const window = windowOf(given);
      return after(datadog.load(indicator, { ocsf: ocsfOf(given), history: window }), outcome => {
        const fact = factOf(outcome);
        return fact.threat === null ? null : (eventsWithin(fact, window) ?? null);
      });
    },
    datadog: (indicator, given, { datadog }, info) => {
      const id = `DatadogAnswer:${ocsfOf(given) ?? 'any'}:${indicatorKey(indicator)}`;
      const ask = answerAsk(given, selectionBelow(info));
      if (ask === undefined) return { id, outcome: undefined };
      return after(datadog.load(indicator, ask), outcome => ({ id, outcome }));
    },
  },
  DatadogAnswer: {
    // Asked for, so there is an outcome.
    report: ({ outcome }, _, { datadog }) => datadog.reportOf(outcome as ThreatOutcome),
    threat: ({ outcome }, _, { datadog }) => {
      const threat = outcome?.fact?.threat ?? null;
      return threat === null || datadog.showsPersonal ? threat : withoutPersonal(threat);
    },
    triageHistory: ({ outcome }, given, { datadog }) => {
      if (outcome?.fact?.threat == null) return null;
      const events = eventsWithin(outcome.fact, windowOf(given)) ?? null;
      return datadog.showsPersonal ? events : (events?.map(anonymous) ?? null);
    },
  },
  ThreatReport: {
    triagedBy: ({ triagedBy }, _, { datadog }) => personOf(triagedBy, datadog),
  },
  TriageEvent: {
    by: ({ by }, _, { datadog }) => personOf(by, datadog),
  },
};
