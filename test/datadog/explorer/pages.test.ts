/** `threatIndicators`: pages of Datadog's list, and what is asked for them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSet, type DataSet } from '../../../src/emulators/data-set.ts';
import { startTestBed, type TestBed } from '../../setup/gateway.ts';

let dataSet: DataSet;
let bed: TestBed;
beforeEach(async () => {
  dataSet = createDataSet();
});
afterEach(() => bed?.stop());

const name = (index: number) => `n${String(index).padStart(5, '0')}.example.org`;

/** Rows that a feed calls suspicious, the highest score first. */
function addRows(count: number, attributes: Readonly<Record<string, unknown>> = {}): void {
  for (let index = 0; index < count; index += 1)
    dataSet.datadog.add(name(index), {
      attributes: {
        score: 90 - index / 1_000,
        suspicious_sources: [{ name: 'SPUR' }],
        signal_matches: 3,
        ...attributes,
      },
    });
}

interface Row {
  readonly value: string;
  readonly indicator: {
    readonly threatScore: number;
    readonly verdict: { readonly level: string };
    readonly threat: { readonly hosts: readonly string[] };
  };
}

const calls = () => ({
  list: bed.emulators.datadog.requests.filter(({ path }) => path.endsWith('/ioc-explorer')).length,
  lookups: bed.emulators.datadog.lookups.length,
  searches: bed.emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length,
});

const morning = `query ($first: Int, $after: String, $filter: ThreatIndicatorFilter, $orderBy: ThreatIndicatorOrder) {
  threatIndicators(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount limits pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { value score indicator { threatScore triageState verdict { level } memberships { list { name } } } } } }`;
const values = `query ($first: Int, $after: String, $filter: ThreatIndicatorFilter, $orderBy: ThreatIndicatorOrder) {
  threatIndicators(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount limits pageInfo { hasNextPage endCursor } edges { cursor node { value } } } }`;

const page = async (variables: Record<string, unknown>, query = values) => {
  const { data, errors } = await bed.ask(query, variables);
  expect(errors).toBeUndefined();
  return data.threatIndicators;
};
const valuesOf = ({ edges }: { edges: { node: { value: string } }[] }) => edges.map(({ node }) => node.value);

