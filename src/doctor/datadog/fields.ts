/** What Datadog documents of an indicator, in the forms that were recorded. Every field may be absent or null. */
import { z } from 'zod';

const text = z.string().min(1).nullish();
const texts = z.array(z.string()).nullish();
const time = z.iso.datetime().nullish();
/** Beyond 2^53 it is read as its digits. */
const int64 = z.union([z.int(), z.string().regex(/^-?\d{16,19}$/)]).nullish();
const feeds = z.array(z.object({ name: z.string() })).nullish();
const effect = z.enum(['RAISE_SCORE', 'LOWER_SCORE', 'NO_EFFECT']).nullish();
const triage = {
  triage_state: z.enum(['not_reviewed', 'reviewed']).nullish(),
  triaged_at: time,
  triaged_by: text,
};

const listed = {
  id: text,
  indicator: text,
  indicator_type: text,
  score: z.number().nullish(),
  malicious_sources: feeds,
  suspicious_sources: feeds,
  benign_sources: feeds,
  categories: texts,
  tags: texts,
  as_type: text,
  as_geo: z.object({ city: text, country_code: text, country_name: text }).nullish(),
  first_seen: time,
  last_seen: time,
  log_matches: int64,
  signal_matches: int64,
  signal_tier: int64,
  max_trust_score: effect,
  m_as_type: effect,
  m_persistence: effect,
  m_signal: effect,
  m_sources: effect,
  ...triage,
};

/** A row of the list. */
export const rowShape = z.object(listed);

/** The answer about one indicator. */
export const indicatorShape = z.object({
  ...listed,
  additional_data: z.record(z.string(), z.unknown()).nullish(),
  as_cidr_block: text,
  as_number: text,
  as_organization: text,
  critical_assets: texts,
  hosts: texts,
  log_sources: texts,
  services: texts,
  signal_severity: z.array(z.object({ severity: z.string(), count: int64 })).nullish(),
  triage_history: z.array(z.object(triage)).nullish(),
  users: z.record(z.string(), z.array(z.string())).nullish(),
});
