import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { callsOf, createVerdictDataSet, everyRequest, forgetRequests, values, withBed, withoutCache } from './bed.ts';

const dataSet = createVerdictDataSet();
const clock = createTestClock();
let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed(withoutCache, { dataSet }, undefined, undefined, { clock });
  await bed.ask('{ indicator(value: "https://first.example.org/") { memberships { value } } }'); // learns the types
});
afterAll(() => bed.stop());
afterEach(() => {
  clock.pass(10_000); // a refused credential is not tried again before
  bed.emulators.datadog.faults.clear();
  bed.emulators.argus.faults.clear();
  forgetRequests(bed);
});

type Report = { source: string; status: string; limits: string[]; fetchedAt: string | null };
const evil = values.MALICIOUS;
const statuses = (sources: readonly Report[]) => sources.map(({ status }) => status);
const asked = async (selection: string, value: string = evil) => {
  const { data, errors } = await bed.ask(`{ indicator(value: "${value}") { ${selection} } }`);
  expect(errors).toBeUndefined();
  return data.indicator;
};
const limitsFor = async (selection: string, value?: string): Promise<string[]> =>
  (await asked(`${selection} sources { source limits }`, value)).sources[1].limits;

describe('sources', () => {
  it('alone asks nobody, not even which types Argus knows', async () => {
    await withBed({}, dataSet, async fresh => {
      const { data } = await fresh.ask(`{
        domain: indicator(value: "${evil}") { sources { status } }
        url: indicator(value: "https://${evil}/x") { sources { status } host { sources { status } } }
        agent: indicator(value: "masscan/1.3") { sources { status } }
      }`);
      expect(statuses(data.domain.sources)).toEqual(['NOT_QUERIED', 'NOT_QUERIED']);
      expect(statuses(data.url.sources)).toEqual(['NOT_QUERIED', 'NOT_QUERIED']);
      expect(statuses(data.url.host.sources)).toEqual(['NOT_QUERIED', 'NOT_QUERIED']);
      expect(statuses(data.agent.sources)).toEqual(['NOT_QUERIED', 'NOT_APPLICABLE']);
      expect(everyRequest(fresh)).toEqual([]);
    });
  });

  it.each([
    ['threatScore', ['MATCHED', 'NOT_QUERIED']],
    ['triageState', ['MATCHED', 'NOT_QUERIED']],
    ['threat { score }', ['MATCHED', 'NOT_QUERIED']],
    ['triageHistory { at }', ['MATCHED', 'NOT_QUERIED']],
    ['datadog { report { status } }', ['MATCHED', 'NOT_QUERIED']],
    ['datadog { id }', ['NOT_QUERIED', 'NOT_QUERIED']],
    ['memberships { value }', ['NOT_QUERIED', 'MATCHED']],
    ['argus { membershipCount }', ['NOT_QUERIED', 'MATCHED']],
    ['argus { id }', ['NOT_QUERIED', 'NOT_QUERIED']],
    ['verdict { level }', ['MATCHED', 'MATCHED']],
    ['... on Indicator { ...F }', ['MATCHED', 'NOT_QUERIED']],
    ['threatScore @skip(if: true) memberships @include(if: false) { value }', ['NOT_QUERIED', 'NOT_QUERIED']],
    ['id value type defanged specialUse host { threatScore }', ['NOT_QUERIED', 'NOT_QUERIED']],
  ])('beside %s says %j', async (selection, expected) => {
    const fragment = selection.includes('...F') ? 'fragment F on Indicator { score: threatScore }' : '';
    const query = `{ indicator(value: "${evil}") { ${selection} sources { source status } } } ${fragment}`;
    // An operation that comes again is executed in another way than the first time.
    for (let sighting = 1; sighting <= 3; sighting++) {
      const { data } = await bed.ask(query);
      expect(data.indicator.sources.map(({ source }: Report) => source)).toEqual(['DATADOG', 'ARGUS']);
      expect(statuses(data.indicator.sources)).toEqual(expected);
    }
  });

  it('speaks of its own object, not of what another alias asks of the same value', async () => {
    const { data } = await bed.ask(`{
      a: indicator(value: "${evil}") { sources { status } threatScore }
      b: indicator(value: "${evil}") { sources { status } memberships { value } }
      c: indicator(value: "${evil}") { sources { status } }
      d: indicator(value: "${evil}") { sources { status } }
      d: indicator(value: "${evil}") { verdict { level } }
    }`);
    expect(statuses(data.a.sources)).toEqual(['MATCHED', 'NOT_QUERIED']);
    expect(statuses(data.b.sources)).toEqual(['NOT_QUERIED', 'MATCHED']);
    expect(statuses(data.c.sources)).toEqual(['NOT_QUERIED', 'NOT_QUERIED']);
    expect(statuses(data.d.sources)).toEqual(['MATCHED', 'MATCHED']);
  });

  it('is not mistaken for that of an operation of the same shape', async () => {
    const shapes = ['threatScore', 'memberships { value }', 'verdict { level }', 'value'];
    const expected = [
      ['MATCHED', 'NOT_QUERIED'],
      ['NOT_QUERIED', 'MATCHED'],
      ['MATCHED', 'MATCHED'],
      ['NOT_QUERIED', 'NOT_QUERIED'],
    ];
    for (let sighting = 1; sighting <= 3; sighting++) {
      const heard = await Promise.all(shapes.map(shape => asked(`sources { status } ${shape}`)));
      expect(heard.map(({ sources }) => statuses(sources))).toEqual(expected);
    }
  });

  it('reads its own selection inside lists, lookups, hosts, records and nodes', async () => {
    const id = (await asked('id')).id;
    const { data, errors } = await bed.ask(
      `query ($values: [String!]!, $id: ID!) {
        indicators(values: $values) { threatScore sources { status } }
        lookup(values: $values) { indicator { ...Both sources { status } } }
        extractIndicators(text: "seen at evil[.]example[.]org") { memberships { value } sources { status } }
        node(id: $id) { id ... on Indicator { sources { status } verdict { level } } }
        indicator(value: "https://${evil}/x") {
          sources { status }
          host { threatScore sources { status } memberships { indicator { triageState sources { status } } } }
        }
      }
      fragment Both on Indicator { threatScore memberships { value } }`,
      { values: [evil, values.NO_MATCH], id },
    );
    expect(errors).toBeUndefined();
    expect(data.indicators.map((one: { sources: Report[] }) => statuses(one.sources))).toEqual([
      ['MATCHED', 'NOT_QUERIED'],
      ['NO_MATCH', 'NOT_QUERIED'],
    ]);
    expect(data.lookup.map((one: { indicator: { sources: Report[] } }) => statuses(one.indicator.sources))).toEqual([
      ['MATCHED', 'MATCHED'],
      ['NO_MATCH', 'NO_MATCH'],
    ]);
    expect(statuses(data.extractIndicators[0].sources)).toEqual(['NOT_QUERIED', 'MATCHED']);
    expect(statuses(data.node.sources)).toEqual(['MATCHED', 'MATCHED']);
    expect(statuses(data.indicator.sources)).toEqual(['NOT_QUERIED', 'NOT_QUERIED']);
    expect(statuses(data.indicator.host.sources)).toEqual(['MATCHED', 'MATCHED']);
    expect(statuses(data.indicator.host.memberships[0].indicator.sources)).toEqual(['MATCHED', 'NOT_QUERIED']);
  });

  it('of several questions to one source tells the worst status and all limits', async () => {
    bed.emulators.datadog.faults.add({ kind: 'status', status: 403, when: ({ query }) => query.has('ocsf') });
    const { data } = await bed.ask(
      `{ indicator(value: "${evil}") { threatScore ocsf: datadog(ocsf: true) { report { status } } sources { status limits fetchedAt } } }`,
    );
    expect(data.indicator.threatScore).toBe(92.5);
    expect(data.indicator.ocsf.report.status).toBe('DENIED');
    expect(data.indicator.sources[0]).toMatchObject({ status: 'DENIED', limits: ['LAST_30_DAYS'] });
  });

  it('of several questions to one source tells the oldest answer', async () => {
    await withBed({}, dataSet, async warm => {
      const first = await warm.ask(`{ indicator(value: "${evil}") { threatScore sources { fetchedAt } } }`);
      const { data } = await warm.ask(
        `{ indicator(value: "${evil}") { threatScore new: datadog(ocsf: true) { report { fetchedAt servedFrom } } sources { fetchedAt servedFrom } } }`,
      );
      expect(data.indicator.new.report.servedFrom).toBe('LIVE');
      expect(data.indicator.sources[0]).toEqual({
        fetchedAt: first.data.indicator.sources[0].fetchedAt,
        servedFrom: 'CACHE',
      });
    });
  });

  it('tells what each answer can not tell', async () => {
    expect((await asked('threatScore sources { limits }')).sources[0].limits).toEqual(['LAST_30_DAYS']);
    const plain = ['READABLE_LISTS_ONLY', 'STATES_FILTERED', 'EXACT_VALUE_ONLY'];
    expect(await limitsFor('memberships { value }')).toEqual(plain);
    expect(await limitsFor('argus { membershipCount }', '192.0.2.1')).toEqual(plain);
    expect(await limitsFor('memberships(states: [ACTIVE, LATEST, OLD]) { value }')).toEqual([plain[0], plain[2]]);
    expect(await limitsFor('memberships(states: [ACTIVE, LATEST, OLD], lists: ["botnet"]) { value }')).toEqual(plain);
  });

  it('says of a list that was named only that it was looked at, and leaves the verdict as it is', async () => {
    const { argus, verdict } = await asked(
      'argus(lists: ["rumours"]) { report { status limits detail } memberships { value } } verdict { level reasons { rule } }',
    );
    expect(argus.report).toMatchObject({
      status: 'NO_MATCH',
      detail: 'Only the lists that were named were looked at.',
    });
    expect(argus.report.limits).toContain('STATES_FILTERED');
    expect(argus.memberships).toEqual([]);
    expect(verdict.reasons.map(({ rule }: { rule: string }) => rule)).toContain('argus-high');
    expect(verdict.level).toBe('MALICIOUS');
  });
});