describe('a page of a hundred with verdicts, scores and lists', () => {
  it('costs one call of Datadog and at most three searches of Argus where every row is accused', async () => {
    addRows(100);
    bed = await startTestBed({}, { dataSet });
    const { nodes, totalCount, limits } = await page({ first: 100 }, morning);
    expect([nodes.length, totalCount, limits]).toEqual([100, 100, []]);
    for (const { score, indicator } of nodes) {
      expect(indicator.threatScore).toBe(score);
      expect(indicator.verdict.level).toBe('MALICIOUS');
      expect(indicator.triageState).toBe('NOT_REVIEWED');
    }
    const { list, lookups, searches } = calls();
    expect([list, lookups]).toEqual([1, 0]);
    expect(searches).toBeLessThanOrEqual(3);
  });

  it('costs no more where no signal has matched what nobody accuses', async () => {
    addRows(40, { score: 1, suspicious_sources: null, signal_matches: 0 });
    bed = await startTestBed({}, { dataSet });
    const { nodes } = await page({ first: 100 }, morning);
    expect(nodes.every((node: Row) => node.indicator.verdict.level === 'INFORMATIONAL')).toBe(true);
    expect(calls().lookups).toBe(0);
  });

  it('costs a lookup of each row whose signals could still raise its level, and of no other', async () => {
    addRows(5);
    dataSet.datadog.add('signals.example.org', {
      attributes: { score: 1, signal_matches: 2, signal_severity: [{ severity: 'critical', count: 2 }] },
    });
    dataSet.datadog.add('uncounted.example.org', { attributes: { score: 1, signal_matches: undefined } });
    bed = await startTestBed({}, { dataSet });
    const { nodes } = await page({ first: 100 }, morning);
    const levels = Object.fromEntries(nodes.map((node: Row) => [node.value, node.indicator.verdict.level]));
    expect(levels['signals.example.org']).toBe('SUSPICIOUS');
    expect(levels['uncounted.example.org']).toBe('INFORMATIONAL');
    expect(bed.emulators.datadog.lookups.flatMap(request => request.values).toSorted()).toEqual([
      'signals.example.org',
      'uncounted.example.org',
    ]);
  });

  it('says in the reasons what was not asked', async () => {
    addRows(1);
    bed = await startTestBed({}, { dataSet });
    const { data } = await bed.ask(
      '{ threatIndicators { nodes { indicator { verdict { reasons { rule detail } } } } } }',
    );
    const [{ indicator }] = data.threatIndicators.nodes;
    expect(indicator.verdict.reasons.find(({ rule }: { rule: string }) => rule === 'context').detail).toContain(
      'signals whose severities were not asked',
    );
  });

  it('costs a lookup of each row where a field needs what rows do not have', async () => {
    addRows(3, { hosts: ['web-1'] });
    bed = await startTestBed({}, { dataSet });
    const query =
      '{ threatIndicators { nodes { indicator { threatScore threat { score hosts } triageHistory { at } } } } }';
    const { data } = await bed.ask(query);
    expect(data.threatIndicators.nodes.map((node: Row) => node.indicator.threat.hosts)).toEqual([
      ['web-1'],
      ['web-1'],
      ['web-1'],
    ]);
    expect(calls()).toMatchObject({ list: 1, lookups: 3 });
  });

  it('costs none of a report of which the row has every field', async () => {
    addRows(3);
    bed = await startTestBed({}, { dataSet });
    const fields = 'score suspiciousSources logMatches firstSeen triageState autonomousSystem { type }';
    const { data } = await bed.ask(`{ threatIndicators { nodes { indicator { threat { ${fields} } datadog {
      report { status servedFrom } threat { tags } } } } } }`);
    expect(data.threatIndicators.nodes[0].indicator.datadog.report).toEqual({ status: 'MATCHED', servedFrom: 'LIVE' });
    expect(calls().lookups).toBe(0);
  });

  it('is kept: what its rows say is not asked again, and what they lack is', async () => {
    addRows(2, { hosts: ['web-1'] });
    bed = await startTestBed({}, { dataSet });
    await page({}, morning);
    const score = await bed.ask(`{ indicator(value: "${name(0)}") { threatScore datadog { report { servedFrom } } } }`);
    expect(score.data.indicator.threatScore).toBe(90);
    expect(score.data.indicator.datadog.report.servedFrom).toBe('CACHE');
    expect(calls().lookups).toBe(0);
    const hosts = await bed.ask(`{ indicator(value: "${name(0)}") { threat { hosts } } }`);
    expect(hosts.data.indicator.threat.hosts).toEqual(['web-1']);
    expect(calls().lookups).toBe(1);
  });

  it('leaves a whole report in the cache that says the same, and replaces one that does not', async () => {
    addRows(2, { hosts: ['web-1'] });
    bed = await startTestBed({}, { dataSet });
    const hosts = (index: number) => bed.ask(`{ indicator(value: "${name(index)}") { threatScore threat { hosts } } }`);
    await hosts(0);
    await hosts(1);
    dataSet.datadog.add(name(1), {
      attributes: { score: 20, suspicious_sources: [{ name: 'SPUR' }], hosts: ['web-2'] },
    });
    const { nodes } = await page({}, morning);
    expect(nodes.map((node: Row) => node.indicator.threatScore)).toEqual([90, 20]);
    const again = [await hosts(0), await hosts(1)].map(({ data }) => data.indicator);
    expect(again.map(({ threat }) => threat.hosts)).toEqual([['web-1'], ['web-2']]);
    expect(calls().lookups).toBe(3);
  });
});

