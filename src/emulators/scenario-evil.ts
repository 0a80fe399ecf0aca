import type { DataSet } from './data-set.ts';
import { otherOrg } from './datadog-data.ts';
import { sealedDescriptor } from './seeded-lists.ts';
import { microseconds } from './seeded-times.ts';

const day = 86_400_000;
const analyst = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;

/** `evil.example.org`: known to both upstreams, with every documented member, triage history, lists and properties. */
export function addEvil(dataSet: DataSet): void {
  addToDatadog(dataSet);
  addToArgus(dataSet);
}

function addToDatadog({ datadog, now }: DataSet): void {
  datadog.add('evil.example.org', {
    attributes: {
      score: 92.5,
      as_cidr_block: '203.0.113.0/24',
      as_geo: { city: 'Oslo', country_code: 'NO', country_name: 'Norway' },
      as_number: '64500',
      as_organization: 'Example Hosting AS',
      as_type: 'hosting',
      malicious_sources: [{ name: 'SOURCE1' }, { name: 'SOURCE4' }],
      suspicious_sources: [{ name: 'SOURCE2' }],
      categories: ['botnet', 'phishing'],
      tags: ['c2', 'campaign-7'],
      first_seen: microseconds(now - 25 * day, 17),
      last_seen: microseconds(now - day / 4, 938),
      log_matches: 1337,
      signal_matches: 6,
      signal_tier: 1,
      signal_severity: [
        { severity: 'critical', count: 1 },
        { severity: 'high', count: 2 },
        { severity: 'info', count: 3 },
      ],
      max_trust_score: 'RAISE_SCORE',
      m_sources: 'RAISE_SCORE',
      m_persistence: 'RAISE_SCORE',
      m_signal: 'NO_EFFECT',
      m_as_type: 'LOWER_SCORE',
      log_sources: ['cloudtrail', 'nginx'],
      services: ['auth-gateway', 'web-store'],
      hosts: ['web-01', 'web-02'],
      users: { email: ['alice@example.com', 'bob@example.com'], iam: ['deploy-role'] },
      critical_assets: ['payments-db'],
      additional_data: { registrar: 'Example Registrar', whois: { created: '2026-05-01' } },
    },
    history: [
      { triage_state: 'not_reviewed', triaged_at: microseconds(now - 20 * day, 1), triaged_by: analyst(1) },
      { triage_state: 'reviewed', triaged_at: microseconds(now - 12 * day, 424), triaged_by: analyst(2) },
      { triage_state: 'not_reviewed', triaged_at: microseconds(now - 12 * day, 425), triaged_by: analyst(2) },
      { triage_state: 'reviewed', triaged_at: microseconds(now - 3 * day, 77), triaged_by: analyst(1) },
      { triage_state: 'reviewed', triaged_at: microseconds(now - day, 108), triaged_by: analyst(3) },
    ],
    ocsf: { log_matches: 1200 },
    message: { log_matches: 137, score: 88 },
  });
  // Another organisation has other data about the same name.
  datadog.add('evil.example.org', { attributes: { score: 12, log_matches: 3, tags: ['other-org'] } }, otherOrg);
}

function addToArgus({ argus, now }: DataSet): void {
  const value = 'evil.example.org';
  const seen = { firstSeen: now - 60 * day, lastSeen: now - day };
  argus.add({
    value,
    list: 'botnet-c2',
    id: '15ab1f7b-a032-47d9-97a2-97871fb2f9b4',
    ...seen,
    updated: now - day / 2,
    properties: {
      comment: 'Imported from external feed',
      role: ['c2', 'redirector'],
      campaign: 'campaign-7',
      'analyst-note': 'Beacons every 60 seconds',
      [sealedDescriptor]: 'A name nobody may read',
    },
  });
  argus.add({
    value,
    list: 'phishing',
    ...seen,
    updated: now - day,
    properties: { comment: 'Fake parcel tracking', role: ['credential harvester'] },
  });
  argus.add({
    value,
    list: 'partner-exchange',
    ...seen,
    updated: now - 2 * day,
    properties: { comment: 'Shared by a partner' },
  });
  argus.add({ value, list: 'suspicious', state: 'latest', ...seen, lastSeen: now - 30 * day, updated: now - 30 * day });
  argus.add({ value, list: 'botnet-c2', state: 'old', ...seen, lastSeen: now - 200 * day, updated: now - 200 * day });
}
