import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { after, type MaybePromise } from '../deferred.ts';
import { type Costs, type FieldCost, free } from '../field-cost.ts';
import { factOf } from '../lookup-source.ts';
import {
  answerRequest,
  type DatadogPart,
  hiddenError,
  ocsfOf,
  plainRequest,
  refuse,
  showsPersonal,
  windowOf,
} from './facts.ts';
import { eventsWithin, type ThreatReport, type TriageEvent } from './mapping.ts';

type ThreatOutcome = Awaited<ReturnType<DatadogPart['load']>>;

/** The parent value of the fields below `Indicator.datadog`. */
export interface DatadogAnswer {
  readonly id: string;
  readonly indicator: Indicator;
  readonly outcome: ThreatOutcome;
}

const threatIn = (outcome: ThreatOutcome): ThreatReport | null => factOf(outcome)?.threat ?? null;

/** For `Indicator.datadog`, which raises no errors: its report has the limit PERSONAL_DATA_HIDDEN instead. */
function withoutPersonal(threat: ThreatReport): ThreatReport {
  return { ...threat, hosts: [], users: [], criticalAssets: [], triagedBy: null };
}

const anonymous = (event: TriageEvent): TriageEvent => ({ ...event, by: null });

/** Null when Datadog recorded no person, or when the id was left out above. Otherwise throws without the permission. */
function personOf(id: string | null, { permissions }: DatadogPart): string | null {
  if (id !== null && !showsPersonal(permissions)) throw hiddenError('who triaged it');
  return id;
}

export const datadogResolvers: Resolvers = {
  Indicator: {
    threatScore: (indicator, _, { sources: { DATADOG } }) =>
      after(DATADOG.load(indicator, plainRequest), outcome => threatIn(outcome)?.score ?? null),
    triageState: (indicator, _, { sources: { DATADOG } }) =>
      after(DATADOG.load(indicator, plainRequest), outcome => threatIn(outcome)?.triageState ?? null),
    threat: (indicator, given, { sources: { DATADOG }, lookahead }, info): MaybePromise<ThreatReport | null> => {
      const refused = refuse({ name: 'threat', below: () => lookahead.below(info) }, DATADOG.permissions);
      if (refused !== undefined) throw hiddenError('hosts, users and criticalAssets');
      return after(DATADOG.load(indicator, { variant: ocsfOf(given), need: null }), threatIn);
    },
    triageHistory: (indicator, given, { sources: { DATADOG } }) => {
      const window = windowOf(given);
      return after(DATADOG.load(indicator, { variant: ocsfOf(given), need: window }), outcome => {
        const fact = factOf(outcome);
        return fact === undefined || fact.threat === null ? null : (eventsWithin(fact, window) ?? null);
      });
    },
    datadog: (indicator, given, { sources: { DATADOG }, lookahead }, info) => {
      const id = `DatadogAnswer:${ocsfOf(given) ?? 'any'}:${indicatorKey(indicator)}`;
      const request = answerRequest(given, lookahead.below(info));
      if (request === undefined) return { id, indicator, outcome: undefined };
      return after(DATADOG.load(indicator, request), outcome => ({ id, indicator, outcome }));
    },
  },
  DatadogAnswer: {
    report: ({ indicator, outcome }, _, { sources: { DATADOG } }) => DATADOG.reportOf(indicator, outcome),
    threat: ({ outcome }, _, { sources: { DATADOG } }) => {
      const threat = outcome?.fact?.threat ?? null;
      return threat === null || showsPersonal(DATADOG.permissions) ? threat : withoutPersonal(threat);
    },
    triageHistory: ({ outcome }, given, { sources: { DATADOG } }) => {
      if (outcome?.fact?.threat == null) return null;
      const events = eventsWithin(outcome.fact, windowOf(given)) ?? null;
      return showsPersonal(DATADOG.permissions) ? events : (events?.map(anonymous) ?? null);
    },
  },
  ThreatReport: {
    triagedBy: ({ triagedBy }, _, { sources: { DATADOG } }) => personOf(triagedBy, DATADOG),
  },
  TriageEvent: {
    by: ({ by }, _, { sources: { DATADOG } }) => personOf(by, DATADOG),
  },
};

/** One call for each indicator and matcher. */
const lookup: FieldCost = (field, meter) => meter.callEach(field, 'DATADOG', field.argument('ocsf') ?? undefined);

export const datadogCosts: Costs = {
  Indicator: { threatScore: lookup, triageState: lookup, threat: lookup, triageHistory: lookup, datadog: lookup },
  DatadogAnswer: { report: free, threat: free, triageHistory: free },
  ThreatReport: { triagedBy: free },
  TriageEvent: { by: free },
};
