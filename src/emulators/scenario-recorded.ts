import type { DataSet } from './data-set.ts';
import { feeds } from './feeds.ts';
import { wholeSeconds } from './seeded-times.ts';

const day = 86_400_000;

/** What Datadog was recorded to answer. */
export function addRecorded({ datadog, now }: DataSet): void {
  datadog.add('192.0.2.1', recordedInJune);
  datadog.add('43.228.157.121', {
    attributes: {
      ...withoutTriage,
      score: 8,
      malicious_sources: feeds('threatfox'),
      suspicious_sources: feeds('tor', 'SPUR'),
      categories: ['malware', 'tor', 'hosting_proxy'],
      as_geo: { city: 'Frankfurt am Main', country_code: 'DE', country_name: 'Germany' },
      log_matches: 14,
      max_trust_score: 'RAISE_SCORE',
      m_sources: 'RAISE_SCORE',
      first_seen: wholeSeconds(now - 40 * day),
      last_seen: wholeSeconds(now - 2 * day),
    },
  });
  datadog.add('masscan/1.3 (https://github.com/robertdavidgraham/masscan)', {
    attributes: {
      ...withoutTriage,
      score: 4,
      as_type: 'hosting',
      as_number: '',
      as_organization: '',
      as_cidr_block: '',
      suspicious_sources: feeds('scanners'),
      categories: ['scanner'],
      log_matches: 3021,
      first_seen: '2025-01-08T23:24:45Z', // the feed's, not bound to the 30 days
      last_seen: wholeSeconds(now - day),
    },
  });
}

/** The whole answer of 2026-06-05. */
const recordedInJune = {
  attributes: {
    score: 4,
    as_type: 'hosting',
    suspicious_sources: feeds('SOURCE1'),
    categories: ['hosting_proxy'],
    signal_matches: 1,
    log_matches: 7,
    max_trust_score: 'RAISE_SCORE',
    signal_severity: [{ severity: 'info', count: 1 }],
  },
  history: ['2026-06-03T13:32:14.735424Z', '2026-06-03T18:55:42.108938Z'].map(triaged_at => ({
    triage_state: 'reviewed',
    triaged_at,
    triaged_by: '00000000-0000-0000-0000-000000000000',
  })),
};

/** The answers of April 2026 had no triage fields. */
const withoutTriage = { triage_state: undefined };
