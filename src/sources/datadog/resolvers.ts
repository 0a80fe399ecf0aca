import { type Indicator, indicatorKey } from '../../domain/indicator.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import { selectionBelow } from '../lookahead.ts';
import { after, type MaybePromise } from '../source.ts';
import { answerAsk, type DatadogLoaders, ocsfOf, plainAsk, type ThreatOutcome, windowOf } from './loaders.ts';
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

const personal = ['hosts', 'users', 'criticalAssets', 'triagedBy'] as const;

/** For the answers, which never raise errors: what the caller may not see is left out, and the report says so. */
function withoutPersonal(threat: ThreatReport): ThreatReport {
  return { ...threat, hosts: [], users: [], criticalAssets: [], triagedBy: null };
}

const anonymous = (event: TriageEvent): TriageEvent => ({ ...event, by: null });

export const personalNotice = 'Users, hosts, critical assets and who triaged are not shown to this caller.';

const forbidden = (): UpstreamError =>
  new UpstreamError('DATADOG', 'DENIED', 'This caller may not see who and what is affected in your organisation.', {
    forbidden: true,
  });

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
      const asksPersonal = () => selectionBelow(info).some(field => personal.some(name => name === field.name));
      if (!datadog.showsPersonal && asksPersonal()) throw forbidden();
      return threatFor(indicator, given, datadog);
    },
    triageHistory: (indicator, given, { datadog }, info) => {
      if (!datadog.showsPersonal && selectionBelow(info).some(field => field.name === 'by')) throw forbidden();
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
    report: ({ outcome }, _, { datadog }) => {
      const report = datadog.reportOf(outcome as ThreatOutcome); // asked for, so there is an outcome
      const hides = !datadog.showsPersonal && report.status === 'MATCHED';
      return hides ? { ...report, detail: personalNotice } : report;
    },
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
};
