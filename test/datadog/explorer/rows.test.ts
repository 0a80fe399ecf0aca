/** Rows of Datadog's list: their fields, what they are about, and what cannot be read. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../../src/emulators/data-set.ts';
import recorded from '../../recorded/datadog-list-200.json' with { type: 'json' };
import { startTestBed, type TestBed } from '../../setup/gateway.ts';

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');

let dataSet: DataSet;
let bed: TestBed;
beforeEach(() => {
  dataSet = createDataSet();
});
afterEach(() => bed?.stop());

const allFields = `id value datadogId score indicatorType categories tags maliciousSources suspiciousSources benignSources
  scoringFactors { asType persistence signal sources maxTrust } firstSeen lastSeen logMatches signalMatches signalTier
  autonomousSystem { type } geo { city countryCode countryName } triageState triagedAt triagedBy otherFields
  indicator { value type }`;

async function rows(fields = allFields, given = '') {
  const { data, errors } = await bed.ask(`{ threatIndicators${given} { nodes { ${fields} } limits } }`);
  return { nodes: data.threatIndicators?.nodes, limits: data.threatIndicators?.limits, errors };
}

/** Datadog answers this text next. */
const sent = (body: unknown) =>
  bed.emulators.datadog.faults.add({ kind: 'text', text: JSON.stringify(body), times: 1 });
const list = (data: unknown, others: object = {}) => ({
  data: { id: 'x', type: 'ioc_explorer_response', attributes: { data, metadata: { count: 3 }, ...others } },
});

describe('a row', () => {
  it('has the fields of the recorded answer', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(recorded.response.body);
    const { nodes, errors } = await rows();
    expect(errors).toBeUndefined();
    expect(nodes).toEqual([
      {
        id: expect.any(String),
        value: '192.0.2.1',
        datadogId: '192.0.2.1',
        score: 4,
        indicatorType: 'IP Address',
        categories: ['hosting_proxy'],
        tags: [],
        maliciousSources: [],
        suspiciousSources: ['SOURCE1'],
        benignSources: [],
        scoringFactors: {
          asType: 'NO_EFFECT',
          persistence: 'NO_EFFECT',
          signal: 'NO_EFFECT',
          sources: 'NO_EFFECT',
          maxTrust: 'RAISE_SCORE',
        },
        firstSeen: null,
        lastSeen: null,
        logMatches: 7,
        signalMatches: 1,
        signalTier: 0,
        autonomousSystem: { type: 'hosting' },
        geo: null,
        triageState: 'REVIEWED',
        triagedAt: '2026-06-03T18:55:42.108938Z',
        triagedBy: '00000000-0000-0000-0000-000000000000',
        otherFields: null,
        indicator: { value: '192.0.2.1', type: 'IPV4' },
      },
    ]);
  });

  it('is found again by its id, with one call of the lookup', async () => {
    dataSet.datadog.add('evil.example.org', { attributes: { score: 92.5 } });
    bed = await startTestBed({}, { dataSet });
    const { nodes } = await rows('id score');
    await bed.ask('{ indicator(value: "evil.example.org") { threatScore } }');
    const { data } = await bed.ask(
      'query ($id: ID!) { node(id: $id) { id __typename ... on ThreatIndicator { score value indicator { value } } } }',
      { id: nodes[0].id },
    );
    expect(data.node).toEqual({
      ...{ id: nodes[0].id, __typename: 'ThreatIndicator', score: 92.5, value: 'evil.example.org' },
      indicator: { value: 'evil.example.org' },
    });
    expect(bed.emulators.datadog.lookups).toHaveLength(0);
    dataSet.datadog.add('other.example.org', { attributes: { score: 5 } });
    const id = Buffer.from('ThreatIndicator:any:other.example.org').toString('base64url');
    const other = await bed.ask('query ($id: ID!) { node(id: $id) { ... on ThreatIndicator { score } } }', { id });
    expect([other.data.node.score, bed.emulators.datadog.lookups.length]).toEqual([5, 1]);
  });

  it('of which Datadog knows nothing any more is null by its id', async () => {
    bed = await startTestBed({}, { dataSet });
    const id = Buffer.from('ThreatIndicator:any:gone.example.org').toString('base64url');
    const { data, errors } = await bed.ask('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect([data, errors]).toEqual([{ node: null }, undefined]);
  });

  it.each([
    ['Mozilla/5.0 (X11) zgrab/0.x', 'User Agent', { value: 'Mozilla/5.0 (X11) zgrab/0.x', type: 'OTHER' }],
    ['zgrab.com', 'User Agent', null],
    ['EVIL.example.org', 'Domain', { value: 'evil.example.org', type: 'DOMAIN' }],
    ['192.0.2.1/24', 'IP Address', null],
    ['a\u0007b', 'Domain', null],
    ['', 'Domain', null],
  ])(
    'about "%s" (%s) has the indicator that this is, or none, and always its row',
    async (value, indicatorType, indicator) => {
      bed = await startTestBed({}, { dataSet });
      sent(list([{ indicator: value, indicator_type: indicatorType, score: 7 }]));
      const { nodes, errors } = await rows('value score indicator { value type }');
      expect(errors).toBeUndefined();
      expect(nodes).toEqual([{ value: value || null, score: 7, indicator }]);
    },
  );

  it('shows who triaged it only to those who may see that', async () => {
    dataSet.datadog.add('evil.example.org', {
      history: [{ triage_state: 'reviewed', triaged_at: '2026-05-30T08:00:00Z', triaged_by: 'u' }],
    });
    bed = await startTestBed(
      {
        ...{ AUTH: 'api-key', DATADOG_PERSONAL_SCOPE: 'personal', API_KEYS: `a:${hashOf('key')}` },
      },
      { dataSet },
    );
    const { data, errors } = await bed.ask(
      '{ threatIndicators { nodes { value triagedAt triagedBy } } }',
      {},
      {
        authorization: 'Bearer key',
      },
    );
    expect(data.threatIndicators.nodes).toEqual([
      { value: 'evil.example.org', triagedAt: '2026-05-30T08:00:00Z', triagedBy: null },
    ]);
    expect(errors?.[0].extensions).toMatchObject({ code: 'FORBIDDEN', source: 'DATADOG' });
  });
});

