import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { createStillClock } from '../setup/test-clock.ts';

const windows = {
  DATADOG_CACHE_FRESH_SECONDS: '100',
  ARGUS_CACHE_FRESH_SECONDS: '200',
  CACHE_NEGATIVE_SECONDS: '50',
  CACHE_STALE_SECONDS: '1000',
};

const clock = createStillClock();
let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed(windows, {}, undefined, undefined, { clock });
});
afterEach(() => {
  bed.emulators.datadog.faults.clear();
  bed.emulators.argus.faults.clear();
});
afterAll(async () => {
  await bed.stop();
});

const pass = (seconds: number) => clock.pass(seconds * 1000);

/** By GET, the way that HTTP caches see. */
async function get(query: string, { url } = bed, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql?${new URLSearchParams({ query })}`, {
    headers: { 'apollo-require-preflight': '1', ...headers },
  });
  return { headers: response.headers, control: response.headers.get('cache-control'), body: await response.json() };
}
const control = async (query: string) => (await get(query)).control;
const maxAge = async (query: string) => Number(/^private, max-age=(\d+)$/.exec((await control(query)) ?? '')?.[1]);

describe('a whole answer', () => {
  it('may be cached privately, as long as its least fresh fact is fresh', async () => {
    const first = await maxAge('{ indicator(value: "evil.example.org") { threatScore } }');
    expect(first).toBeGreaterThanOrEqual(90); // the ends of windows are spread over a tenth
    expect(first).toBeLessThanOrEqual(100);
    pass(30);
    expect(await maxAge('{ indicator(value: "evil.example.org") { memberships { state } } }')).toBe(200);
    expect(await maxAge('{ indicator(value: "evil.example.org") { threatScore memberships { state } } }')).toBe(
      first - 30,
    );
    expect(await maxAge('{ indicator(value: "evil.example.org") { argus { membershipCount } } }')).toBe(200);
    expect(await maxAge('{ indicator(value: "evil.example.org") { verdict { level } } }')).toBe(first - 30);
    expect(
      await maxAge(
        '{ lookup(values: ["evil.example.org", "", "seen.example.com"]) { problem indicator { threatScore } } }',
      ),
    ).toBe(first - 30);
  });

  it('holds for no longer than an absence in it, and no longer than the age that was asked for', async () => {
    expect(await maxAge('{ indicator(value: "quiet.example.com") { threatScore } }')).toBe(50);
    expect(await maxAge('{ indicators(values: ["quiet.example.com", "seen.example.com"]) { threatScore } }')).toBe(50);
    expect(await maxAge('{ indicator(value: "disputed.example.com", maxAgeSeconds: 20) { threatScore } }')).toBe(20);
    pass(5);
    expect(await maxAge('{ indicator(value: "disputed.example.com", maxAgeSeconds: 20) { threatScore } }')).toBe(15);
  });

  it('says so to POST too, and differs by who asks and by what the headers ask for', async () => {
    const { headers } = await bed.ask('{ indicator(value: "evil.example.org") { memberships { state } } }');
    expect(headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
    expect(headers.get('vary')?.split(', ')).toEqual(
      expect.arrayContaining(['Accept', 'Authorization', 'X-Enrichment-Trace', 'X-TLP']),
    );
  });

  it('keeps the word of CORS that it differs by origin', async () => {
    const open = await startTestBed({ CORS_ORIGINS: 'https://a.example,https://b.example' });
    const { headers } = await get('{ indicator(value: "evil.example.org") { threatScore } }', open);
    expect(headers.get('vary')).toBe(
      'Origin, Accept, Accept-Encoding, Authorization, X-Enrichment-Estimate, X-Enrichment-Trace, X-TLP',
    );
    await open.stop();
  });
});

describe('an answer is not stored', () => {
  it.each([
    ['live facts', '{ indicator(value: "evil.example.org", maxAgeSeconds: 0) { threatScore } }'],
    ['a record by its id', '{ reputationRecord(id: "00000000-0000-0000-0000-000000000000") { value } }'],
    ['a page of records', '{ reputationRecords(first: 1) { nodes { value } } }'],
    [
      'a page of records beside facts',
      '{ indicator(value: "evil.example.org") { threatScore } reputationRecords(first: 1) { nodes { value } } }',
    ],
    ['the types', '{ reputationTypes { shortName } indicator(value: "evil.example.org") { threatScore } }'],
    ['the health of the sources', '{ sources { state } indicator(value: "evil.example.org") { threatScore } }'],
    ['no fact at all', '{ indicator(value: "evil.example.org") { id } }'],
  ])('with %s', async (_, query) => {
    expect(await control(query)).toBe('no-store');
  });

  it('with an error in it, or when it is nothing but errors', async () => {
    const mixed = await get('{ indicators(values: ["evil.example.org", ""]) { threatScore } }');
    expect(mixed.body.errors).toHaveLength(1);
    expect(mixed.control).toBe('no-store');
    expect(await control('{ nonsense }')).toBe('no-store');
  });

  it('when a source failed, although an answer raises no error', async () => {
    bed.emulators.argus.faults.add({ kind: 'status', status: 400 });
    const { control: cacheControl, body } = await get(
      '{ indicator(value: "fresh.example.net") { threatScore argus { report { status } } } }',
    );
    expect(body.errors).toBeUndefined();
    expect(body.data.indicator.argus.report.status).toBe('REJECTED');
    expect(cacheControl).toBe('no-store');
  });

  it('when a stale fact is served', async () => {
    await get('{ indicator(value: "cdn.example.net") { datadog { report { status } } } }');
    pass(101);
    bed.emulators.datadog.faults.add({ kind: 'status', status: 400 });
    const { control: cacheControl, body } = await get(
      '{ indicator(value: "cdn.example.net") { datadog { report { servedFrom } } } }',
    );
    expect(body.data.indicator.datadog.report.servedFrom).toBe('STALE_CACHE');
    expect(cacheControl).toBe('no-store');
  });

  it('when a source has no credentials, although an answer raises no error', async () => {
    const half = await startTestBed({ ...windows, ARGUS_API_KEY: undefined });
    const { control: cacheControl, body } = await get(
      '{ indicator(value: "evil.example.org") { verdict { level } } }',
      half,
    );
    expect(body.errors).toBeUndefined();
    expect(cacheControl).toBe('no-store');
    await half.stop();
  });

  it('with the trace of the call that made it', async () => {
    const query = '{ indicator(value: "evil.example.org") { memberships { state } } }';
    expect(await control(query)).toMatch(/^private/);
    const { control: cacheControl, body } = await get(query, bed, { 'x-enrichment-trace': '1' });
    expect(body.extensions.enrichment).toBeInstanceOf(Array);
    expect(cacheControl).toBe('no-store');
  });

  it('when callers bring their own keys', async () => {
    const own = await startTestBed({ ...windows, ARGUS_API_KEY: undefined, ARGUS_KEY_FROM: 'caller' });
    const query = '{ indicator(value: "evil.example.org") { memberships { state } } }';
    const { control: cacheControl, body } = await get(query, own, { 'argus-api-key': 'demo/key/full' });
    expect(body.data.indicator.memberships).toHaveLength(4);
    expect(cacheControl).toBe('no-store');
    await own.stop();
  });
});

describe('an answer to a GET that may be kept', () => {
  const query = '{ indicator(value: "evil.example.org") { threatScore } }';
  const other = '{ indicator(value: "evil.example.org") { score: threatScore } }';
  const ask = (text: string, headers: Record<string, string> = {}, { url } = bed) =>
    fetch(`${url}/graphql?${new URLSearchParams({ query: text })}`, {
      headers: { 'apollo-require-preflight': '1', ...headers },
    });

  it('is not sent again to who has the same, and is to who has another', async () => {
    const first = await ask(query);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    for (const given of [etag, etag.slice(2), `"x", ${etag}`]) {
      const again = await ask(query, { 'if-none-match': given });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
      expect(again.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/);
      expect(again.headers.get('vary')).toContain('Authorization');
      expect(again.headers.get('content-type')).toBeNull();
    }
    const changed = await ask(other, { 'if-none-match': etag });
    expect([changed.status, await changed.json()]).toEqual([200, { data: { indicator: { score: 92.5 } } }]);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  it('has no tag by POST, with an error, or where it must not be kept', async () => {
    expect((await bed.ask(query)).headers.get('etag')).toBeNull();
    for (const text of ['{ sources { state } }', '{ indicator(value: "") { value } }', '{ nothing }'])
      expect((await ask(text, { 'if-none-match': '*' })).headers.get('etag')).toBeNull();
    expect((await ask(query, { 'x-enrichment-trace': '1' })).headers.get('etag')).toBeNull();
  });

  it('is sent again, and whole, where callers bring keys of their own', async () => {
    const own = await startTestBed({ ARGUS_KEY_FROM: 'caller' });
    const answer = await ask(query, { 'if-none-match': '*', 'argus-api-key': 'demo/key/full' }, own);
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('cache-control')]).toEqual([
      200,
      null,
      'no-store',
    ]);
    await own.stop();
  });
});
