import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { askThrice, startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;

beforeAll(async () => {
  bed = await startTestBed({
    ...apiKeyAuth({ all: ['dd', 'ar', 'people'], argus: ['ar'], datadog: ['dd'], nothing: [], people: ['people'] }),
    DATADOG_SCOPE: 'dd',
    ARGUS_SCOPE: 'ar',
    DATADOG_PERSONAL_SCOPE: 'people',
    // Without a cache: a call that is not seen was not allowed.
    CACHE_FRESH_SECONDS: '0',
    CACHE_NEGATIVE_SECONDS: '0',
    CACHE_STALE_SECONDS: '0',
  });
});
afterAll(() => bed.stop());
beforeEach(() => {
  bed.emulators.datadog.clearRequests();
  bed.emulators.argus.clearRequests();
});

const datadogCalls = () => bed.emulators.datadog.lookups.length;
const argusCalls = () => bed.emulators.argus.requests.length;
const fields = `threatScore triageState threat { score } triageHistory { at } memberships { state } verdict {
  level missing summary reasons { source rule detail } } datadog { report { status } threat { score } triageHistory { at } }
  argus { report { status } memberships { state } membershipCount } sources { source status }`;
const roots: readonly [string, string, Record<string, unknown>, string][] = [
  ['indicator', `{ indicator(value: "evil.example.org") { ${fields} } }`, {}, 'indicator'],
  ['indicators', `{ all: indicators(values: ["evil.example.org"]) { ${fields} } }`, {}, 'all.0'],
  ['lookup', `{ all: lookup(values: ["evil.example.org"]) { indicator { ${fields} } } }`, {}, 'all.0.indicator'],
  ['extractIndicators', `{ all: extractIndicators(text: "evil[.]example[.]org") { ${fields} } }`, {}, 'all.0'],
  ['host', `{ indicator(value: "https://evil.example.org/x") { host { ${fields} } } }`, {}, 'indicator.host'],
];
const at = (data: unknown, path: string): Record<string, unknown> =>
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any shape
  path.split('.').reduce((value: any, key) => value[key], data);

describe.each(roots)('a caller without the scope of a source, by way of %s', (_name, query, variables, path) => {
  it.each([
    ['argus', 'DATADOG', ['threatScore', 'triageState', 'threat', 'triageHistory']],
    ['datadog', 'ARGUS', ['memberships']],
  ] as const)(
    'with only %s: FORBIDDEN and null in the fields of %s, DENIED in the answers, and no call',
    async (caller, hidden, forbiddenFields) => {
      const { data, errors = [], text } = await askThrice(bed, query, variables, as(caller));
      const indicator = at(data, path);
      expect(errors.map(({ path: place }) => place.at(-1)).sort()).toEqual([...forbiddenFields].sort());
      for (const { extensions } of errors) expect(extensions).toEqual({ code: 'FORBIDDEN', source: hidden });
      for (const field of forbiddenFields) expect(indicator[field]).toBeNull();
      const answer = indicator[hidden.toLowerCase()];
      expect(answer).toMatchObject({ report: { status: 'DENIED' } });
      expect(indicator.sources).toEqual([
        { source: 'DATADOG', status: hidden === 'DATADOG' ? 'DENIED' : 'MATCHED' },
        { source: 'ARGUS', status: hidden === 'ARGUS' ? 'DENIED' : 'MATCHED' },
      ]);
      const verdict = indicator.verdict as { missing: string[]; reasons: { source: string | null; rule: string }[] };
      expect(verdict.missing).toEqual([hidden]);
      expect(verdict.reasons.filter(({ source, rule }) => source === hidden || rule === 'corroborated')).toEqual([]);
      expect(text).not.toMatch(hidden === 'DATADOG' ? /92\.5|SOURCE1|REVIEWED/ : /Botnet|botnet-c2|"ACTIVE"/);
      expect(hidden === 'DATADOG' ? datadogCalls() : argusCalls()).toBe(0);
      expect(hidden === 'DATADOG' ? argusCalls() : datadogCalls()).toBeGreaterThan(0);
    },
  );

  it('without any scope everything is refused, the verdict concludes nothing, and no call is made', async () => {
    const { data, errors = [] } = await askThrice(bed, query, variables, as('nothing'));
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['FORBIDDEN']));
    expect(at(data, path).verdict).toMatchObject({ level: 'INCONCLUSIVE', missing: ['DATADOG', 'ARGUS'] });
    expect(datadogCalls() + argusCalls()).toBe(0);
  });
});

