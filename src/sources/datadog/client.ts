/** `GET …/ioc-explorer/indicator`: one indicator a call (the official page, "Get an indicator of compromise"). */
import { type Indicator, indicatorKey, parseIndicator } from '../../domain/indicator/indicator.ts';
import type { UpstreamRequest, UpstreamResponse } from '../../http-client/client.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { LookupRequest } from '../lookup-source.ts';
import { type HistoryWindow, mapIndicator, nothingKnown, type ThreatFact } from './mapping.ts';
import { errorAnswer, indicatorAnswer, type WireIndicator } from './wire.ts';

/**
 * `variant` is the question's `ocsf`: undefined is a third question, beside true and false, for each is another matcher
 * at Datadog. `need`: which part of the triage history; null: none.
 */
export type ThreatRequest = LookupRequest<boolean | undefined, HistoryWindow | null>;

/** Datadog's own 404 has a JSON `errors` body and means "not known"; any other 404 is a wrong address. */
export const judgeDatadog = (answer: UpstreamResponse): 'accept' | undefined =>
  answer.status === 404 && errorAnswer.safeParse(answer.body).success ? 'accept' : undefined;

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

/** A fact, absence included. Throws UpstreamError for an answer that is not documented, or is about another indicator. */
export function readAnswer(answer: UpstreamResponse, indicator: Indicator, request: ThreatRequest): ThreatFact {
  if (answer.status === 404) return nothingKnown;
  const parsed = indicatorAnswer.safeParse(answer.body);
  if (!parsed.success) throw malformed('Datadog answered in a shape that is not documented.', parsed.error);
  const wire = parsed.data.data.attributes.data;
  if (!isAbout(wire, indicator)) throw malformed('Datadog answered about another indicator.');
  return mapIndicator(wire, `${indicatorKey(indicator)} ${request.variant}`, request.need);
}

/** Both names are optional. An answer that carries neither is taken for ours, if it says anything at all. */
function isAbout(wire: WireIndicator, asked: Indicator): boolean {
  const named = wire.indicator ?? wire.id;
  if (named == null) return Object.values(wire).some(value => value != null);
  if (named === asked.value) return true;
  const { indicator } = parseIndicator(named);
  return indicator !== undefined && indicatorKey(indicator) === indicatorKey(asked);
}

const malformed = (message: string, cause?: unknown): UpstreamError =>
  new UpstreamError('DATADOG', 'MALFORMED', message, { cause });
