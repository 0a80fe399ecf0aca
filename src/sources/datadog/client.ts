/** `GET …/ioc-explorer/indicator`, one indicator per call (Datadog's documentation, "Get an indicator of compromise"). */
import { indicatorKey } from '../../domain/indicator/indicator.ts';
import type { Indicator, IndicatorType } from '../../domain/indicator/model.ts';
import { UpstreamError, type UpstreamErrorOptions } from '../../http-client/errors.ts';
import type { UpstreamRequest, UpstreamResponse } from '../../http-client/upstream.ts';
import type { LookupRequest } from '../lookup-kind.ts';
import { type Echo, echoOf } from './echo.ts';
import { joinedWindow } from './history.ts';
import { mapIndicator, nothingKnown, type ThreatFact, typeRefused } from './mapping.ts';
import type { ThreatNeed } from './need.ts';
import { errorAnswer, readIndicator, type WireIndicator } from './wire.ts';

/** `variant` is the parameter `ocsf`: true, false and undefined select three different matchers at Datadog. */
export type ThreatRequest = LookupRequest<boolean | undefined, ThreatNeed>;

export const label = { name: 'DATADOG', title: 'Datadog' } as const;

export const listPath = '/api/v2/security/siem/ioc-explorer';
export const indicatorPath = `${listPath}/indicator`;
/** The names of the requests in logs, metrics and spans, beside that of a lookup. */
export const proofOperation = 'proof';
export const listOperation = 'list';
export const triageOperation = 'triage';

/**
 * A 404 with a JSON `errors` body means "not known", or that there is no such route; any other 404 is not Datadog's. To
 * the proof of the route a refusal is an answer too, unless it is one of the credential or of the route.
 */
export function classifyAnswer({ status, body }: UpstreamResponse, { operation }: UpstreamRequest) {
  const isExpected = isExpectedFrom[operation]?.(status) ?? status === 404;
  return isExpected && errorAnswer.safeParse(body).success ? 'accept' : undefined;
}

const isExpectedFrom: Readonly<Record<string, (status: number) => boolean>> = {
  [proofOperation]: status => status >= 400 && status < 500 && status !== 401 && status !== 404,
  // It says what is wrong with the caller's query.
  [listOperation]: status => status === 400,
  [triageOperation]: () => false,
};

/**
 * Keys that are wrong, or may not read, are a 403 in Datadog's own words, whatever was asked. One in other words is a
 * firewall's, about one value. Keys that may not write may still read.
 */
export const refusesCredential = ({ status, body }: UpstreamResponse, { operation }: UpstreamRequest): boolean =>
  status === 401 || (status === 403 && operation !== triageOperation && errorAnswer.safeParse(body).success);

export function requestFor(
  indicator: Indicator,
  { variant: ocsf, need }: ThreatRequest,
): Pick<UpstreamRequest, 'path' | 'query' | 'operation'> {
  const query: [string, string][] = [['indicator', indicator.value]];
  if (ocsf !== undefined) query.push(['ocsf', String(ocsf)]);
  const history = joinedWindow(need.history);
  if (history !== undefined) {
    query.push(['include_triage_history', 'true']);
    if (history.limit !== null) query.push(['triage_history_limit', String(history.limit)]);
    if (history.offset > 0) query.push(['triage_history_offset', String(history.offset)]);
  }
  return { path: indicatorPath, query, operation: 'indicator' };
}

/** Throws UpstreamError for an undocumented answer, and for one about another indicator. */
export function readAnswer(
  answer: UpstreamResponse,
  indicator: Indicator,
  request: ThreatRequest,
  onUnreadable: (field: string) => void,
): ThreatFact {
  if (answer.status === 404) return nothingKnown;
  const read = readIndicator(answer.body, onUnreadable);
  if ('error' in read) throw malformed('Datadog answered in a shape that is not documented.', { cause: read.error });
  const named = nameIn(read.wire);
  const echo = named === null ? unnamedEcho(read.wire) : echoOf(named, indicator);
  if (echo === undefined) throw malformed('Datadog answered about another indicator.', { isAboutAnother: true });
  return mapIndicator(read, `${indicatorKey(indicator)} ${request.variant}`, joinedWindow(request.need.history), echo);
}

const documentedTypes: ReadonlySet<IndicatorType> = new Set(['IPV4', 'IPV6', 'DOMAIN', 'SHA1', 'SHA256']);

/** A 400 about a type that is not documented says that Datadog takes none of it; undefined: an ordinary refusal. */
export const readRefusal = ({ httpStatus }: UpstreamError, { type }: Indicator): ThreatFact | undefined =>
  httpStatus === 400 && !documentedTypes.has(type) ? typeRefused : undefined;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Both fields are optional, and `id` may identify Datadog's row. */
const nameIn = ({ indicator, id }: WireIndicator): string | null =>
  indicator ?? (id === null || uuid.test(id) ? null : id);

/** An answer without a name is about what was asked if it says anything at all. */
const unnamedEcho = (wire: WireIndicator): Echo | undefined =>
  Object.values(wire).some(value => value != null && !(Array.isArray(value) && value.length === 0)) ? {} : undefined;

const malformed = (message: string, options: UpstreamErrorOptions): UpstreamError =>
  new UpstreamError('DATADOG', 'MALFORMED', message, options);
