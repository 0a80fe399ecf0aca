/** The requests that fields make to Datadog. */
import type { SourcePermissions } from '../../auth/scopes.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { SelectedField, Selection } from '../lookahead.ts';
import type { LookupKind } from '../lookup-kind.ts';
import type { LookupPart } from '../lookup-source.ts';
import type { ThreatRequest } from './client.ts';
import type { MatcherSetting } from './config.ts';
import type { HistoryWindow } from './history.ts';
import type { ThreatFact } from './mapping.ts';
import { joinWindows, reportNeed, type ThreatNeed } from './need.ts';
import { hiddenError, showsPersonal } from './personal.ts';

export type LookupOfThreats = LookupPart<ThreatRequest['variant'], ThreatNeed, ThreatFact>;
type ThreatKind = LookupKind<ThreatRequest['variant'], ThreatNeed, ThreatFact>;

/** The request of the score and the triage state. */
export const plainRequest: ThreatRequest = { variant: undefined, need: { of: 'ROW', history: [] } };

export const windowOf = (given: Readonly<Record<string, unknown>>): HistoryWindow => ({
  offset: typeof given.offset === 'number' ? given.offset : 0,
  limit: typeof given.limit === 'number' ? given.limit : null,
});

export const ocsfOf = (given: Readonly<Record<string, unknown>>): boolean | undefined =>
  typeof given.ocsf === 'boolean' ? given.ocsf : undefined;

/** The request of the field `datadog`; undefined when only its id is selected. */
export function answerRequest(given: Readonly<Record<string, unknown>>, below: Selection): ThreatRequest | undefined {
  const needsAnswer = below.some(field => ['report', 'threat', 'triageHistory'].includes(field.name));
  if (!needsAnswer) return undefined;
  const selections = below.filter(({ name }) => name === 'threat').flatMap(field => field.below());
  const windows = below
    .filter(({ name }) => name === 'triageHistory')
    .map(field => [windowOf(field.arguments)])
    .reduce(joinWindows, []);
  return { variant: ocsfOf(given), need: { of: reportNeed(selections), history: windows } };
}

export const reportRequest = (given: Readonly<Record<string, unknown>>, below: Selection): ThreatRequest => ({
  variant: ocsfOf(given),
  need: { of: reportNeed(below), history: [] },
});

export const historyRequest = (given: Readonly<Record<string, unknown>>): ThreatRequest => ({
  variant: ocsfOf(given),
  need: { of: 'ROW', history: [windowOf(given)] },
});

export const fields: ThreatKind['fields'] = {
  threatScore: () => plainRequest,
  triageState: () => plainRequest,
  threat: field => reportRequest(field.arguments, field.below()),
  triageHistory: field => historyRequest(field.arguments),
  datadog: field => answerRequest(field.arguments, field.below()),
};

const verdictNeed: ThreatNeed = { of: 'VERDICT', history: [] };

/** What the verdict asks: what Datadog matches by default, or both of its matchers. */
export const verdictRequests: Readonly<Record<MatcherSetting, readonly ThreatRequest[]>> = {
  default: [{ variant: undefined, need: verdictNeed }],
  both: [
    { variant: true, need: verdictNeed },
    { variant: false, need: verdictNeed },
  ],
};

export const incompleteError = (what: string): UpstreamError =>
  new UpstreamError('DATADOG', 'TRUNCATED', `Datadog answered, but ${what}.`);

/**
 * Personal or internal, and not nullable. An empty list would mean that Datadog has none, so without the permission the
 * whole shorthand report is refused. The field `datadog` leaves them out, with the limit PERSONAL_DATA_HIDDEN.
 */
const personalLists: readonly string[] = ['hosts', 'users', 'criticalAssets'];

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
