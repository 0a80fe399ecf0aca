import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { behave, type Readings, runDoctor, startSmallWorld } from './bench.ts';

let emulators: Emulators;
beforeAll(async () => {
  emulators = await startSmallWorld();
});
afterAll(() => emulators.close());
beforeEach(() => {
  behave(emulators, {});
  for (const emulator of [emulators.datadog, emulators.argus]) {
    emulator.faults.clear();
    emulator.clearRequests();
  }
});

const secrets = ['demo-api-key', 'demo-app-key', 'demo/key/full'];
/** What the sources hold, and nobody named. */
const organisations = /example\.(org|net|com)|192\.0\.2|198\.51\.100|203\.0\.113|64496|abuse\.ch|botnet/;

describe('npm run doctor, where everything is as documented', () => {
  it('finds nothing that differs and exits with 0', async () => {
    const run = await runDoctor(emulators, ['--value', 'evil.example.org']);
    expect([run.code, run.named('differs'), run.named('not asked')]).toEqual([0, [], []]);
    expect(run.lines).toHaveLength(34);
  });

  it('asks Datadog ten questions, all of them reading', async () => {
    const { output } = await runDoctor(emulators);
    expect(output).toContain('Datadog, 10 calls');
    const worst = 'sort[column]=score&sort[order]=desc';
    const asked = emulators.datadog.requests.map(({ method, path, query }) =>
      [method, path.replace('/api/v2/security/siem/ioc-explorer', ''), decodeURIComponent(`${query}`)].join(' '),
    );
    expect(asked).toEqual([
      `GET  limit=1&${worst}`,
      `GET  limit=25&${worst}&ocsf=true`,
      `GET  limit=25&${worst}&ocsf=false`,
      'GET /indicator indicator=ocsf.example.org',
      'GET /indicator indicator=message.example.org',
      'GET /indicator indicator=www.reviewed.example.org&include_triage_history=true',
      'GET /indicator indicator=www.reviewed.example.org&include_triage_history=true&triage_history_limit=1000',
      'GET /indicator indicator=this-indicator-does-not-exist.invalid',
      'GET /no-such-route ',
      'GET /indicator indicator=nobody@this-indicator-does-not-exist.invalid',
    ]);
  });

  it('asks Argus eleven questions, all of them reading', async () => {
    const { output } = await runDoctor(emulators);
    expect(output).toContain('Argus, 11 calls');
    const asked = emulators.argus.requests.map(({ method, path, body }) => {
      const { state: _s, offset: _o, sortBy: _b, value, ...criteria } = Object(body);
      return [method, path.replace('/reputation/v2', ''), { ...criteria, ...(value && { values: value.length }) }];
    });
    const search = (criteria: object) => ['POST', '/indicator/search', criteria];
    expect(asked).toEqual([
      search({ limit: 25 }),
      ['GET', '/type', {}],
      search({ limit: 1, afterValue: '192.0.2.1' }),
      search({ limit: 2500 }),
      search({ values: 3, limit: 2500 }),
      search({ values: 500, limit: 2500 }),
      search({
        domainSearch: {
          domain: ['ax.example.net', 'no-such-name.evil.example.org'],
          includeParentDomains: true,
          includeSubdomains: false,
        },
        limit: 2500,
      }),
      search({ ipSearch: { ip: ['192.0.2.1', '198.51.100.0', '203.0.113.7'] }, limit: 2500 }),
      search({ values: 1, limit: 1 }),
      search({ values: 1, includeProperties: [{ descriptor: 'no-such-name-anywhere' }], limit: 1 }),
      search({ values: 1, indicatorList: ['no-such-name-anywhere'], limit: 1 }),
    ]);
  });

  it('prints no credential and nothing that the sources hold', async () => {
    behave(emulators, { datadog: { decoration: 'otherTypes', extraFields: 'some' }, argus: { listForm: 'text' } });
    const { output } = await runDoctor(emulators, ['--value', 'evil.example.org']);
    expect(output).toContain('has_been_muted (boolean)');
    for (const secret of secrets) expect(output).not.toContain(secret);
    expect(output).not.toMatch(organisations);
  });

  it("finds nothing that differs in the demo's data either", async () => {
    const demo = await startEmulators();
    const run = await runDoctor(demo);
    await demo.close();
    expect([run.code, run.named('differs')]).toEqual([0, []]);
  });
});

