import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Resolvers } from '../../graphql/generated.ts';
import { type Costs, type FieldCost, free } from '../field-cost.ts';
import { factOf } from '../lookup-source.ts';
import type { ThreatRequest } from './client.ts';
import {
  answerRequest,
  historyRequest,
  incompleteError,
  type LookupOfThreats,
  ocsfOf,
  plainRequest,
  refuse,
  reportRequest,
  windowOf,
} from './facts.ts';
import type { TriageEvent } from './history.ts';
import type { ThreatFact, ThreatReport } from './mapping.ts';
import { eventsWithin } from './need.ts';
import { hiddenError, personal, showsPersonal } from './personal.ts';

type ThreatOutcome = ReturnType<LookupOfThreats['read']>;

/** The parent value of the fields below `Indicator.datadog`. */
export interface DatadogAnswer {
  readonly id: string;
  readonly indicator: Indicator;
  readonly outcome: ThreatOutcome;
  readonly request: ThreatRequest | undefined;
}

/** For shorthand fields, which cannot say that a part is missing. Undefined: the source does not know the type. */
function wholeFactIn(outcome: ThreatOutcome): ThreatFact | undefined {
  const fact = factOf(outcome);
  if (fact?.isIncomplete) throw incompleteError('a part of the evidence could not be read');
  return fact;
}

/** For those that cannot say what they are about either. */
function ownFactIn(outcome: ThreatOutcome): ThreatFact | undefined {
  const fact = factOf(outcome);
  if (fact?.covering !== undefined) throw incompleteError('only about what is around the indicator');
  return fact;
}

/** An incomplete answer may have a score. */
function scoreIn(outcome: ThreatOutcome): number | null {
  const score = ownFactIn(outcome)?.threat?.score ?? null;
  return score ?? wholeFactIn(outcome)?.threat?.score ?? null;
}

/** For `Indicator.datadog`, which raises no errors: its report has the limit PERSONAL_DATA_HIDDEN instead. */
function withoutPersonal(threat: ThreatReport): ThreatReport {
  return { ...threat, hosts: [], users: [], criticalAssets: [], triagedBy: null, otherFields: null };
}

const anonymous = (event: TriageEvent): TriageEvent => ({ ...event, by: null });

export const datadogResolvers: Resolvers = {
  Indicator: {
    threatScore: (indicator, _, { sources: { DATADOG } }) => scoreIn(DATADOG.read(indicator, plainRequest)),
    triageState: (indicator, _, { sources: { DATADOG } }) =>
      ownFactIn(DATADOG.read(indicator, plainRequest))?.threat?.triageState ?? null,
    threat: (indicator, given, { sources: { DATADOG }, lookahead }, info) => {
      const below = lookahead.below(info);
      const refused = refuse({ name: 'threat', below: () => below }, DATADOG.permissions);
      if (refused !== undefined) throw hiddenError('hosts, users and criticalAssets');
      return wholeFactIn(DATADOG.read(indicator, reportRequest(given, below)))?.threat ?? null;
    },
    triageHistory: (indicator, given, { sources: { DATADOG } }) => {
      const window = windowOf(given);
      const fact = ownFactIn(DATADOG.read(indicator, historyRequest(given)));
      if (fact === undefined || fact.threat === null) return null;
      const events = eventsWithin(fact, window);
      if (events === undefined) throw incompleteError('without this part of the triage history');
      return events;
    },
    datadog: (indicator, given, { sources: { DATADOG }, lookahead }, info) => {
      const id = `DatadogAnswer:${ocsfOf(given) ?? 'any'}:${indicatorKey(indicator)}`;
      const request = answerRequest(given, lookahead.below(info));
      return { id, indicator, outcome: request && DATADOG.read(indicator, request), request };
    },
  },
  DatadogAnswer: {
    report: ({ indicator, outcome, request }, _, { sources: { DATADOG } }) =>
      DATADOG.reportOf(indicator, outcome, request),
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
    triagedBy: ({ triagedBy }, _, { sources: { DATADOG } }) => personal(triagedBy, 'who triaged it', DATADOG),
    otherFields: ({ otherFields }, _, { sources: { DATADOG } }) => personal(otherFields, 'otherFields', DATADOG),
  },
  TriageEvent: {
    by: ({ by }, _, { sources: { DATADOG } }) => personal(by, 'who triaged it', DATADOG),
  },
};

/** One call for each indicator and matcher. */
const lookup: FieldCost = (field, meter) => meter.callEach(field, 'DATADOG', field.argument('ocsf') ?? undefined);

/** The same where a row of the list will do. */
const inRows: FieldCost = (field, meter) => meter.callEach(field, 'DATADOG', undefined, true);

export const datadogCosts: Costs = {
  Indicator: { threatScore: inRows, triageState: inRows, threat: lookup, triageHistory: lookup, datadog: lookup },
  DatadogAnswer: { report: free, threat: free, triageHistory: free },
  ThreatReport: { triagedBy: free, otherFields: free },
  TriageEvent: { by: free },
};
