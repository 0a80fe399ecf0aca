import { client, v2 } from '@datadog/datadog-api-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { addRecorded } from '../../src/emulators/scenario-recorded.ts';
import recorded from '../recorded/datadog-list-200.json' with { type: 'json' };
import refused from '../recorded/datadog-list-400.json' with { type: 'json' };

const path = '/api/v2/security/siem/ioc-explorer';
const credentials = { 'DD-API-KEY': 'demo-api-key', 'DD-APPLICATION-KEY': 'demo-app-key' };
const review = (triaged_by: string) => [{ triage_state: 'reviewed', triaged_at: '2026-05-30T08:00:00Z', triaged_by }];

let emulators: Emulators;
beforeEach(async () => {
  const dataSet = createDataSet();
  addRecorded(dataSet);
  const { datadog } = dataSet;
  datadog.add('evil.example.org', {
    attributes: { score: 92.5, categories: ['malware'], hosts: ['web-1'], log_matches: 9_007_199_254_740_993n },
    history: review('00000000-0000-4000-8000-000000000001'),
  });
  datadog.add('ocsf.example.com', { attributes: { score: 40, malicious_sources: [{ name: 'feed' }] }, message: null });
  datadog.add('theirs.example.org', {}, 'other');
  emulators = await startEmulators({ dataSet });
});
afterEach(() => emulators.close());

async function ask(query: Record<string, string> = {}, headers: Record<string, string> = credentials) {
  const answer = await fetch(`${emulators.datadog.url}${path}?${new URLSearchParams(query)}`, { headers });
  const text = await answer.text();
  return { answer, text, body: JSON.parse(text) };
}

async function listed(query: Record<string, string>, headers?: Record<string, string>): Promise<string[]> {
  const { body } = await ask(query, headers);
  return body.data.attributes.data.map(({ indicator }: { indicator: string }) => indicator);
}