/** Readings that say nothing of each other are played together: each line that must differ, and what it says. */
const variants: readonly (readonly [title: string, Readings, Readonly<Record<string, RegExp>>])[] = [
  [
    'no IoC Explorer, and a count of 0',
    { datadog: { hasExplorer: false }, argus: { count: 'zero' } },
    { 'Datadog list': /404.*DATADOG_URL, DD_SITE/, 'Argus count': /count is 0 beside 25 rows/ },
  ],
  [
    'ocsf left out as true, and a count of the page',
    { datadog: { ocsfOmitted: 'true' }, argus: { count: 'page', unknownName: 'empty' } },
    {
      'Datadog ocsf': /DATADOG_OCSF=both/,
      'Argus count': /count is 25 .* 66 rows/,
      'Argus lists': /that nobody knows answered 200/,
    },
  ],
  [
    'ocsf left out as false, a default of the history, and a count that stops early',
    { datadog: { ocsfOmitted: 'false', historyDefault: 2 }, argus: { count: 'stopsEarly', typeList: '403' } },
    {
      'Datadog ocsf': /DATADOG_OCSF=both/,
      'Datadog history': /2 events came, .* 3/,
      'Argus count': /count is 20 beside 25/,
      'Argus types': /answered 403.*INCONCLUSIVE/,
    },
  ],
  [
    'a history that is left out, an empty 404, and a silent cap',
    {
      datadog: { emptyHistory: 'leftOut', unknown: 'empty', echo: 'upperCase' },
      argus: { limitCap: 25, limitOver: 'silent', recordConfidence: 'sent' },
    },
    {
      'Datadog echo': /spells the indicator otherwise/,
      'Datadog history': /TRUNCATED/,
      'Datadog unknown': /a 404 without errors/,
      'Argus limits': /2500 brought 25 of 66/,
      'Argus confidence': /of their own/,
    },
  ],
  [
    'an unknown indicator in HTML, scores of 0 to 1, and a cap that comes back',
    {
      datadog: { unknown: 'html', scoreScale: 1, echo: 'parent' },
      argus: { limitCap: 25, limitOver: 'echoed', unknownProperty: 'omitted' },
    },
    {
      'Datadog echo': /COVERING_ONLY/,
      'Datadog score': /VERDICT_MALICIOUS_FROM/,
      'Datadog unknown': /a 404 without errors/,
      'Argus limits': /2500 comes back as 25/,
      'Argus properties': /that nobody knows answered 200/,
    },
  ],
  [
    '200 for what is unknown, answers about others, and a limit that is refused',
    {
      datadog: { unknown: 'nullData', echo: 'another' },
      argus: { limitCap: 1000, limitOver: '412', typeNames: 'long' },
    },
    {
      'Datadog echo': /MALFORMED/,
      'Datadog unknown': /answered 200/,
      'Argus types': /domainName.*read as such/,
      'Argus limits': /2500 answered 412/,
    },
  ],
  [
    '400 for e-mail addresses, numbers as texts, and hidden rows in the count',
    { datadog: { undocumentedKinds: '400', numbers: 'text' }, argus: { count: 'withHidden' } },
    {
      'Datadog rows': /score \(text\)/,
      'Datadog fields': /score \(text\)/,
      'Datadog kinds': /NOT_APPLICABLE/,
      'Argus limits': /2500 brought 66 of 67/,
      'Argus values': /2 records counted and 1 sent/,
    },
  ],
  [
    'at most 100 values, nothing as a 404, and records in other forms',
    { argus: { valuesCap: 100, valuesOver: '413', noMatch: '404', confidenceForm: 'percent', valueForm: 'block' } },
    {
      'Argus records': /indicatorList\.confidence \(number\)/,
      'Argus spelling': /4 of 91/,
      'Argus batch': /413.*halved/,
      'Argus nothing': /answered 404/,
    },
  ],
  [
    'warnings, parents by exact value, and an ipSearch that looks inward',
    { argus: { successMessages: 'WARNING', exactValue: 'andCovering', ipSearchMatch: 'within' } },
    {
      'Argus envelope': /proves no absence/,
      'Argus values': /1 row\(s\) about others/,
      'Argus outward': /EXACT_VALUE_ONLY stays/,
    },
  ],
  [
    'substrings by exact value, an ipSearch by type, and deleted records',
    { argus: { exactValue: 'andSubstrings', ipSearchTypes: 'ip', deletedInSearch: 'returned' } },
    {
      'Argus deleted': /accuse nobody/,
      'Argus values': /1 row\(s\) about others/,
      'Argus otherTypes': /a wrong NO_MATCH/,
    },
  ],
];

