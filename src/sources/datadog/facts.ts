/** The requests that fields make to Datadog, and how one answer serves several of them. */
import type { SourcePermissions } from '../../auth/scopes.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { SelectedField, Selection } from '../lookahead.ts';
import type { LookupKind, Needs } from '../lookup-kind.ts';
import type { LookupPart } from '../lookup-source.ts';
import type { ThreatRequest } from './client.ts';
import type { MatcherSetting } from './config.ts';
import {
  eventsIn,
  furtherWindow,
  type HistoryNeed,
  type HistoryWindow,
  isBehind,
  isWithin,
  joinHistories,
  type TriageEvent,
} from './history.ts';
import type { ThreatFact } from './mapping.ts';

export type DatadogPart = LookupPart<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact>;
type ThreatKind = LookupKind<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact>;

/** The request of the score and the triage state. */
export const plainRequest: ThreatRequest = { variant: undefined, need: [] };

/** The events of a window; undefined: they have not come. */
export const eventsWithin = (fact: ThreatFact, window: HistoryWindow): readonly TriageEvent[] | undefined =>
  fact.threat === null ? [] : eventsIn(fact.history, window);

/** Every answer has the score, so a need is parts of the triage history. */
export const historyNeeds: Needs<HistoryNeed, ThreatFact> = {
  join: (a, b) => (b.length === 0 ? a : [...a, ...b.filter(window => !a.some(one => isWithin(window, one)))]),
  // A window that begins elsewhere may lie behind what is sent.
  contains: (wider, narrower) => narrower.every(window => wider.some(one => !one.isOptional && isWithin(window, one))),
  covers: (fact, need) => need.every(window => window.isOptional || eventsWithin(fact, window) !== undefined),
  widen: (need, { history }) => [
    ...need,
    ...(history?.pages ?? [])
      .filter(page => !need.some(window => isBehind(window, page)))
      .map(({ offset, limit }) => ({ offset, limit, isOptional: true as const })),
  ],
  further(fact, need) {
    const next = fact.threat === null ? undefined : furtherWindow(fact.history, need);
    return next && [next];
  },
  extend: (fact, { history }) => ({ ...fact, history: joinHistories(fact.history, history) }),
};

export const windowOf = (given: Readonly<Record<string, unknown>>): HistoryWindow => ({
  offset: typeof given.offset === 'number' ? given.offset : 0,
  limit: typeof given.limit === 'number' ? given.limit : null,
});

export const ocsfOf = (given: Readonly<Record<string, unknown>>): boolean | undefined =>
  typeof given.ocsf === 'boolean' ? given.ocsf : undefined;

/** The windows of the `triageHistory` fields below `datadog`. */
const historyNeed = (selection: Selection): HistoryNeed =>
  selection
    .filter(field => field.name === 'triageHistory')
    .map(field => [windowOf(field.arguments)])
    .reduce(historyNeeds.join, []);

/** The request of the field `datadog`; undefined when only its id is selected. */
export function answerRequest(given: Readonly<Record<string, unknown>>, below: Selection): ThreatRequest | undefined {
  const needsAnswer = below.some(field => ['report', 'threat', 'triageHistory'].includes(field.name));
  return needsAnswer ? { variant: ocsfOf(given), need: historyNeed(below) } : undefined;
}

export const fields: ThreatKind['fields'] = {
  threatScore: () => plainRequest,
  triageState: () => plainRequest,
  threat: field => ({ variant: ocsfOf(field.arguments), need: [] }),
  triageHistory: field => ({ variant: ocsfOf(field.arguments), need: [windowOf(field.arguments)] }),
  datadog: field => answerRequest(field.arguments, field.below()),
};

/** What the verdict asks: what Datadog matches by default, or both of its matchers. */
export const verdictRequests: Readonly<Record<MatcherSetting, readonly ThreatRequest[]>> = {
  default: [plainRequest],
  both: [
    { variant: true, need: [] },
    { variant: false, need: [] },
  ],
};

export const incompleteError = (what: string): UpstreamError =>
  new UpstreamError('DATADOG', 'TRUNCATED', `Datadog answered, but ${what}.`);

/**
 * Personal or internal, and not nullable. An empty list would mean that Datadog has none, so without the permission the
 * whole shorthand report is refused. The field `datadog` leaves them out, with the limit PERSONAL_DATA_HIDDEN.
 */
const personalLists: readonly string[] = ['hosts', 'users', 'criticalAssets'];

/** The permission for users, hosts, critical assets and who triaged. */
export const showsPersonal = ({ personal }: SourcePermissions): boolean => personal === true;

export const hiddenError = (what: string): UpstreamError =>
  new UpstreamError('DATADOG', 'DENIED', `This caller may not see ${what}.`, { forbidden: true });

/** The error for a shorthand report that selects a personal list without permission. */
export function refuse(
  field: Pick<SelectedField, 'name' | 'below'>,
  permissions: SourcePermissions,
): UpstreamError | undefined {
  if (field.name !== 'threat' || showsPersonal(permissions)) return undefined;
  return field.below().some(({ name }) => personalLists.includes(name))
    ? hiddenError(personalLists.join(', '))
    : undefined;
}
