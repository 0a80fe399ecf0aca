/** What both upstreams say about any value, as text: a threat with five triage events, and rows of Argus. */

const mark = '$value';
const day = 86_400_000;
const now = Date.now();
const instant = (daysAgo: number) => new Date(now - daysAgo * day).toISOString();

/** Writes the JSON once; afterwards only the value is put in. */
function template(made: object): (value: string) => string {
  const parts = JSON.stringify(made).split(mark);
  return value => parts.join(value);
}

const triage = (daysAgo: number) => ({
  triage_state: daysAgo % 2 === 0 ? 'not_reviewed' : 'reviewed',
  triaged_at: instant(daysAgo),
  triaged_by: `00000000-0000-4000-8000-00000000000${daysAgo}`,
});
const named = (...names: string[]) => names.map(name => ({ name, description: `Feed ${name}` }));
const reasons = { m_as_type: 'NO_EFFECT', m_persistence: 'INCREASE', m_signal: 'NO_EFFECT', m_sources: 'INCREASE' };
const attributes = {
  ...{ id: mark, indicator: mark, indicator_type: 'Domain', score: 72.5, ...reasons, max_trust_score: 'INCREASE' },
  ...{ malicious_sources: named('alpha', 'beta'), suspicious_sources: named('gamma'), benign_sources: [] },
  ...{
    categories: ['malware'],
    tags: ['c2'],
    signal_severity: [],
    users: {},
    critical_assets: [],
    additional_data: {},
  },
  ...{
    signal_matches: 3,
    log_matches: 3417,
    signal_tier: 1,
    log_sources: ['dns'],
    services: ['web'],
    hosts: ['host-1'],
  },
  ...{ first_seen: instant(60), last_seen: instant(1), ...triage(1), triage_history: [1, 2, 3, 4, 5].map(triage) },
};
export const threat = template({
  data: {
    id: 'eb0c6f74-0524-4f80-b9b7-cf9119ff47b8',
    type: 'get_indicator_response',
    attributes: { data: attributes },
  },
});

const property = (shortName: string, value: string | null, values: string[] | null) => ({
  descriptor: { id: '3e3ed6f2-037a-480e-9cbb-4ecca714cf14', name: shortName, shortName },
  ...{ dataType: 'fullText', multiValue: values !== null, value, values },
});
const lists = 20;
const row = (index: number) => ({
  id: `26bed795-${index}-${mark}`,
  indicatorList: {
    id: `fe99c7c3-${index % lists}`,
    shortName: `list-${index % lists}`,
    name: `Internet scanners ${index % lists}`,
    confidence: 0.2,
  },
  type: { shortName: 'domain', name: 'Domain' },
  ...{ value: mark, firstSeenTimestamp: now - 50 * day + index, lastSeenTimestamp: now - day, state: 'active' },
  ...{ createdTimestamp: now - 50 * day + index, lastUpdatedTimestamp: now - day, deletedTimestamp: 0, flags: [] },
  properties: [property('comment', 'Imported from external feed', null), property('role', null, ['c2'])],
});
const written: ((value: string) => string)[] = [];
const writtenRow = (index: number, value: string): string => {
  written[index] ??= template(row(index + 1));
  return written[index](value);
};

export const types = JSON.stringify({ responseCode: 200, count: 1, data: [{ shortName: 'domain', name: 'Domain' }] });

interface Search {
  readonly value: readonly string[];
  readonly offset?: number;
  readonly limit?: number;
}

/** A page of what the values have: so many rows each. */
export function search({ value: values, offset = 0, limit = 10_000 }: Search, rowsEach: number): string {
  const count = values.length * rowsEach;
  const page = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, index) =>
    writtenRow((offset + index) % rowsEach, values[Math.floor((offset + index) / rowsEach)] ?? ''),
  );
  const counts = `"responseCode":200,"limit":${limit},"offset":${offset},"count":${count},"size":${page.length}`;
  return `{${counts},"metaData":{},"messages":[],"data":[${page.join(',')}]}`;
}
