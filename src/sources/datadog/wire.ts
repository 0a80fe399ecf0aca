/**
 * The part of Datadog's answers that we use. Every field is optional and nullable (recorded answers omit whole fields),
 * enums are open, and an int64 is a number or, beyond 2^53-1, a decimal string.
 */
import { z } from 'zod';

const int64 = z.union([z.int(), z.string().regex(/^-?\d{1,19}$/)]);
const texts = z.array(z.string()).nullish();
const named = z.array(z.object({ name: z.string().nullish() })).nullish();
const text = z.string().nullish();
// Some services of Datadog send "" for "never".
const instant = z.union([z.iso.datetime({ offset: true }), z.literal('')]).nullish();

const triage = { triage_state: text, triaged_at: instant, triaged_by: text };

const indicator = z.object({
  id: text,
  indicator: text,
  indicator_type: text,
  score: z.number().nullish(),
  categories: texts,
  tags: texts,
  malicious_sources: named,
  suspicious_sources: named,
  benign_sources: named,
  m_as_type: text,
  m_persistence: text,
  m_signal: text,
  m_sources: text,
  max_trust_score: text,
  first_seen: instant,
  last_seen: instant,
  log_matches: int64.nullish(),
  signal_matches: int64.nullish(),
  signal_tier: int64.nullish(),
  signal_severity: z.array(z.object({ severity: text, count: int64.nullish() })).nullish(),
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
  additional_data: z.record(z.string(), z.unknown()).nullish(),
  triage_history: z.array(z.object(triage)).nullish(),
  ...triage,
});

/** An answer that also reports errors is incomplete, and not accepted. */
const noErrors = z.array(z.unknown()).max(0).nullish();

export const indicatorAnswer = z.object({
  data: z.object({ attributes: z.object({ data: indicator }) }),
  errors: noErrors,
});

/** The list, as far as it shows that it is one. */
export const listAnswer = z.object({ data: z.looseObject({ attributes: z.looseObject({}) }), errors: noErrors });

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

export type WireIndicator = z.infer<typeof indicator>;
