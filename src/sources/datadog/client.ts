/** `GET …/ioc-explorer/indicator`, one indicator per call (Datadog's documentation, "Get an indicator of compromise"). */
import { indicatorKey, parseIndicator } from '../../domain/indicator/indicator.ts';
import type { Indicator, IndicatorType } from '../../domain/indicator/model.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { UpstreamRequest, UpstreamResponse } from '../../http-client/upstream.ts';
import type { LookupRequest } from '../lookup-kind.ts';
import { type HistoryWindow, mapIndicator, nothingKnown, type ThreatFact, typeRefused } from './mapping.ts';
import { errorAnswer, indicatorAnswer, type WireIndicator } from './wire.ts';

/**
 * `variant` is the parameter `ocsf`: true, false and undefined select three different matchers at Datadog. `need`: the
 * part of the triage history; null: none.
 */
export type ThreatRequest = LookupRequest<boolean | undefined, HistoryWindow | null>;

/** A 404 with a JSON `errors` body means "not known"; any other 404 means that the URL is wrong. */
export const classifyAnswer = (answer: UpstreamResponse): 'accept' | undefined =>
  answer.status === 404 && errorAnswer.safeParse(answer.body).success ? 'accept' : undefined;

/**
 * Keys that are wrong, or may not read, are a 403 in Datadog's own words, whatever was asked. One in other words is a
 * firewall's, about one value.
 */
export const refusesCredential = ({ status, body }: UpstreamResponse): boolean =>
  status === 401 || (status === 403 && errorAnswer.safeParse(body).success);

export function requestFor(
  indicator: Indicator,
  { variant: ocsf, need: history }: ThreatRequest,
): Pick<UpstreamRequest, 'path' | 'query' | 'operation'> {
  const query: [string, string][] = [['indicator', indicator.value]];
  if (ocsf !== undefined) query.push(['ocsf', String(ocsf)]);
  if (history !== null) {
    query.push(['include_triage_history', 'true']);
    if (history.limit !== null) query.push(['triage_history_limit', String(history.limit)]);
    if (history.offset > 0) query.push(['triage_history_offset', String(history.offset)]);
  }
  return { path: '/api/v2/security/siem/ioc-explorer/indicator', query, operation: 'indicator' };
}

/** Throws UpstreamError for an undocumented answer, and for one about another indicator. */
export function readAnswer(answer: UpstreamResponse, indicator: Indicator, request: ThreatRequest): ThreatFact {
  if (answer.status === 404) return nothingKnown;
  const parsed = indicatorAnswer.safeParse(answer.body);
  if (!parsed.success) throw malformed('Datadog answered in a shape that is not documented.', parsed.error);
  const wire = parsed.data.data.attributes.data;
  if (!isAbout(wire, indicator)) throw malformed('Datadog answered about another indicator.');
  return mapIndicator(wire, `${indicatorKey(indicator)} ${request.variant}`, request.need);
}

const documentedTypes: ReadonlySet<IndicatorType> = new Set(['IPV4', 'IPV6', 'DOMAIN', 'SHA1', 'SHA256']);

/** A 400 about a type that is not documented says that Datadog takes none of it; undefined: an ordinary refusal. */
export const readRefusal = ({ httpStatus }: UpstreamError, { type }: Indicator): ThreatFact | undefined =>
  httpStatus === 400 && !documentedTypes.has(type) ? typeRefused : undefined;

/** `indicator` and `id` are optional. An answer without both is accepted if it has any other field. */
function isAbout(wire: WireIndicator, requested: Indicator): boolean {
  const named = wire.indicator ?? wire.id;
  if (named == null) return Object.values(wire).some(value => value != null);
  if (named === requested.value) return true;
  const { indicator } = parseIndicator(named);
  return indicator !== undefined && indicatorKey(indicator) === indicatorKey(requested);
}

const malformed = (message: string, cause?: unknown): UpstreamError =>
  new UpstreamError('DATADOG', 'MALFORMED', message, { cause });