describe('a list', () => {
  it('whose offset is that of this page leads on all the same', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(list([{ indicator: 'a.example.org' }], { paging: { offset: 0 } }));
    const { data } = await bed.ask('{ threatIndicators(first: 1) { pageInfo { hasNextPage endCursor } } }');
    expect(data.threatIndicators.pageInfo.hasNextPage).toBe(true);
    await bed.ask('query ($after: String) { threatIndicators(first: 1, after: $after) { totalCount } }', {
      after: data.threatIndicators.pageInfo.endCursor,
    });
    expect(bed.emulators.datadog.requests.at(-1)?.query.get('offset')).toBe('1');
  });

  it('of which a part cannot be read is shown and marked, and its rows prove nothing', async () => {
    bed = await startTestBed({}, { dataSet });
    dataSet.datadog.add('a.example.org', { attributes: { score: 92.5 } });
    sent(list([{ indicator: 'a.example.org', score: 'very high' }]));
    const { nodes, limits } = await rows('score indicator { threatScore }');
    expect([nodes, limits]).toEqual([[{ score: null, indicator: { threatScore: 92.5 } }], ['TRUNCATED']]);
  });

  it.each([
    ['holds what is no row', list([{ indicator: 'a.example.org' }, 7])],
    ['is none', { data: { attributes: {} } }],
    ['is an answer about one indicator', { data: { attributes: { data: { indicator: 'a.example.org' } } } }],
  ])('that %s is no answer', async (_, body) => {
    bed = await startTestBed({}, { dataSet });
    sent(body);
    const { nodes, errors } = await rows('value');
    expect(nodes).toBeUndefined();
    expect(errors?.[0].extensions).toMatchObject({ code: 'UPSTREAM_MALFORMED', source: 'DATADOG' });
  });

  it('that ends before its count says so', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(list([]));
    expect((await rows('value')).limits).toEqual(['TRUNCATED']);
  });

  it.each([
    ['503', { kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['403', { kind: 'status', status: 403 }, 'UPSTREAM_DENIED'],
    ['429', { kind: 'tooManyRequests', reset: 60 }, 'UPSTREAM_RATE_LIMITED'],
    ['400', { kind: 'status', status: 400 }, 'UPSTREAM_REJECTED'],
  ] as const)('refused with %s is null with an error, never an empty page', async (_, fault, code) => {
    bed = await startTestBed({}, { dataSet });
    bed.emulators.datadog.faults.add(fault);
    const { nodes, errors } = await rows('value');
    expect([nodes, errors?.[0].extensions.code]).toEqual([undefined, code]);
  });
});

