/**
 * The part of Datadog's answers that we use. Every field is optional and nullable (recorded answers omit whole fields),
 * and enums are open. What accuses is read in every form that means one thing; of the rest, what does not fit is null.
 */
import { z } from 'zod';
import { instant, int64, type Kind, number, text } from '../tolerant-kinds.ts';
import {
  fieldOf,
  isObject,
  itemsOf,
  listOf,
  type OnUnreadable,
  partOf,
  type SentPart,
  tellLost,
  textsOf,
  wholeOf,
} from '../tolerant-read.ts';

/** One item by itself is a list of one. A number is a count perhaps, and no item. */
function asListOf(sent: unknown, key: string): unknown {
  if (sent == null || sent === '') return [];
  return typeof sent === 'string' || (isObject(sent) && key in sent) ? [sent] : sent;
}

/** The name of a feed; `''`: a feed without one. */
const feed: Kind<string> = sent => {
  if (sent === null) return null;
  if (isObject(sent)) return text(sent.name) ?? '';
  return typeof sent === 'string' || typeof sent === 'number' ? String(sent).trim() : undefined;
};

const feedsOf = (part: SentPart, name: string): string[] =>
  itemsOf(part, name, listOf(part, name, asListOf(part.sent[name], 'name')) ?? [], feed);

interface WireSignal {
  readonly severity: string | null;
  readonly count: number | string | null;
}

const signal: Kind<WireSignal> = sent => {
  const severity = text(isObject(sent) ? sent.severity : sent);
  if (severity === undefined) return undefined;
  return { severity, count: isObject(sent) ? (int64(sent.count) ?? null) : null };
};

/** Also `{high: 3}`. */
function signalsOf(part: SentPart, name: string): WireSignal[] {
  const sent = part.sent[name];
  const list =
    isObject(sent) && !('severity' in sent)
      ? Object.entries(sent).map(([severity, count]) => ({ severity, count }))
      : asListOf(sent, 'severity');
  return itemsOf(part, name, listOf(part, name, list) ?? [], signal);
}

const eventIn = (part: SentPart) => ({
  triage_state: fieldOf(part, 'triage_state', text),
  triaged_at: fieldOf(part, 'triaged_at', instant),
  triaged_by: fieldOf(part, 'triaged_by', text),
});

const nothing: SentPart['sent'] = {};

/** What is no object is an event all the same. */
const historyIn = (part: SentPart) =>
  listOf(part, 'triage_history')?.map(event =>
    eventIn({ sent: isObject(event) ? event : nothing, path: 'triage_history', lost: part.lost }),
  );

function usersIn(part: SentPart) {
  const users = partOf(part, 'users');
  if (users === null) return null;
  const read = Object.entries(users.sent).map(([category, sent]) => [category, textsOf(part, 'users', sent)] as const);
  return Object.fromEntries(read);
}

function geoIn(part: SentPart) {
  const geo = partOf(part, 'as_geo');
  return (
    geo && {
      city: fieldOf(geo, 'city', text),
      country_code: fieldOf(geo, 'country_code', text),
      country_name: fieldOf(geo, 'country_name', text),
    }
  );
}

const evidence = ['score', 'malicious_sources', 'suspicious_sources', 'benign_sources', 'signal_severity'];

const indicatorIn = (part: SentPart) => ({
  score: fieldOf(part, 'score', number),
  malicious_sources: feedsOf(part, 'malicious_sources'),
  suspicious_sources: feedsOf(part, 'suspicious_sources'),
  benign_sources: feedsOf(part, 'benign_sources'),
  signal_severity: signalsOf(part, 'signal_severity'),
  id: fieldOf(part, 'id', text),
  indicator: fieldOf(part, 'indicator', text),
  indicator_type: fieldOf(part, 'indicator_type', text),
  categories: textsOf(part, 'categories'),
  tags: textsOf(part, 'tags'),
  m_as_type: fieldOf(part, 'm_as_type', text),
  m_persistence: fieldOf(part, 'm_persistence', text),
  m_signal: fieldOf(part, 'm_signal', text),
  m_sources: fieldOf(part, 'm_sources', text),
  max_trust_score: fieldOf(part, 'max_trust_score', text),
  first_seen: fieldOf(part, 'first_seen', instant),
  last_seen: fieldOf(part, 'last_seen', instant),
  log_matches: fieldOf(part, 'log_matches', int64),
  signal_matches: fieldOf(part, 'signal_matches', int64),
  signal_tier: fieldOf(part, 'signal_tier', int64),
  log_sources: textsOf(part, 'log_sources'),
  services: textsOf(part, 'services'),
  hosts: textsOf(part, 'hosts'),
  users: usersIn(part),
  critical_assets: textsOf(part, 'critical_assets'),
  as_number: fieldOf(part, 'as_number', text),
  as_organization: fieldOf(part, 'as_organization', text),
  as_type: fieldOf(part, 'as_type', text),
  as_cidr_block: fieldOf(part, 'as_cidr_block', text),
  as_geo: geoIn(part),
  additional_data: part.sent.additional_data,
  triage_history: historyIn(part),
  triage_state: fieldOf(part, 'triage_state', text),
  triaged_at: fieldOf(part, 'triaged_at', instant),
  triaged_by: fieldOf(part, 'triaged_by', text),
});

