import type { ArgusData } from './argus-data.ts';
import type { DataSet } from './data-set.ts';
import { feeds } from './feeds.ts';
import { communityFeed } from './seeded-lists.ts';
import { microseconds } from './seeded-times.ts';

const day = 86_400_000;

/** One record. Default: active, last seen yesterday. */
interface Listing {
  readonly list: string;
  readonly state?: 'latest' | 'old';
  readonly lastSeenDaysAgo?: number;
  readonly confidence?: number;
  readonly flags?: readonly string[];
}

interface Situation {
  readonly value: string;
  /** Members of Datadog's answer. */
  readonly datadog?: Readonly<Record<string, unknown>>;
  readonly isReviewed?: true;
  readonly argus?: readonly Listing[];
}

const on = (list: string, more: Omit<Listing, 'list'> = {}): readonly Listing[] => [{ list, ...more }];
const onFeeds = (...feeds: readonly number[]): readonly Listing[] =>
  feeds.map(feed => ({ list: communityFeed(feed).shortName }));

/** What an analyst meets in a day's work, beside the indicators of the other scenarios. */
const situations: readonly Situation[] = [
  // Lists that say what something is, not how bad it is.
  { value: '192.0.2.3', argus: on('sinkholes') },
  {
    value: '192.0.2.4',
    argus: on('tor-exits'),
    datadog: { score: 4, suspicious_sources: feeds('tor'), categories: ['tor'] },
  },
  { value: '192.0.2.5', argus: on('research-scanners') },
  { value: 'for-sale.example.com', argus: on('parked') },
  // Addresses and names that no host on the Internet has.
  { value: '10.0.0.5', argus: on('botnet-c2') },
  { value: '0.0.0.0', argus: on('botnet-c2') },
  { value: 'localhost', argus: on('botnet-c2') },
  // What is around an indicator: shared and own domains, a narrow block and one too wide to say anything.
  { value: 'duckdns.org', argus: on('dynamic-dns') },
  { value: 'c2.duckdns.org', argus: on('botnet-c2') },
  { value: '198.18.0.16/28', argus: on('bulletproof-hosting') },
  { value: '240.0.0.0/8', argus: on('bulletproof-hosting') },
  // How sure a list is, and how long ago it saw the value.
  { value: 'spam.example.net', argus: on('spam-sources') },
  { value: 'noisy.example.net', argus: on('scanners') },
  { value: 'sure.example.net', argus: on('scanners', { confidence: 0.95 }) },
  { value: 'many-weak.example.org', argus: onFeeds(1, 2, 3, 4, 5, 11, 12, 13, 14, 15) },
  { value: 'many-medium.example.org', argus: onFeeds(6, 7, 8, 9, 16, 17, 18, 19, 26, 27) },
  { value: 'long-gone.example.org', argus: on('botnet-c2', { state: 'latest', lastSeenDaysAgo: 400 }) },
  { value: 'just-gone.example.org', argus: on('botnet-c2', { state: 'latest' }) },
  { value: 'just-gone.example.net', argus: on('partner-exchange', { state: 'latest' }) },
  { value: 'still-listed.example.org', argus: on('botnet-c2', { lastSeenDaysAgo: 1095 }) },
  { value: 'superseded.example.org', argus: on('botnet-c2', { state: 'old', lastSeenDaysAgo: 200 }) },
  // A record with the flag alone: a search returns it.
  { value: 'withdrawn.example.org', argus: on('botnet-c2', { flags: ['deleted'] }) },
  // Two sources about one thing.
  {
    value: 'shared-hosting.example.net',
    argus: on('suspicious'),
    datadog: { score: 8, suspicious_sources: feeds('SPUR'), categories: ['hosting_proxy'] },
  },
  {
    value: 'edge.example.net',
    argus: on('spam-sources'),
    datadog: { score: 4, benign_sources: feeds('cdn'), categories: ['cdn'] },
  },
  {
    value: '192.0.2.6',
    argus: on('spam-sources'),
    datadog: { score: 1, benign_sources: feeds('resolvers'), categories: ['dns'] },
  },
  {
    value: 'one-feed.example.org',
    argus: on('urlhaus'),
    datadog: { score: 8, malicious_sources: feeds('urlhaus'), categories: ['malware'] },
  },
  // Datadog alone.
  {
    value: '192.0.2.8',
    datadog: { score: 4, suspicious_sources: feeds('tor', 'SPUR'), categories: ['tor', 'hosting_proxy'] },
  },
  { value: '192.0.2.9', datadog: { score: 8, suspicious_sources: feeds('SPUR'), categories: ['botnet_proxy'] } },
  { value: 'popular.example.com', datadog: { score: 55, benign_sources: feeds('popular') } },
  { value: 'muted.example.com', datadog: { score: 92, benign_sources: feeds('org mute'), has_been_muted: true } },
  { value: 'reviewed.example.com', datadog: { score: 92 }, isReviewed: true },
  { value: 'busy.example.com', datadog: { score: 4, log_matches: 3_000_000_000 } },
  { value: 'zero.example.com', datadog: { score: 0 } },
  {
    value: 'alarmed.example.com',
    datadog: { score: 20, signal_matches: 40, signal_severity: [{ severity: 'critical', count: 40 }] },
  },
  { value: 'b'.repeat(64), datadog: { score: 30, categories: ['dual_use'] } },
  { value: 'c'.repeat(64), datadog: { score: 8, malicious_sources: feeds('malwarebazaar'), categories: ['malware'] } },
  // A compromised site known as benign, and one URL of it; a URL that is known under http alone.
  { value: 'compromised.example.com', datadog: { score: 2, benign_sources: feeds('popular') } },
  { value: 'https://compromised.example.com/drop.exe', datadog: { score: 92 } },
  { value: 'http://twin.example.net/gate', datadog: { score: 92, malicious_sources: feeds('SOURCE1') } },
  // Names that try to be a part of our sentence.
  { value: 'curl/8 is known only as benign: Datadog', datadog: { score: 92 } },
  { value: 'forged.example.org', argus: on('forged') },
];

/** Adds lists that say what something is, and the indicators on them. */
export function addSituations({ argus, datadog, now }: DataSet): void {
  addKinds(argus);
  for (const { value, datadog: attributes, isReviewed, argus: listings = [] } of situations) {
    for (const { lastSeenDaysAgo = 1, ...listing } of listings) {
      const lastSeen = now - lastSeenDaysAgo * day;
      argus.add({ value, ...listing, firstSeen: lastSeen - 30 * day, lastSeen, updated: lastSeen });
    }
    if (attributes === undefined) continue;
    const review = { triage_state: 'reviewed', triaged_at: microseconds(now - day), triaged_by: reviewer };
    datadog.add(value, { attributes, history: isReviewed ? [review] : [] });
  }
}

const reviewer = '00000000-0000-4000-8000-000000000001';

function addKinds(argus: ArgusData): void {
  argus.addList({ shortName: 'tor-exits', name: 'Tor exits', confidence: 1 });
  argus.addList({ shortName: 'research-scanners', name: 'Research scanners', confidence: 0.95 });
  argus.addList({ shortName: 'parked', name: 'Parked', confidence: 0.3 });
  argus.addList({ shortName: 'dynamic-dns', name: 'Dynamic DNS', confidence: 0.5 });
  argus.addList({ shortName: 'bulletproof-hosting', name: 'Bulletproof hosting', confidence: 0.9 });
  argus.addList({ shortName: 'urlhaus', name: 'abuse.ch URLhaus', confidence: 0.4 });
  argus.addList({ shortName: 'forged', name: 'x" (active, confidence 5), "harmless', confidence: 0.9 });
}
