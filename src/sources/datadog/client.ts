/** `GET …/ioc-explorer/indicator`: one indicator a call (the official page, "Get an indicator of compromise"). */
import type { Flight } from '../../cache/read-through.ts';
import { type Indicator, indicatorKey, parseIndicator } from '../../domain/indicator.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../../upstream/upstream.ts';
import { askWithFreshSecret, type Credential } from '../source.ts';
import { type HistoryWindow, mapIndicator, nothingKnown, type ThreatFact } from './mapping.ts';
import { errorAnswer, indicatorAnswer, type WireIndicator } from './wire.ts';

/** `ocsf` undefined is a third question, beside true and false: each is another matcher at Datadog. */
export interface ThreatSubject {
  readonly indicator: Indicator;
  readonly ocsf: boolean | undefined;
  readonly credential: Credential;
}
export interface ThreatNeed {
  readonly history: HistoryWindow | null;
}

const path = '/api/v2/security/siem/ioc-explorer/indicator';

/** Datadog's own 404 has a JSON `errors` body and means "not known"; any other 404 is a wrong address. */
export const judgeDatadog = (answer: UpstreamAnswer): 'accept' | undefined =>
  answer.status === 404 && errorAnswer.safeParse(answer.body).success ? 'accept' : undefined;

/** Resolves to a fact, absence included; rejects with UpstreamError. */
export async function lookUp(upstream: Upstream, flight: Flight<ThreatSubject, ThreatNeed>): Promise<ThreatFact> {
  const { subject, need } = flight.question;
  const answer = await askWithFreshSecret(subject.credential, () => send(upstream, flight));
  if (answer.status === 404) return nothingKnown;
  const parsed = indicatorAnswer.safeParse(answer.body);
  if (!parsed.success) throw malformed('Datadog answered in a shape that is not documented.', parsed.error);
  const wire = parsed.data.data.attributes.data;
  if (!isAbout(wire, subject.indicator)) throw malformed('Datadog answered about another indicator.');
  return mapIndicator(wire, `${indicatorKey(subject.indicator)} ${subject.ocsf}`, need.history);
}

async function send(upstream: Upstream, flight: Flight<ThreatSubject, ThreatNeed>): Promise<UpstreamAnswer> {
  const { subject, need } = flight.question;
  let began = 0;
  let span: UpstreamCall['span'];
  const prepare = (): UpstreamCall => {
    began = performance.now();
    flight.markSent();
    flight.trace.call('DATADOG', 1);
    span = flight.trace.begin('DATADOG indicator', { 'gateway.values': 1 });
    return {
      span,
      method: 'GET',
      path,
      query: queryFor(subject, need),
      headers: { accept: 'application/json', ...subject.credential.headers() },
      operation: 'indicator',
    };
  };
  try {
    const answer = await upstream.call(prepare, {
      signal: flight.signal,
      deadlineAt: flight.deadlineAt,
      caller: flight.caller,
      isSmall: flight.isSmall,
      partition: subject.credential.partition,
      onRetry: () => flight.trace.call('DATADOG', 1),
    });
    return answer as UpstreamAnswer; // `prepare` always has something to ask
  } finally {
    if (began > 0) flight.trace.took('DATADOG', performance.now() - began);
    span?.end();
  }
}

function queryFor({ indicator, ocsf }: ThreatSubject, { history }: ThreatNeed): [string, string][] {
  const query: [string, string][] = [['indicator', indicator.value]];
  if (ocsf !== undefined) query.push(['ocsf', String(ocsf)]);
  if (history === null) return query;
  query.push(['include_triage_history', 'true']);
  if (history.limit !== null) query.push(['triage_history_limit', String(history.limit)]);
  if (history.offset > 0) query.push(['triage_history_offset', String(history.offset)]);
  return query;
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
