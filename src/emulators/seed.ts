import { createDataSet, type DataSet, type DataSetOptions } from './data-set.ts';
import type { EmulatedTriageEvent } from './datadog-data.ts';
import { addScenarios } from './scenarios.ts';
import { addLists } from './seeded-lists.ts';
import { microseconds } from './seeded-times.ts';
import { createValues } from './seeded-values.ts';

/** Which upstreams know which of the seeded values. Scenarios are not included. */
interface Catalogue {
  readonly both: readonly string[];
  readonly datadogOnly: readonly string[];
  readonly argusOnly: readonly string[];
  readonly neither: readonly string[];
}

export interface SeededDataSet extends DataSet {
  readonly catalogue: Catalogue;
}

/**
 * Creates some four thousand indicators in documentation ranges and the scenarios. A quarter each is known to both
 * upstreams, to Datadog, to Argus and to neither. The result is the same for the same seed and `now`.
 */
export function createSeededDataSet(options: DataSetOptions = {}): SeededDataSet {
  const dataSet = createDataSet(options);
  addLists(dataSet.argus);
  const catalogue: Record<keyof Catalogue, string[]> = { both: [], datadogOnly: [], argusOnly: [], neither: [] };
  for (const { value, isForArgus } of createValues(dataSet.random)) {
    const group = dataSet.random.pick<keyof Catalogue>(
      isForArgus ? ['both', 'datadogOnly', 'argusOnly', 'neither'] : ['datadogOnly', 'neither'],
    );
    catalogue[group].push(value);
    if (group === 'both' || group === 'datadogOnly') addToDatadog(dataSet, value);
    if (group === 'both' || group === 'argusOnly') addToArgus(dataSet, value);
  }
  addScenarios(dataSet);
  return { ...dataSet, catalogue };
}

const day = 86_400_000;
const categories = ['botnet', 'phishing', 'malware', 'scanner', 'hosting_proxy', 'tor', 'spam', 'cryptomining'];
const services = ['web-store', 'auth-gateway', 'mail-relay', 'vpn', 'payments', 'dns-resolver'];

function addToDatadog({ datadog, random, now }: DataSet, value: string): void {
  const score = Math.round(random.next() ** 2 * 1000) / 10;
  const feeds = (share: number): { name: string }[] | null =>
    random.next() < share ? [{ name: `SOURCE${1 + random.below(6)}` }] : null;
  const lastSeen = now - random.below(30 * day);
  const severity = random.pick(['critical', 'high', 'medium', 'low', 'info']);
  const signals = random.below(5);
  datadog.add(value, {
    attributes: {
      score,
      malicious_sources: score >= 70 ? feeds(0.9) : feeds(0.05),
      suspicious_sources: feeds(0.4),
      benign_sources: score < 10 ? feeds(0.3) : null,
      categories: [random.pick(categories)],
      log_matches: 1 + random.below(5000),
      signal_matches: signals,
      signal_severity: signals > 0 ? [{ severity, count: signals }] : [],
      services: random.next() < 0.3 ? [random.pick(services)] : [],
      max_trust_score: score >= 70 ? 'RAISE_SCORE' : 'NO_EFFECT',
      first_seen: microseconds(lastSeen - random.below(90 * day), random.below(1000)),
      last_seen: microseconds(lastSeen, random.below(1000)),
    },
    history: random.next() < 0.3 ? history(random.below(6) + 1, now, random) : [],
  });
}

function history(length: number, now: number, random: DataSet['random']): EmulatedTriageEvent[] {
  return Array.from({ length }, () => ({
    triage_state: random.next() < 0.7 ? 'reviewed' : 'not_reviewed',
    triaged_at: microseconds(now - random.below(20 * day), random.below(1000)),
    triaged_by: `00000000-0000-4000-8000-${String(random.below(20)).padStart(12, '0')}`,
  }));
}

const openLists = [
  'botnet-c2',
  'phishing',
  'malware-delivery',
  'spam-sources',
  'scanners',
  'suspicious',
  'partner-exchange',
  'national-cert',
];
const roles = ['c2', 'payload host', 'redirector', 'credential harvester', 'exit node', 'open relay'];

function addToArgus({ argus, random, now }: DataSet, value: string): void {
  const lists = random.shuffled(openLists).slice(0, 1 + random.below(3));
  for (const list of lists) {
    const state = random.pick(['active', 'active', 'active', 'latest', 'old']);
    const age = { active: 7, latest: 60, old: 300 }[state] ?? 7;
    const lastSeen = now - random.below(age * day) - (state === 'active' ? 0 : 14 * day);
    const firstSeen = lastSeen - random.below(200 * day);
    argus.add({
      value,
      list,
      state,
      firstSeen,
      lastSeen,
      created: firstSeen,
      updated: Math.min(now, lastSeen + random.below(3600_000)),
      deleted: random.next() < 0.02 ? now - random.below(day) : 0,
      properties: {
        ...(random.next() < 0.5 && { comment: 'Imported from external feed' }),
        ...(random.next() < 0.4 && { role: random.shuffled(roles).slice(0, 1 + random.below(3)) }),
        ...(random.next() < 0.1 && { campaign: `campaign-${1 + random.below(12)}` }),
        ...(random.next() < 0.1 && { 'analyst-note': 'Seen in two investigations' }),
      },
    });
  }
}