describe('npm run doctor, where a source is otherwise', () => {
  it.each(variants)('says what differs, and exits with 1: %s', async (_, readings, expected) => {
    behave(emulators, readings);
    const run = await runDoctor(emulators);
    expect(run.named('differs').toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const { source, check, outcome, text } of run.lines)
      if (outcome === 'differs') expect(text).toMatch(expected[`${source} ${check}`] ?? 'nothing');
    expect([run.code, run.output]).toEqual([1, expect.stringContaining('docs/decisions/unproven.md')]);
  });

  it('finds out that a verdict would miss the value given', async () => {
    behave(emulators, { argus: { ipSearchTypes: 'ip' } });
    const run = await runDoctor(emulators, ['--value', '203.0.113.7']);
    expect(run.named('differs')).toEqual(['Argus given', 'Argus otherTypes']);
  });

  it('does not take a value given for missing that this source need not list', async () => {
    const run = await runDoctor(emulators, ['--value', 'www.reviewed.example.org']);
    expect([run.code, run.named('not asked')]).toEqual([0, ['Argus given']]);
  });
});

describe('npm run doctor, where not everything can be asked', () => {
  it('examines the source that has a key', async () => {
    const run = await runDoctor(emulators, [], { DD_API_KEY: undefined, DD_APP_KEY: undefined });
    expect([run.code, run.named('differs'), run.named('not asked')]).toEqual([
      0,
      [],
      ['Datadog access', 'Argus given'],
    ]);
    expect(emulators.datadog.requests).toEqual([]);
    const other = await runDoctor(emulators, [], { ARGUS_API_KEY: undefined });
    expect([other.code, other.named('not asked')]).toEqual([0, ['Argus access']]);
  });

  it('exits with 1 where one key is refused, after one call with it', async () => {
    const run = await runDoctor(emulators, [], { DD_API_KEY: 'a-wrong-secret' });
    expect([run.code, run.named('differs')]).toEqual([1, ['Datadog access']]);
    expect(run.output).toMatch(/refuses the credentials \(403\): check DD_API_KEY/);
    expect(run.output).not.toContain('a-wrong-secret');
    expect(emulators.datadog.requests).toHaveLength(1);
  });

  it('exits with 2 where every key is refused', async () => {
    const run = await runDoctor(emulators, [], { DD_API_KEY: 'wrong', ARGUS_API_KEY: 'wrong/key/secret' });
    expect([run.code, run.named('differs'), run.named('ok')]).toEqual([2, ['Datadog access', 'Argus access'], []]);
    expect(run.output).not.toContain('wrong/key');
  });

  it('exits with 2 where nobody answers, and says how', async () => {
    const nowhere = 'http://127.0.0.1:9';
    const run = await runDoctor(emulators, [], { DATADOG_URL: nowhere, ARGUS_URL: nowhere });
    expect([run.code, run.named('ok')]).toEqual([2, []]);
    expect(run.output).toMatch(/127\.0\.0\.1:9 did not answer in a readable way \(UNAVAILABLE\)/);
  });

  it('finds a page of a proxy in place of Argus', async () => {
    emulators.argus.faults.add({ kind: 'html' });
    const run = await runDoctor(emulators);
    expect([run.code, run.named('differs')]).toEqual([1, ['Argus access']]);
  });

  it.each([
    [['--value', 'no indicator\u0007'], {}, /^--value: /],
    [['--valu', 'x'], {}, /Unknown option '--valu'/],
    [[], { DD_APP_KEY: undefined }, /DD_APP_KEY is missing/],
    [[], { HOST: '0.0.0.0' }, /AUTH/],
  ])('exits with 2 and asks nothing for %j with %j', async (args, environment, sentence) => {
    const run = await runDoctor(emulators, args, environment);
    expect([run.code, run.lines]).toEqual([2, []]);
    expect(run.output).toMatch(sentence);
    expect(run.output).not.toMatch(/ {4}at /);
    expect([...emulators.datadog.requests, ...emulators.argus.requests]).toEqual([]);
  });

  it('says how it is used', async () => {
    const run = await runDoctor(emulators, ['--help']);
    expect([run.code, run.output]).toEqual([0, expect.stringContaining('npm run doctor -- [--value')]);
  });
});
