/** The requests that fields make to Datadog, and how one answer serves several of them. */
import type { SourcePermissions } from '../../auth/scopes.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { SelectedField, Selection } from '../lookahead.ts';
import type { LookupKind, Needs } from '../lookup-kind.ts';
import type { LookupPart } from '../lookup-source.ts';
import type { ThreatRequest } from './client.ts';
import { eventsWithin, type HistoryWindow, joinWindows, type ThreatFact } from './mapping.ts';

export type DatadogPart = LookupPart<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact>;
type ThreatKind = LookupKind<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact>;

/** The request of a verdict, the score and the triage state. */
export const plainRequest: ThreatRequest = { variant: undefined, need: null };

/** Every answer has the score, so a need is a part of the triage history. */
export const historyNeeds: Needs<HistoryWindow | null, ThreatFact> = {
  join: joinWindows,
  contains(wider, narrower) {
    if (narrower === null || wider === null) return narrower === null;
    const joined = joinWindows(wider, narrower);
    return joined?.offset === wider.offset && joined.limit === wider.limit;
  },
  covers: (fact, history) => history === null || eventsWithin(fact, history) !== undefined,
  widen(history, { history: held }) {
    if (held === null) return history;
    return joinWindows(history, { offset: held.offset, limit: held.isToTheEnd ? null : held.events.length });
  },
};

export const windowOf = (given: Readonly<Record<string, unknown>>): HistoryWindow => ({
  offset: typeof given.offset === 'number' ? given.offset : 0,
  limit: typeof given.limit === 'number' ? given.limit : null,
});

export const ocsfOf = (given: Readonly<Record<string, unknown>>): boolean | undefined =>
  typeof given.ocsf === 'boolean' ? given.ocsf : undefined;

/** Joins the windows of the `triageHistory` fields below `datadog`. */
function historyNeed(selection: Selection): HistoryWindow | null {
  return selection
    .filter(field => field.name === 'triageHistory')
    .map(field => windowOf(field.arguments))
    .reduce<HistoryWindow | null>(joinWindows, null);
}

/** The request of the field `datadog`; undefined when only its id is selected. */
export function answerRequest(given: Readonly<Record<string, unknown>>, below: Selection): ThreatRequest | undefined {
  const needsAnswer = below.some(field => ['report', 'threat', 'triageHistory'].includes(field.name));
  return needsAnswer ? { variant: ocsfOf(given), need: historyNeed(below) } : undefined;
}

export const fields: ThreatKind['fields'] = {
  threatScore: () => plainRequest,
  triageState: () => plainRequest,
  verdict: () => plainRequest,
  threat: field => ({ variant: ocsfOf(field.arguments), need: null }),
  triageHistory: field => ({ variant: ocsfOf(field.arguments), need: windowOf(field.arguments) }),
  datadog: field => answerRequest(field.arguments, field.below()),
};

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