describe('the list of indicators', () => {
  it('satisfies the official client', async () => {
    const configuration = client.createConfiguration({
      baseServer: new client.BaseServerConfiguration(emulators.datadog.url, {}),
      authMethods: { apiKeyAuth: 'demo-api-key', appKeyAuth: 'demo-app-key' },
    });
    configuration.unstableOperations['v2.listIndicatorsOfCompromise'] = true;
    const read = await new v2.SecurityMonitoringApi(configuration).listIndicatorsOfCompromise({
      limit: 2,
      query: 'categories:hosting_proxy',
      sortColumn: 'score',
      sortOrder: 'desc',
      triageState: 'not_reviewed',
    });
    const { data, metadata, paging } = read.data?.attributes ?? {};
    expect(data?.map(row => [row.indicator, row.score, row.asGeo?.countryCode])).toEqual([['43.228.157.121', 8, 'DE']]);
    for (const row of data ?? []) expect(row).not.toHaveProperty('unparsedObject');
    expect([metadata?.count, paging?.offset]).toEqual([1, 1]);
  });

  it('has the recorded first row, word for word, and tells the offset of the next page', async () => {
    const { answer, body } = await ask({ limit: '1' });
    const { attributes, type } = recorded.response.body.data;
    expect(answer.headers.get('content-type')).toBe(recorded.response.headers['content-type']);
    expect(body.data).toEqual({
      id: expect.any(String),
      type,
      attributes: { ...attributes, metadata: { count: 5 } },
    });
  });

  it('leaves out of its rows what only an answer about one indicator holds', async () => {
    const { body, text } = await ask({ query: 'evil' });
    const [row] = body.data.attributes.data;
    for (const name of ['hosts', 'users', 'services', 'signal_severity', 'additional_data', 'triage_history'])
      expect(row).not.toHaveProperty(name);
    expect(text).toContain('"log_matches":9007199254740993');
  });

  it('goes on at an offset until nothing is left', async () => {
    const [first, second, third] = [
      await listed({ limit: '2' }),
      await listed({ limit: '2', offset: '2' }),
      await listed({ limit: '2', offset: '4' }),
    ];
    expect([first.length, second.length, third.length]).toEqual([2, 2, 1]);
    expect(new Set([...first, ...second, ...third]).size).toBe(5);
    expect((await ask({ offset: '9' })).body.data.attributes).toMatchObject({ data: [], paging: { offset: 9 } });
  });

  it.each([
    [
      'nothing',
      {},
      ['192.0.2.1', '43.228.157.121', expect.stringContaining('masscan'), 'evil.example.org', 'ocsf.example.com'],
    ],
    ['a word', { query: 'EVIL' }, ['evil.example.org']],
    ['a field', { query: 'triage_state:reviewed' }, ['192.0.2.1', 'evil.example.org']],
    ['a field of two words', { query: 'indicator_type:"IP Address"' }, ['192.0.2.1', '43.228.157.121']],
    ['a source', { query: 'suspicious_sources:tor' }, ['43.228.157.121']],
    ['two terms', { query: 'triage_state:reviewed evil' }, ['evil.example.org']],
    ['an unknown field', { query: 'nonsense:1' }, []],
    ['a triage state', { triage_state: 'reviewed' }, ['192.0.2.1', 'evil.example.org']],
    ['a user’s handle', { worked_by: 'alice@example.com' }, ['evil.example.org']],
    ['an unknown handle', { worked_by: 'nobody@example.com' }, []],
    ['a matcher', { ocsf: 'false', query: 'ocsf' }, []],
    [
      'a score, falling',
      { 'sort[column]': 'score', 'sort[order]': 'desc', limit: '2' },
      ['evil.example.org', 'ocsf.example.com'],
    ],
    [
      'a count, rising',
      { 'sort[column]': 'log_count', query: 'score:4' },
      ['192.0.2.1', expect.stringContaining('masscan')],
    ],
    ['a name', { 'sort[column]': 'indicator', limit: '1' }, ['192.0.2.1']],
  ])('is selected and ordered by %s', async (_, query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('belongs to the organisation of the credentials', async () => {
    const other = { 'DD-API-KEY': 'other-api-key', 'DD-APPLICATION-KEY': 'other-app-key' };
    expect(await listed({ query: 'theirs' }, other)).toEqual(['theirs.example.org']);
    expect(await listed({ query: 'theirs' })).toEqual([]);
    expect((await ask({}, {})).answer.status).toBe(401);
  });

  it('refuses an unreadable query in the recorded words', async () => {
    const { answer, body } = await ask({ query: 'invalid:::query' });
    expect([answer.status, body]).toEqual([refused.response.status, refused.response.body]);
  });

  it.each([
    [{ limit: '-1' }],
    [{ offset: 'x' }],
    [{ ocsf: 'maybe' }],
    [{ triage_state: 'done' }],
    [{ 'sort[column]': 'colour' }],
    [{ 'sort[order]': 'up' }],
    [{ query: 'a "b' }],
  ])('refuses %o with a 400', async query => {
    expect((await ask(query)).answer.status).toBe(400);
  });
});

describe('a place without the IoC Explorer', () => {
  it.each([
    ['objects', { errors: [{ title: 'Generic Error', detail: 'Not Found' }] }],
    ['strings', { errors: ['Not Found'] }],
  ] as const)('answers 404 on every route, its errors as %s', async (shape, expected) => {
    Object.assign(emulators.datadog.behaviours, { hasExplorer: false, errorShape: shape });
    for (const route of [path, `${path}/indicator?indicator=evil.example.org`]) {
      const answer = await fetch(emulators.datadog.url + route, { headers: credentials });
      expect([answer.status, await answer.json()]).toEqual([404, expected]);
    }
  });
});

describe('a fault', () => {
  it('changes the rows of the list, and counts them honestly where it says so', async () => {
    emulators.datadog.faults.add({ kind: 'missingRows', every: 2, honestCount: true });
    const { data, metadata } = (await ask()).body.data.attributes;
    expect([data.length, metadata.count]).toEqual([3, 3]);
  });
});