describe('a verdict', () => {
  const searches = () => callsOf(bed, 'argus').filter(({ path }) => path.endsWith('/search'));

  it('asks each source once, together with the other fields', async () => {
    await asked(`verdict { level } threatScore memberships { value } datadog { report { status } }
      argus { membershipCount } sources { status }`);
    expect([callsOf(bed, 'datadog').length, searches().length]).toEqual([1, 1]);
  });

  it('asks about a URL and its host at once: Datadog twice, Argus by its value and by its domain', async () => {
    await withBed(withoutCache, dataSet, async fresh => {
      const { data } = await fresh.ask(
        `{ indicator(value: "https://${evil}/x") { verdict { level } memberships { value } sources { status } } }`,
      );
      expect(data.indicator.verdict.level).toBe('SUSPICIOUS');
      expect(statuses(data.indicator.sources)).toEqual(['NO_MATCH', 'NO_MATCH']);
      expect(callsOf(fresh, 'argus').map(request => request.values)).toEqual(
        expect.arrayContaining([[evil], [`https://${evil}/x`]]),
      );
      expect(callsOf(fresh, 'argus')).toHaveLength(2);
      expect(callsOf(fresh, 'datadog')).toHaveLength(2);
    });
  });

  it('of a hundred values costs no more calls than the joined query', async () => {
    const many = Array.from({ length: 100 }, (_, i) => `host-${i}.example.org`);
    const costOf = async (selection: string) => {
      forgetRequests(bed);
      await bed.ask(`query ($values: [String!]!) { indicators(values: $values) { ${selection} } }`, { values: many });
      return [callsOf(bed, 'datadog').length, searches().length];
    };
    expect(await costOf('threatScore triageHistory { at } memberships { value }')).toEqual([100, 1]);
    expect(await costOf('verdict { level }')).toEqual([100, 1]);
    expect(await costOf('verdict { level } threatScore memberships { value } sources { status }')).toEqual([100, 1]);
  });
});

describe('health', () => {
  it('tells the last failure as an error code of the schema', async () => {
    await withBed({ DATADOG_TIMEOUT_MS: '100' }, dataSet, async troubled => {
      troubled.emulators.datadog.faults.add({ kind: 'hang' });
      troubled.emulators.argus.faults.add({ kind: 'status', status: 500 });
      await troubled.ask(`{ indicator(value: "${evil}") { threatScore memberships { value } } }`);
      const { data } = await troubled.ask('{ sources { source lastFailureCode } }');
      expect(data.sources).toEqual([
        { source: 'DATADOG', lastFailureCode: 'UPSTREAM_TIMEOUT' },
        { source: 'ARGUS', lastFailureCode: 'UPSTREAM_UNAVAILABLE' },
      ]);
    });
  });
});
