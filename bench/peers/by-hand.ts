/** What a server written by hand asks of both upstreams, and how it renames what they say. Nothing is checked. */
import { Pool } from 'undici';

const { DATADOG_URL = '', DD_API_KEY = '', DD_APP_KEY = '', ARGUS_URL = '', ARGUS_API_KEY = '' } = process.env;
const datadog = new Pool(DATADOG_URL, { connections: 32 });
const argus = new Pool(ARGUS_URL, { connections: 32 });
const datadogHeaders = { 'dd-api-key': DD_API_KEY, 'dd-application-key': DD_APP_KEY };
const argusHeaders = { 'argus-api-key': ARGUS_API_KEY, 'content-type': 'application/json' };
const datadogPath = '/api/v2/security/siem/ioc-explorer/indicator';

export async function threatOf(value: string) {
  const path = `${datadogPath}?indicator=${encodeURIComponent(value)}&include_triage_history=true`;
  const { body } = await datadog.request({ method: 'GET', path, headers: datadogHeaders });
  const sent = JSON.parse(await body.text()).data.attributes.data;
  return {
    id: sent.id,
    score: sent.score,
    indicatorType: sent.indicator_type,
    categories: sent.categories,
    tags: sent.tags,
    maliciousSources: sent.malicious_sources.map(nameOf),
    suspiciousSources: sent.suspicious_sources.map(nameOf),
    benignSources: sent.benign_sources.map(nameOf),
    scoringFactors: {
      asType: sent.m_as_type,
      persistence: sent.m_persistence,
      signal: sent.m_signal,
      sources: sent.m_sources,
      maxTrust: sent.max_trust_score,
    },
    firstSeen: sent.first_seen,
    lastSeen: sent.last_seen,
    logMatches: sent.log_matches,
    signalMatches: sent.signal_matches,
    signalTier: sent.signal_tier,
    logSources: sent.log_sources,
    services: sent.services,
    hosts: sent.hosts,
    triageState: sent.triage_state.toUpperCase(),
    triagedAt: sent.triaged_at,
    triagedBy: sent.triaged_by,
    triageHistory: sent.triage_history.map(triageOf),
  };
}

const nameOf = ({ name }) => name;
const triageOf = sent => ({ state: sent.triage_state.toUpperCase(), at: sent.triaged_at, by: sent.triaged_by });

const pageSize = 2500;

/** One search for all values, page by page; the memberships of each, in the values' order. */
export async function membershipsOf(values: readonly string[]) {
  const byValue = new Map(values.map(value => [value, []]));
  for (let offset = 0, count = 1; offset < count; offset += pageSize) {
    const page = await search(values, offset);
    count = page.count;
    for (const row of page.data) byValue.get(row.value)?.push(membershipOf(row));
  }
  return values.map(value => byValue.get(value) ?? []);
}

async function search(value: readonly string[], offset: number) {
  const includeProperties = [{ descriptor: 'comment' }, { descriptor: 'role' }];
  const query = JSON.stringify({ value, state: ['active', 'latest'], includeProperties, offset, limit: pageSize });
  const path = '/reputation/v2/indicator/search';
  const { body } = await argus.request({ method: 'POST', path, headers: argusHeaders, body: query });
  return JSON.parse(await body.text());
}

const membershipOf = row => ({
  list: {
    name: row.indicatorList.name,
    confidence: row.indicatorList.confidence,
    shortName: row.indicatorList.shortName,
  },
  state: row.state.toUpperCase(),
  value: row.value,
  firstSeen: new Date(row.firstSeenTimestamp).toISOString(),
  lastSeen: new Date(row.lastSeenTimestamp).toISOString(),
  properties: row.properties.map(propertyOf),
});
const propertyOf = ({ descriptor, value, values }) => ({ shortName: descriptor.shortName, value, values });