describe('pages', () => {
  it('of a list that stands still lead through all rows, none twice and none left out', async () => {
    addRows(2_350);
    bed = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '0' }, { dataSet });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { edges, pageInfo, limits, totalCount } = await page({ first: 100, after });
      expect([limits, totalCount]).toEqual([[], 2_350]);
      seen.push(...valuesOf({ edges }));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(Array.from({ length: 2_350 }, (_, index) => name(index)));
    expect(calls().list).toBe(24);
  });

  it('never repeat a row of the page before, and say that rows have moved', async () => {
    addRows(30);
    bed = await startTestBed({}, { dataSet });
    const first = await page({ first: 10 });
    for (const index of [1, 2, 3]) dataSet.datadog.add(`new-${index}.example.org`, { attributes: { score: 99 } });
    const second = await page({ first: 10, after: first.pageInfo.endCursor });
    expect(second.limits).toEqual(['ROWS_MOVED']);
    expect(valuesOf(second)).toEqual([10, 11, 12, 13, 14, 15, 16].map(name));
    expect(second.pageInfo.hasNextPage).toBe(true);
    const third = await page({ first: 10, after: second.pageInfo.endCursor });
    expect(valuesOf(third)).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25, 26].map(name));
    expect(third.limits).toEqual([]);
  });

  it('say that rows have moved where some have left, so that others were missed', async () => {
    addRows(30);
    bed = await startTestBed({}, { dataSet });
    const first = await page({ first: 10 });
    dataSet.datadog.remove(name(0));
    const second = await page({ first: 10, after: first.pageInfo.endCursor });
    expect(second.limits).toEqual(['ROWS_MOVED']);
    expect(valuesOf(second)[0]).toBe(name(11));
  });

  it('go on behind the cursor of any row', async () => {
    addRows(10);
    bed = await startTestBed({}, { dataSet });
    const { edges } = await page({ first: 5 });
    const rest = await page({ first: 3, after: edges[1].cursor });
    expect([valuesOf(rest), rest.limits]).toEqual([[2, 3, 4].map(name), []]);
  });

  it('end at the end, also behind it, and where nothing matches', async () => {
    addRows(5);
    bed = await startTestBed({}, { dataSet });
    const all = await page({ first: 5 });
    expect(all.pageInfo.hasNextPage).toBe(false);
    const behind = await page({ first: 5, after: all.pageInfo.endCursor });
    expect([behind.edges, behind.pageInfo.hasNextPage, behind.pageInfo.endCursor]).toEqual([[], false, null]);
    const none = await page({ filter: { query: 'categories:none' } });
    expect([none.edges, none.totalCount, none.limits]).toEqual([[], 0, []]);
  });

  it('belong to their filter, order and keys', async () => {
    addRows(5);
    bed = await startTestBed({ DATADOG_KEY_FROM: 'caller' }, { dataSet });
    const mine = { 'dd-api-key': 'demo-api-key', 'dd-application-key': 'demo-app-key' };
    const theirs = { 'dd-api-key': 'other-api-key', 'dd-application-key': 'other-app-key' };
    const first = await bed.ask(values, { first: 2 }, mine);
    const after = first.data.threatIndicators.pageInfo.endCursor;
    const problemOf = async (variables: Record<string, unknown>, keys = mine) =>
      (await bed.ask(values, { first: 2, after, ...variables }, keys)).errors?.[0];
    for (const variables of [{ filter: { ocsf: true } }, { orderBy: { field: 'LAST_SEEN' } }])
      expect(await problemOf(variables)).toMatchObject({
        message: expect.stringContaining('another filter or orderBy'),
        extensions: { code: 'BAD_USER_INPUT', argument: 'after' },
      });
    expect(await problemOf({}, theirs)).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', argument: 'after' } });
    expect(await problemOf({ after: `${after}x` })).toMatchObject({ extensions: { argument: 'after' } });
    expect(calls().list).toBe(1);
  });
});

describe('what Datadog is asked', () => {
  it('are the documented parameters', async () => {
    addRows(1);
    bed = await startTestBed({}, { dataSet });
    await page({
      first: 7,
      filter: { query: 'categories:tor', triageState: 'REVIEWED', workedBy: 'alice@example.com', ocsf: true },
      orderBy: { field: 'LOG_COUNT', direction: 'ASC' },
    });
    await page({});
    expect(bed.emulators.datadog.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      {
        limit: '7',
        query: 'categories:tor',
        'sort[column]': 'log_count',
        'sort[order]': 'asc',
        ocsf: 'true',
        worked_by: 'alice@example.com',
        triage_state: 'reviewed',
      },
      { limit: '25', 'sort[column]': 'score', 'sort[order]': 'desc' },
    ]);
  });

  it('is asked once for equal fields of one operation, and each time anew', async () => {
    addRows(3);
    bed = await startTestBed({}, { dataSet });
    const query = '{ a: threatIndicators { totalCount } b: threatIndicators { nodes { value } } }';
    await bed.ask(query);
    await bed.ask(query);
    const { headers } = await bed.ask(query);
    expect(calls().list).toBe(3);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('costs what it says', async () => {
    addRows(3);
    bed = await startTestBed({}, { dataSet });
    const { extensions } = await bed.ask(
      '{ threatIndicators(first: 50) { nodes { indicator { threatScore memberships { state } } } } }',
      {},
      { 'x-enrichment-estimate': '1' },
    );
    expect(extensions?.estimate).toEqual({ upstreamCalls: 2, indicators: 51 });
  });
});

describe('a wrong argument', () => {
  it.each([
    ['first: 0', 'first'],
    ['first: 101', 'first'],
    ['filter: { query: " " }', 'filter.query'],
    ['filter: { workedBy: "" }', 'filter.workedBy'],
  ])('%s is the caller’s mistake, and nothing is asked', async (given, argument) => {
    bed = await startTestBed({}, { dataSet });
    const { errors } = await bed.ask(`{ threatIndicators(${given}) { totalCount } }`);
    expect(errors?.[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
    expect(calls().list).toBe(0);
  });

  it('in the query is told with Datadog’s position, not with its words', async () => {
    bed = await startTestBed({}, { dataSet });
    const { errors, data } = await bed.ask('{ threatIndicators(filter: { query: "invalid:::query" }) { totalCount } }');
    expect(data).toEqual({ threatIndicators: null });
    expect(errors?.[0]).toMatchObject({
      message: 'Datadog cannot read filter.query at line 1, character 8: "invalid:::query".',
      extensions: { code: 'BAD_USER_INPUT', argument: 'filter.query', line: 1, character: 8 },
    });
    expect(JSON.stringify(errors)).not.toContain('viable');
  });
});