it("the personal scope alone opens nothing of Datadog's", async () => {
  const { errors } = await askThrice(
    bed,
    '{ indicator(value: "evil.example.org") { threat { hosts } } }',
    {},
    as('people'),
  );
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(datadogCalls()).toBe(0);
});

describe("Datadog's personal and internal data", () => {
  const people = /web-01|alice@|deploy-role|payments-db|00000000-0000-4000-8000/;
  const one = (selection: string) => `{ indicator(value: "evil.example.org") { ${selection} } }`;
  const whole = one(`threat { score hosts users { category users } criticalAssets triagedBy }
    triageHistory { by } datadog { threat { hosts users { users } criticalAssets triagedBy } triageHistory { by } }`);

  it('is shown to a caller with its scope', async () => {
    const { data, errors } = await askThrice(bed, whole, {}, as('all'));
    expect(errors).toBeUndefined();
    expect(data.indicator.threat).toMatchObject({ hosts: ['web-01', 'web-02'], criticalAssets: ['payments-db'] });
    expect(data.indicator.triageHistory[0].by).toMatch(people);
    expect(data.indicator.datadog.threat.users[0].users[0]).toMatch(people);
  });

  it.each(['hosts', 'users { users }', 'criticalAssets'])(
    'is refused with the report that holds it, without a call: %s',
    async field => {
      const { data, errors } = await askThrice(
        bed,
        one(`threat { score ... on ThreatReport { x: ${field} } } sources { status }`),
        {},
        as('datadog'),
      );
      expect(data.indicator.threat).toBeNull();
      expect(errors).toMatchObject([
        { path: ['indicator', 'threat'], extensions: { code: 'FORBIDDEN', source: 'DATADOG' } },
      ]);
      expect(data.indicator.sources[0]).toEqual({ status: 'DENIED' });
      expect(datadogCalls()).toBe(0);
    },
  );

  it('is refused at its own place where that may be null: who triaged', async () => {
    const { data, errors } = await askThrice(
      bed,
      one('threat { score triagedBy } triageHistory(limit: 1) { state by }'),
      {},
      as('datadog'),
    );
    expect(data.indicator.threat).toEqual({ score: 92.5, triagedBy: null });
    expect(data.indicator.triageHistory).toEqual([{ state: 'REVIEWED', by: null }]);
    expect(errors?.map(({ path, extensions }) => [path.join('.'), extensions.code])).toEqual([
      ['indicator.threat.triagedBy', 'FORBIDDEN'],
      ['indicator.triageHistory.0.by', 'FORBIDDEN'],
    ]);
  });

  it('is left out of the answers, which say so as data and raise no error', async () => {
    const { data, errors } = await askThrice(
      bed,
      one(`datadog { report { status limits } threat { score hosts users { users } criticalAssets triagedBy }
        triageHistory { state by } } verdict { reasons { detail } summary } sources { status limits }`),
      {},
      as('datadog'),
    );
    expect(errors).toBeUndefined();
    const { report, threat, triageHistory } = data.indicator.datadog;
    expect(report).toEqual({ status: 'MATCHED', limits: ['LAST_30_DAYS', 'PERSONAL_DATA_HIDDEN'] });
    expect(threat).toEqual({ score: 92.5, hosts: [], users: [], criticalAssets: [], triagedBy: null });
    expect(triageHistory[0]).toEqual({ state: 'REVIEWED', by: null });
    expect(data.indicator.sources[0]).toEqual(report);
    expect(JSON.stringify(data)).not.toMatch(people);
  });

  it('is never served from what another caller has cached', async () => {
    const warm = await startTestBed({
      ...apiKeyAuth({ all: ['people'], other: [] }),
      DATADOG_PERSONAL_SCOPE: 'people',
    });
    expect((await warm.ask(whole, {}, as('all'))).text).toMatch(people);
    const { text, errors } = await askThrice(warm, whole, {}, as('other'));
    expect(text).not.toMatch(people);
    expect(errors?.length).toBeGreaterThan(0);
    expect(warm.emulators.datadog.lookups).toHaveLength(1);
    await warm.stop();
  });
});