describe('what a row says of its indicator', () => {
  const threat = 'indicator { threatScore verdict { level } threat { maliciousSources } }';

  it.each([
    [
      'a row of another spelling',
      [{ indicator: 'EVIL.example.org', score: 1, benign_sources: [{ name: 'b' }], signal_matches: 0 }],
    ],
    [
      'two rows about one value',
      [
        { indicator: 'evil.example.org', score: 95, malicious_sources: [{ name: 'threatfox' }] },
        { indicator: 'evil.example.org', score: 1, benign_sources: [{ name: 'b' }], signal_matches: 0 },
      ],
    ],
  ])('is asked by itself where there is %s', async (_, rowsOfPage) => {
    dataSet.datadog.add('evil.example.org', { attributes: { score: 95, malicious_sources: [{ name: 'threatfox' }] } });
    bed = await startTestBed({}, { dataSet });
    sent(list(rowsOfPage));
    const { nodes } = await rows(threat);
    for (const { indicator } of nodes)
      expect(indicator).toEqual({
        ...{ threatScore: 95, verdict: { level: 'MALICIOUS' } },
        threat: { maliciousSources: ['threatfox'] },
      });
  });

  it('is never taken for all of it: what a slow list brings does not replace a whole report', async () => {
    dataSet.datadog.add('evil.example.org', { attributes: { score: 95, hosts: ['pc1'] } });
    bed = await startTestBed({}, { dataSet });
    bed.emulators.datadog.faults.add({ kind: 'latency', ms: 300, match: { path: '/ioc-explorer' }, times: 1 });
    const id = Buffer.from('ThreatIndicator:any:evil.example.org').toString('base64url');
    const { data } = await bed.ask(
      'query ($id: ID!) { t: threatIndicators { nodes { indicator { threat { hosts } } } } n: node(id: $id) { id } }',
      { id },
    );
    expect(data.t.nodes[0].indicator.threat.hosts).toEqual(['pc1']);
  });

  it('is not gone because a lookup does not find it', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(list([{ indicator: 'evil.example.org', score: 95, malicious_sources: [{ name: 'threatfox' }] }]));
    const { nodes, errors } = await rows('indicator { threatScore verdict { level } threat { hosts } }');
    expect(nodes[0].indicator).toEqual({ threatScore: 95, verdict: { level: 'MALICIOUS' }, threat: null });
    expect(errors?.[0].extensions.code).toBe('UPSTREAM_MALFORMED');
    const { data } = await bed.ask('{ indicator(value: "evil.example.org") { threatScore verdict { level } } }');
    expect(data.indicator).toEqual({ threatScore: 95, verdict: { level: 'MALICIOUS' } });
  });

  it('is not denied by a lookup that takes no such type', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(list([{ indicator: 'https://evil.example.org/x', score: 95, malicious_sources: [{ name: 'threatfox' }] }]));
    bed.emulators.datadog.faults.add({ kind: 'status', status: 400, match: { path: '/ioc-explorer/indicator' } });
    const { nodes } = await rows('indicator { datadog { report { status } threat { hosts } } verdict { level } }');
    expect(nodes[0].indicator).toEqual({
      datadog: { report: { status: 'MALFORMED' }, threat: null },
      verdict: { level: 'MALICIOUS' },
    });
  });

  it('is found by several ids at once', async () => {
    const values = ['a.example.org', 'b.example.org', 'c.example.org'];
    for (const value of values) dataSet.datadog.add(value, { attributes: { score: 5 } });
    bed = await startTestBed({}, { dataSet });
    const ids = values.map(value => Buffer.from(`ThreatIndicator:any:${value}`).toString('base64url'));
    const fields = ids.map((id, index) => `n${index}: node(id: "${id}") { ... on ThreatIndicator { value score } }`);
    const { data, errors } = await bed.ask(`{ ${fields.join(' ')} }`);
    expect(errors).toBeUndefined();
    expect(Object.values(data)).toEqual(values.map(value => ({ value, score: 5 })));
    expect(bed.emulators.datadog.lookups).toHaveLength(3);
  });

  it.each([
    ['of which a part cannot be read', { malicious_sources: 7, score: 4 }],
    ['that is only about what is around it', { indicator: 'example.org', id: 'example.org' }],
  ])('is an error by its id where Datadog’s answer is one %s', async (_, members) => {
    dataSet.datadog.add('www.sub.example.org', { attributes: { score: 5 } });
    bed = await startTestBed({}, { dataSet });
    bed.emulators.datadog.faults.add({ kind: 'set', members });
    const id = Buffer.from('ThreatIndicator:any:www.sub.example.org').toString('base64url');
    const { data, errors } = await bed.ask('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect([data, errors?.[0].extensions.code]).toEqual([{ node: null }, 'UPSTREAM_TRUNCATED']);
  });

  it('costs a lookup where the count of signals is no count', async () => {
    dataSet.datadog.add('evil.example.org', {
      attributes: { score: 1, signal_matches: -1, signal_severity: [{ severity: 'high', count: 1 }] },
    });
    bed = await startTestBed({}, { dataSet });
    expect((await rows('indicator { verdict { level } }')).nodes[0].indicator.verdict.level).toBe('SUSPICIOUS');
  });
});

describe('a page', () => {
  it('is never longer than was asked, however many rows come', async () => {
    bed = await startTestBed({}, { dataSet });
    sent(list(Array.from({ length: 300 }, (_, index) => ({ indicator: `n${index}.example.org`, score: 5 }))));
    expect((await rows('value', '(first: 2)')).nodes).toEqual([
      { value: 'n0.example.org' },
      { value: 'n1.example.org' },
    ]);
  });

  it('of one user’s work is for those who may see who triaged', async () => {
    bed = await startTestBed(
      { AUTH: 'api-key', DATADOG_PERSONAL_SCOPE: 'personal', API_KEYS: `a:${hashOf('key')}` },
      { dataSet },
    );
    const { errors } = await bed.ask(
      '{ threatIndicators(filter: { workedBy: "alice@example.com" }) { totalCount } }',
      {},
      {
        authorization: 'Bearer key',
      },
    );
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
    expect(bed.emulators.datadog.requests).toHaveLength(0);
  });
});