export type WireIndicator = ReturnType<typeof indicatorIn>;

/** The list, as far as it shows that it is one. */
export const listAnswer = z.object({
  data: z.looseObject({ attributes: z.looseObject({}) }),
  errors: z.array(z.unknown()).max(0).nullish(),
});

/**
 * `errors` are documented as strings and sent as JSON:API objects; both are accepted. Datadog's front end also sends
 * `errors` for unknown URLs, but together with `status`, `code` and `statuspage`.
 */
export const errorAnswer = z.object({
  errors: z.array(z.union([z.string(), z.object({})])).min(1),
  status: z.never().optional(),
  code: z.never().optional(),
  statuspage: z.never().optional(),
});

export interface IndicatorAnswer {
  readonly wire: WireIndicator;
  /** What Datadog sent beside the fields that we know. */
  readonly otherFields: Readonly<Record<string, unknown>> | null;
  /** Some of the evidence could not be read, or Datadog reports errors beside it. */
  readonly isIncomplete: boolean;
}

/**
 * Where evidence cannot be read, an answer that accuses all the same is kept as incomplete; any other is an error, for
 * what is missing could accuse.
 */
export function readIndicator(body: unknown, onUnreadable: OnUnreadable): IndicatorAnswer | { readonly error: Error } {
  const { sent, errors } = contentOf(body);
  if (sent === undefined) return { error: new Error('no indicator in it') };
  const lost: string[] = [];
  const row = readRow(sent, field => lost.push(field));
  const isIncomplete = row.isIncomplete || !isEmpty(errors);
  if (isIncomplete && !accuses(row.wire)) return { error: new Error(`no evidence in it: ${lost.join(', ')}`) };
  for (const field of lost) onUnreadable(field);
  return { ...row, isIncomplete };
}

/** The members of an answer about one indicator, or of a row of the list. */
export function readRow(sent: SentPart['sent'], onUnreadable: OnUnreadable): IndicatorAnswer {
  const whole = wholeOf(sent);
  const wire = indicatorIn(whole);
  const isIncomplete = whole.lost.some(name => evidence.includes(name));
  tellLost(whole, onUnreadable);
  return { wire, otherFields: otherFieldsOf(sent, wire, onUnreadable), isIncomplete };
}

/** `{ data: { attributes: { data } }, errors }`. */
function contentOf(body: unknown): { readonly sent?: SentPart['sent'] | undefined; readonly errors?: unknown } {
  const { data, errors } = isObject(body) ? body : nothing;
  const { attributes } = isObject(data) ? data : nothing;
  const { data: sent } = isObject(attributes) ? attributes : nothing;
  return isObject(sent) ? { sent, errors } : {};
}

export const isEmpty = (errors: unknown): boolean => errors == null || (Array.isArray(errors) && errors.length === 0);

const accuses = ({ score, malicious_sources, suspicious_sources, signal_severity }: WireIndicator): boolean =>
  (score ?? 0) > 0 || malicious_sources.length + suspicious_sources.length + signal_severity.length > 0;

const maxOtherBytes = 16 * 1024;

function otherFieldsOf(
  sent: SentPart['sent'],
  known: WireIndicator,
  onUnreadable: OnUnreadable,
): IndicatorAnswer['otherFields'] {
  const others: [string, unknown][] = [];
  for (const name in sent) if (!Object.hasOwn(known, name)) others.push([name, sent[name]]);
  if (others.length === 0) return null;
  const fields = Object.fromEntries(others);
  if (Buffer.byteLength(JSON.stringify(fields)) <= maxOtherBytes) return fields;
  onUnreadable('other_fields');
  return null;
}
