/**
 * Both upstreams in one process, as fast as Node answers: it knows any value, checks nothing and remembers nothing, so
 * that values can be new for ever. Its parent says how many milliseconds an answer takes.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

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
const threat = template({
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
const row = (index: number) => ({
  id: `26bed795-${index}-${mark}`,
  indicatorList: {
    id: `fe99c7c3-${index}`,
    shortName: `list-${index}`,
    name: `Internet scanners ${index}`,
    confidence: 0.2,
  },
  type: { shortName: 'domain', name: 'Domain' },
  ...{ value: mark, firstSeenTimestamp: now - 50 * day + index, lastSeenTimestamp: now - day, state: 'active' },
  ...{ createdTimestamp: now - 50 * day + index, lastUpdatedTimestamp: now - day, deletedTimestamp: 0, flags: [] },
  properties: [property('comment', 'Imported from external feed', null), property('role', null, ['c2'])],
});
const rows = [1, 2, 3].map(index => template(row(index)));

const types = JSON.stringify({ responseCode: 200, count: 1, data: [{ shortName: 'domain', name: 'Domain' }] });

interface Search {
  readonly value: readonly string[];
  readonly offset?: number;
  readonly limit?: number;
}

function search({ value: values, offset = 0, limit = 10_000 }: Search): string {
  const all = values.flatMap(value => rows.map(written => written(value)));
  const page = all.slice(offset, offset + limit);
  const counts = `"responseCode":200,"limit":${limit},"offset":${offset},"count":${all.length},"size":${page.length}`;
  return `{${counts},"metaData":{},"messages":[],"data":[${page.join(',')}]}`;
}

let latencyMs = 0;
process.on('message', ms => {
  latencyMs = Number(ms);
  process.send?.('ready');
});
process.on('disconnect', () => process.exit(0));

function send(response: ServerResponse, text: string): void {
  if (latencyMs > 0) setTimeout(write, latencyMs, response, text);
  else write(response, text);
}

function write(response: ServerResponse, text: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  response.writeHead(200, headers).end(text);
}

function whenRead(request: IncomingMessage, then: (text: string) => void): void {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => then(text));
}

const server = createServer((request, response) => {
  const value = /[?&]indicator=([^&]*)/.exec(request.url ?? '')?.[1];
  if (value !== undefined) return send(response, threat(decodeURIComponent(value)));
  if (request.method === 'GET') return send(response, types);
  whenRead(request, text => send(response, search(JSON.parse(text))));
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
});
