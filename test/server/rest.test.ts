/** The REST addresses: what playbooks send, and what they are told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ REST: 'on' });
});
afterAll(() => bed.stop());

async function send(path: string, body: unknown, headers: Record<string, string> = {}, on = bed) {
  const response = await fetch(`${on.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    type: response.headers.get('content-type'),
    text,
    body: JSON.parse(text),
  };
}

const evil = 'evil[.]example[.]org';
const problemType = 'application/problem+json; charset=utf-8';

describe('POST /v1/lookup', () => {
  it('answers what GraphQL answers, verdict and sources beside the indicator', async () => {
    const query = `query ($v: [String!]!) { lookup(values: $v) { input problem indicator {
      value type defanged verdict { level summary missing conflicting reasons { source rule effect detail } policyVersion }
      sources { source status limits servedFrom fetchedAt retryAfterSeconds } } } }`;
    const values = [evil, 'a\u0007b', '203.0.113.7'];
    await send('/v1/lookup', { values });
    const { data } = await bed.ask(query, { v: values });
    const { status, type, body } = await send('/v1/lookup', { values });
    expect([status, type]).toEqual([200, 'application/json; charset=utf-8']);
    // biome-ignore lint/suspicious/noExplicitAny: an answer of GraphQL
    const expected = data.lookup.map(({ input, problem, indicator }: any) => {
      const { verdict = null, sources = [], ...identity } = indicator ?? {};
      return { input, problem, indicator: indicator && identity, verdict, sources };
    });
    expect(body).toEqual({ results: expected });
    expect(body.results[0].verdict.level).toBe('MALICIOUS');
    expect(body.results[1]).toMatchObject({ input: 'a\u0007b', indicator: null, verdict: null, sources: [] });
  });

  it('takes one text for a list, numbers as text, and what is empty as not sent', async () => {
    const listed = await send('/v1/lookup', { values: [evil], maxAgeSeconds: 300 });
    const written = await send('/v1/lookup', { values: evil, maxAgeSeconds: ' 300 ' });
    const empty = await send('/v1/lookup', { values: evil, maxAgeSeconds: '', tlp: null });
    expect([listed.status, written.body, empty.body]).toEqual([200, listed.body, listed.body]);
  });

  it('asks live for an age of "0"', async () => {
    await send('/v1/lookup', { values: evil });
    const before = bed.emulators.datadog.requests.length;
    const { body } = await send('/v1/lookup', { values: evil, maxAgeSeconds: '0' });
    expect(body.results[0].sources.map(({ servedFrom }: { servedFrom: string }) => servedFrom)).toEqual([
      'LIVE',
      'LIVE',
    ]);
    expect(bed.emulators.datadog.requests.length).toBe(before + 1);
  });

  it.each(['clear', 'TLP:GREEN', 'tlp: amber', 'Amber+Strict', 'RED'])('understands the marking %s', async tlp => {
    expect((await send('/v1/lookup', { values: evil, tlp })).status).toBe(200);
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      'a key that it does not know',
      { valeus: ['x'], values: ['x'] },
      'BAD_USER_INPUT',
      /Unknown: valeus\. .*values, maxAgeSeconds, tlp/,
    ],
    ['no values', {}, 'BAD_USER_INPUT', /^values: send the indicators as a list/],
    ['numbers for values', { values: [1] }, 'BAD_USER_INPUT', /^values: send/],
    [
      'an age below 0',
      { values: evil, maxAgeSeconds: '-1' },
      'BAD_USER_INPUT',
      /^maxAgeSeconds: send a whole number from 0/,
    ],
    ['a marking that is none', { values: evil, tlp: 'PINK' }, 'BAD_USER_INPUT', /^tlp: send one of CLEAR, GREEN/],
    ['a marking that was not filled in', { values: evil, tlp: '' }, 'BAD_USER_INPUT', /^tlp: send/],
    ['a list for the whole', [evil], 'BAD_USER_INPUT', /^Send a JSON object with values/],
    ['what is not JSON', '{', 'BAD_REQUEST', /not JSON/],
    ['nothing', '', 'BAD_REQUEST', /not JSON/],
    ['more values than are allowed', { values: Array(501).fill('x.example') }, 'OPERATION_TOO_LARGE', /501.*500/],
  ])('refuses %s with a problem that says what would be right', async (_, sent, code, detail) => {
    const { status, type, body } = await send('/v1/lookup', sent);
    expect([status, type]).toEqual([400, problemType]);
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      code,
      detail: expect.stringMatching(detail),
    });
  });

  it('refuses with a problem what never reaches it', async () => {
    const large = await send('/v1/lookup', 'x'.repeat(1_100_000));
    const other = await send('/v1/lookup', evil, { 'content-type': 'text/plain' });
    const got = await fetch(`${bed.url}/v1/lookup`);
    expect([large.status, large.type, large.body.code]).toEqual([413, problemType, 'OPERATION_TOO_LARGE']);
    expect([other.status, other.type, other.body.code]).toEqual([415, problemType, 'BAD_REQUEST']);
    expect([got.status, got.headers.get('allow'), got.headers.get('content-type')]).toEqual([405, 'POST', problemType]);
  });

  it('says which source was not heard, and accuses nobody the less', async () => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    const { status, body } = await send('/v1/lookup', { values: ['unheard.example.org'] });
    bed.emulators.argus.faults.clear();
    expect([status, body.results[0].verdict.level, body.results[0].verdict.missing]).toEqual([
      200,
      'INCONCLUSIVE',
      ['ARGUS'],
    ]);
  });
});

describe('POST /v1/extract', () => {
  it('answers for each indicator of a text once, in their order', async () => {
    const text = `Seen: ${evil}, hxxps://shop[.]example[.]net/pay and again ${evil} (report.pdf)`;
    const { status, body } = await send('/v1/extract', { text, tlp: 'GREEN' });
    expect(status).toBe(200);
    expect(body.results.map(({ input }: { input: string }) => input)).toEqual([
      'evil.example.org',
      'https://shop.example.net/pay',
    ]);
    expect(body.results[0].verdict.level).toBe('MALICIOUS');
  });

  it('names what looks like an indicator and is none, each text once, and why', async () => {
    const text = `hxxp://0x0a010203/, ${evil} and once more hxxp://0x0a010203/`;
    const { body } = await send('/v1/extract', { text });
    const [found, unusable, ...others] = body.results;
    expect([found.input, others]).toEqual(['evil.example.org', []]);
    expect(unusable).toMatchObject({ input: 'hxxp://0x0a010203/', indicator: null, verdict: null, sources: [] });
    expect(unusable.problem).toMatch(/^The URL is cut off or torn apart here/);
  });

  it('says once what is wrong, however many parts of it are, and what would be right', async () => {
    const age = await send('/v1/lookup', { values: ['x.example.org'], maxAgeSeconds: '99999999999999999999' });
    expect(age.body.detail).toBe('maxAgeSeconds: send a whole number from 0 to 2147483647.');
    const form = await fetch(`${bed.url}/v1/lookup`, { method: 'POST', body: new URLSearchParams({ values: 'x' }) });
    expect([form.status, (await form.json()).detail]).toEqual([
      415,
      'The body is not taken for JSON: send it with Content-Type: application/json.',
    ]);
  });

  it('refuses a text that is too long, and another key', async () => {
    const long = await send('/v1/extract', { text: 'x '.repeat(150_000) });
    const other = await send('/v1/extract', { values: 'x' });
    expect([long.status, long.body.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(other.body.detail).toMatch(/Unknown: values\. What is taken here: text, tlp\.$/);
  });
});

describe('with callers', () => {
  let known: TestBed;
  beforeAll(async () => {
    const limited = { RATE_LIMIT_INDICATORS_PER_MINUTE: '5', ...apiKeyAuth({ soar: [] }) };
    known = await startTestBed({ REST: 'on', ...limited });
  });
  afterAll(() => known.stop());

  it('tells a stranger who may ask, as a problem', async () => {
    const { status, type, headers, body } = await send('/v1/lookup', { values: evil }, {}, known);
    expect([status, type, body.code]).toEqual([401, problemType, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
  });

  it('tells what is left of the rate limit, and when to come back', async () => {
    const first = await send('/v1/lookup', { values: ['a.example', 'b.example', 'c.example'] }, as('soar'), known);
    expect([first.status, first.headers.get('ratelimit')]).toEqual([200, expect.stringMatching(/"points";r=2;/)]);
    const second = await send('/v1/lookup', { values: ['a.example', 'b.example', 'c.example'] }, as('soar'), known);
    const after = Number(second.headers.get('retry-after'));
    expect([second.status, second.type]).toEqual([429, problemType]);
    expect(after).toBeGreaterThan(0);
    expect(second.body).toMatchObject({ status: 429, code: 'RATE_LIMITED', retryAfterSeconds: after });
  });

  it('takes a point for what it refuses, and none of it is for nothing', async () => {
    for (let left = 5; left > 0; left -= 1) await send('/v1/lookup', { wrong: 1 }, as('soar'), known);
    expect((await send('/v1/lookup', { values: 'a.example' }, as('soar'), known)).status).toBe(429);
  });
});

it('The operations of the doors run where only trusted documents do, and nobody may read the schema', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'documents-'));
  const TRUSTED_DOCUMENTS = join(folder, 'manifest.json');
  writeFileSync(TRUSTED_DOCUMENTS, '{"abc":"{ __typename }"}');
  const strict = await startTestBed({ REST: 'on', INTROSPECTION: 'off', TRUSTED_DOCUMENTS });
  const { status, body } = await send('/v1/lookup', { values: evil }, {}, strict);
  expect([status, body.results[0].verdict.level]).toEqual([200, 'MALICIOUS']);
  await strict.stop();
  rmSync(folder, { recursive: true });
});

it('What is marked by `tlp` is withheld as by the header, of which the stricter counts: nothing is asked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  const EGRESS_POLICY = join(folder, 'policy.json');
  writeFileSync(EGRESS_POLICY, JSON.stringify({ rules: [{ name: 'named by nobody', tlp: ['RED'] }] }));
  const bound = await startTestBed({ REST: 'on', EGRESS_POLICY });
  const marked = [
    await send('/v1/lookup', { values: evil, tlp: 'TLP:RED' }, {}, bound),
    await send('/v1/lookup', { values: evil, tlp: 'GREEN' }, { 'x-tlp': 'RED' }, bound),
    await send('/v1/extract', { text: `Seen: ${evil}`, tlp: 'red' }, { 'x-tlp': 'GREEN' }, bound),
  ];
  for (const { status, body } of marked) {
    const [{ verdict, sources }] = body.results;
    expect([status, verdict.level, verdict.missing]).toEqual([200, 'INCONCLUSIVE', ['DATADOG', 'ARGUS']]);
    expect(sources.map((report: { status: string }) => report.status)).toEqual(['WITHHELD', 'WITHHELD']);
  }
  const { datadog, argus } = bound.emulators;
  expect([...datadog.requests, ...argus.requests]).toEqual([]);
  await bound.stop();
  rmSync(folder, { recursive: true });
});

it('Without REST=on its addresses are as any that nobody knows', async () => {
  const off = await startTestBed();
  const answers = ['/v1/lookup', '/v1/extract', '/v1/openapi.json', '/v1/nowhere'].map(async path => {
    const [asked, sent] = [await fetch(`${off.url}${path}`), await send(path, {}, {}, off)];
    return [asked.status, await asked.text(), sent.status, sent.text];
  });
  const all = await Promise.all(answers);
  expect(all[3]?.[0]).toBe(404);
  for (const answer of all) expect(answer).toEqual(all[3]);
  await off.stop();
});

describe('GET /v1/openapi.json', () => {
  it('has no fault that a linter finds', async () => {
    const source = await (await fetch(`${bed.url}/v1/openapi.json`)).text();
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('describes what is answered, and names who may ask', async () => {
    const { components, paths } = await (await fetch(`${bed.url}/v1/openapi.json`)).json();
    const { body } = await send('/v1/lookup', { values: [evil, 'a\u0007b'] });
    const { body: problem } = await send('/v1/lookup', {});
    expect(z.fromJSONSchema(components.schemas.Results).parse(body)).toEqual(body);
    expect(z.fromJSONSchema(components.schemas.Problem).parse(problem)).toEqual(problem);
    const asked = z.fromJSONSchema(paths['/v1/lookup'].post.requestBody.content['application/json'].schema);
    expect([{ values: evil, maxAgeSeconds: '5' }, { valeus: 1 }].map(sent => asked.safeParse(sent).success)).toEqual([
      true,
      false,
    ]);
    expect(components.securitySchemes).toEqual({});
  });
});
