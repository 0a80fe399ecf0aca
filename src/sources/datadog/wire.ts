/**
 * The part of Datadog's answers that we use. Every field is optional and nullable (recorded answers omit whole fields),
 * and enums are open. What accuses is read in every form that means one thing; of the rest, what does not fit is null.
 */
import { z } from 'zod';
import { instant, int64, number, text, texts } from '../tolerant-kinds.ts';
import { type OnUnreadable, readTolerantly } from '../tolerant-read.ts';

const isObject = (sent: unknown): sent is object => typeof sent === 'object' && sent !== null && !Array.isArray(sent);

/** One item by itself is a list of one. A number is a count perhaps, and no item. */
function asList(sent: unknown, key: string): unknown {
  if (sent == null || sent === '') return [];
  return typeof sent === 'string' || (isObject(sent) && key in sent) ? [sent] : sent;
}

/** The name of a feed; `''`: a feed without one. */
const feed = z.union([
  z.object({ name: text.catch(null) }).transform(({ name }) => name ?? ''),
  z.union([z.string(), z.number()]).transform(name => String(name).trim()),
  z.null(),
]);
const feeds = z
  .preprocess(sent => asList(sent, 'name'), z.array(feed))
  .transform(names => names.filter(name => name !== null));

const signal = z.union([
  z.object({ severity: text, count: int64.catch(null) }),
  text.transform(severity => ({ severity, count: null })),
]);
/** Also `{high: 3}`. */
const signals = z.preprocess(
  sent =>
    isObject(sent) && !('severity' in sent)
      ? Object.entries(sent).map(([severity, count]) => ({ severity, count }))
      : asList(sent, 'severity'),
  z.array(signal),
);

const triage = { triage_state: text, triaged_at: instant, triaged_by: text };
/** What is no object is an event all the same. */
const triageEvent = z.preprocess(sent => (isObject(sent) ? sent : {}), z.object(triage));

const evidence = {
  score: number,
  malicious_sources: feeds,
  suspicious_sources: feeds,
  benign_sources: feeds,
  signal_severity: signals,
};

const indicator = z.object({
  ...evidence,
  id: text,
  indicator: text,
  indicator_type: text,
  categories: texts,
  tags: texts,
  m_as_type: text,
  m_persistence: text,
  m_signal: text,
  m_sources: text,
  max_trust_score: text,
  first_seen: instant,
  last_seen: instant,
  log_matches: int64,
  signal_matches: int64,
  signal_tier: int64,
  log_sources: texts,
  services: texts,
  hosts: texts,
  users: z.record(z.string(), texts).nullish(),
  critical_assets: texts,
  as_number: text,
  as_organization: text,
  as_type: text,
  as_cidr_block: text,
  as_geo: z.object({ city: text, country_code: text, country_name: text }).nullish(),
  additional_data: z.unknown().optional(),
  triage_history: z.array(triageEvent).nullish(),
  ...triage,
});

export type WireIndicator = z.infer<typeof indicator>;

const envelope = z.object({
  data: z.object({ attributes: z.object({ data: z.looseObject({}) }) }),
  errors: z.unknown().optional(),
});

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
export function readIndicator(
  body: unknown,
  onUnreadable: OnUnreadable,
): IndicatorAnswer | { readonly error: z.ZodError } {
  const outer = envelope.safeParse(body);
  if (!outer.success) return outer;
  const sent = outer.data.data.attributes.data;
  const whole = readTolerantly(indicator, sent, Object.keys(evidence), onUnreadable);
  if (whole.success && isEmpty(outer.data.errors))
    return { wire: whole.data, otherFields: otherFieldsOf(sent, onUnreadable), isIncomplete: false };
  const rest = whole.success ? whole : readTolerantly(indicator, sent, [], onUnreadable);
  if (!rest.success || !accuses(rest.data)) return { error: whole.error ?? new z.ZodError([]) };
  return { wire: rest.data, otherFields: otherFieldsOf(sent, onUnreadable), isIncomplete: true };
}

const isEmpty = (errors: unknown): boolean => errors == null || (Array.isArray(errors) && errors.length === 0);

const accuses = ({ score, malicious_sources, suspicious_sources, signal_severity }: WireIndicator): boolean =>
  (score ?? 0) > 0 || malicious_sources.length + suspicious_sources.length + signal_severity.length > 0;

const maxOtherBytes = 16 * 1024;

function otherFieldsOf(sent: object, onUnreadable: OnUnreadable): IndicatorAnswer['otherFields'] {
  const others = Object.entries(sent).filter(([name]) => !Object.hasOwn(indicator.shape, name));
  if (others.length === 0) return null;
  const fields = Object.fromEntries(others);
  if (Buffer.byteLength(JSON.stringify(fields)) <= maxOtherBytes) return fields;
  onUnreadable('other_fields');
  return null;
}
