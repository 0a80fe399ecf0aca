import type { DataSet } from './data-set.ts';
import { addEvil } from './scenario-evil.ts';
import { addRecorded } from './scenario-recorded.ts';
import { addSituations } from './scenario-situations.ts';
import { communityFeed, sealedList } from './seeded-lists.ts';
import { microseconds } from './seeded-times.ts';

const day = 86_400_000;

/** Indicators with a purpose that the README describes. Randomly seeded values never collide with them. */
export function addScenarios(dataSet: DataSet): void {
  addEvil(dataSet);
  addDatadogOnly(dataSet);
  addArgusOnly(dataSet);
  addCovered(dataSet);
  addTogether(dataSet);
  addRecorded(dataSet);
  addSituations(dataSet);
}

/** The scenario `quiet.example.com` needs no data: no upstream knows it. */
function addDatadogOnly({ datadog, now }: DataSet): void {
  datadog.add('seen.example.com', {
    attributes: {
      score: 81.5,
      malicious_sources: [{ name: 'SOURCE1' }, { name: 'SOURCE3' }],
      categories: ['malware'],
      log_matches: 412,
      max_trust_score: 'RAISE_SCORE',
      last_seen: microseconds(now - day, 7),
    },
  });
  datadog.add('cdn.example.net', {
    attributes: { score: 2, benign_sources: [{ name: 'SOURCE5' }], categories: ['cdn'], log_matches: 90_120 },
  });
  // The EICAR test file. Counts beyond what a double holds.
  datadog.add('275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f', {
    attributes: {
      score: 100,
      malicious_sources: [{ name: 'SOURCE1' }],
      categories: ['malware'],
      log_matches: 9_007_199_254_740_993n,
      signal_matches: 9_223_372_036_854_775_807n,
      signal_severity: [{ severity: 'critical', count: 9_007_199_254_740_993n }],
    },
  });
  datadog.add('"><img src=x onerror=alert(1)>', {
    attributes: {
      score: 66,
      suspicious_sources: [{ name: '<script>alert(2)</script>' }],
      tags: ['javascript:alert(3)', '\u202egnp.exe'],
      additional_data: { note: '</script><svg onload=alert(4)>' },
    },
  });
  datadog.add('ocsf.example.com', {
    attributes: { score: 40, log_matches: 12 },
    ocsf: { log_matches: 12 },
    message: null,
  });
}

function addArgusOnly({ argus, now }: DataSet): void {
  const times = { firstSeen: now - 40 * day, lastSeen: now - day, updated: now - day };
  argus.add({
    value: 'listed.example.net',
    list: 'phishing',
    ...times,
    properties: { comment: 'Fake web mail login' },
  });
  argus.add({ value: 'faded.example.org', list: 'botnet-c2', state: 'latest', ...times, lastSeen: now - 35 * day });
  argus.add({ value: 'faded.example.org', list: 'botnet-c2', state: 'old', ...times, lastSeen: now - 300 * day });
  argus.add({ value: 'restricted.example.org', list: 'national-cert', ...times });
  argus.add({ value: 'sealed.example.org', list: sealedList, ...times });
  argus.add({ value: 'deleted.example.org', list: 'phishing', ...times, deleted: now - 2 * day });
  for (let feed = 1; feed <= 40; feed += 1) {
    const { shortName } = communityFeed(feed);
    argus.add({ value: 'crowded.example.org', list: shortName, ...times, updated: now - feed * 3_600_000 });
  }
}

/** Records that cover other indicators: a parent domain, blocks and a range. */
function addCovered({ argus, now }: DataSet): void {
  const times = { firstSeen: now - 90 * day, lastSeen: now - 2 * day };
  argus.add({ value: 'parked.example.com', list: 'suspicious', ...times });
  argus.add({ value: '198.51.100.0/28', list: 'scanners', ...times });
  argus.add({ value: '198.51.100.4-198.51.100.9', list: 'spam-sources', ...times });
  argus.add({ value: '2001:db8:bad::/48', list: 'malware-delivery', ...times });
  argus.add({ value: 'shop.example.net', list: 'malware-delivery', ...times, properties: { role: ['payload host'] } });
}

function addTogether({ argus, datadog, now }: DataSet): void {
  const times = { firstSeen: now - 20 * day, lastSeen: now - day };
  datadog.add('disputed.example.com', {
    attributes: { score: 1, benign_sources: [{ name: 'SOURCE4' }], log_matches: 8800 },
  });
  argus.add({
    value: 'disputed.example.com',
    list: 'botnet-c2',
    ...times,
    properties: { comment: 'Sinkholed since May?' },
  });
  datadog.add('2001:db8::bad', {
    attributes: {
      score: 47.25,
      suspicious_sources: [{ name: 'SOURCE2' }],
      as_number: '64496',
      as_organization: 'Example Hosting',
    },
  });
  argus.add({ value: '2001:db8::bad', list: 'suspicious', ...times });
  argus.add({ value: '2001:db8::bad', list: 'partner-exchange', ...times, properties: { campaign: 'campaign-7' } });
}
