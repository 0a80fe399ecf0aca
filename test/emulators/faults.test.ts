import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';

let emulators: Emulators;
let now = 0;
beforeEach(async () => {
  now = Date.UTC(2026, 5, 2, 12, 0, 15);
  emulators = await startEmulators({ now: () => now });
});
afterEach(() => emulators.close());

const credentials = { 'DD-API-KEY': 'demo-api-key', 'DD-APPLICATION-KEY': 'demo-app-key' };

async function read(asked: ReturnType<typeof request>) {
  const { statusCode, headers, body } = await asked;
  return { status: statusCode, headers, text: await body.text() };
}

function datadog(indicator = 'evil.example.org', signal = AbortSignal.timeout(20_000)) {
  const url = `${emulators.datadog.url}/api/v2/security/siem/ioc-explorer/indicator`;
  return read(request(url, { headers: credentials, query: { indicator }, signal }));
}

function argus(terms: object = { value: ['evil.example.org'] }, more: Record<string, string> = {}) {
  const headers = { ...more, 'Argus-API-Key': 'demo/key/full', 'content-type': 'application/json' };
  const url = `${emulators.argus.url}/reputation/v2/indicator/search`;
  return read(
    request(url, { method: 'POST', headers, body: JSON.stringify(terms), signal: AbortSignal.timeout(20_000) }),
  );
}

async function facts() {
  return JSON.parse((await datadog()).text).data.attributes.data;
}

async function rows() {
  return JSON.parse((await argus()).text);
}

describe('a status fault', () => {
  it('has the body shapes of Datadog: objects, or strings', async () => {
    emulators.datadog.faults.add({ kind: 'status', status: 500, times: 1 });
    emulators.datadog.faults.add({ kind: 'status', status: 403, shape: 'strings', times: 1 });
    expect(await datadog()).toMatchObject({ status: 500, text: '{"errors":[{"title":"Internal Server Error"}]}' });
    expect(await datadog()).toMatchObject({ status: 403, text: '{"errors":["Forbidden"]}' });
    expect((await datadog()).status).toBe(200);
  });

  it('has the captured 503 of Argus, whose first message says nothing', async () => {
    emulators.argus.faults.add({ kind: 'status', status: 503 });
    const { status, text } = await argus();
    expect(status).toBe(503);
    expect(text).toBe(
      '{"responseCode":503,"limit":0,"offset":0,"count":0,"metaData":{},"messages":[' +
        `{"message":null,"messageTemplate":null,"type":"ACTION_ERROR","field":null,"parameter":null,"timestamp":${now - 108}},` +
        '{"message":"Request timed out, service may be overloaded or unavailable","messageTemplate":"service.timeout",' +
        `"type":"ACTION_ERROR","field":null,"parameter":null,"timestamp":${now}}],"data":null,"size":0}`,
    );
  });

  it('can be plain text, with headers of its own', async () => {
    emulators.argus.faults.add({ kind: 'status', status: 503, shape: 'plain', headers: { 'retry-after': '7' } });
    const { headers, text } = await argus();
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'retry-after': '7' });
    expect(text).toBe('Server too busy');
  });

  it('says when quota is available again', async () => {
    emulators.argus.faults.add({ kind: 'quota', millis: 2500 });
    const { status, text } = await argus();
    expect(status).toBe(402);
    expect(JSON.parse(text)).toMatchObject({
      metaData: { millisUntilResourcesAvailable: 2500 },
      messages: [{ messageTemplate: 'resource.limit.exceeded' }],
    });
  });
});

describe('rate limits', () => {
  it('count in windows aligned to the calendar and are told on every answer', async () => {
    emulators.datadog.faults.add({ kind: 'rateLimit', limit: 2, periodSeconds: 60 });
    const answers = [await datadog(), await datadog('quiet.example.com'), await datadog()];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 429]);
    expect(answers.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['1', '0', '0']);
    expect(answers[2]?.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-period': '60',
      'x-ratelimit-reset': '45',
      'x-ratelimit-name': 'ioc_explorer_get_indicator',
    });
    now += 45_000;
    expect((await datadog()).status).toBe(200);
  });

  it('can be told as one likes', async () => {
    emulators.datadog.faults.add({ kind: 'tooManyRequests', reset: 3600 });
    expect(await datadog()).toMatchObject({ status: 429, headers: { 'x-ratelimit-reset': '3600' } });
  });
});

describe('a queue', () => {
  it('answers 503 after the pick-up time, with a queue for each priority', async () => {
    emulators.argus.faults.add({ kind: 'queue', slots: 1, serviceMs: 1500, pickUpMs: 20 });
    const first = argus();
    await expect.poll(() => emulators.argus.requests.length).toBe(1);
    const [second, bulk] = await Promise.all([argus(), argus(undefined, { 'argus-priority': 'bulk' })]);
    expect([(await first).status, second.status, bulk.status]).toEqual([200, 503, 200]);
  });
});

describe('a broken answer', () => {
  it('is a page, nothing, or a way to elsewhere', async () => {
    const { faults } = emulators.datadog;
    faults.add({ kind: 'html', times: 1 });
    faults.add({ kind: 'noContent', times: 1 });
    faults.add({ kind: 'redirect', status: 307, location: 'http://127.0.0.1:9/x', times: 1 });
    expect(await datadog()).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(await datadog()).toMatchObject({ status: 204, text: '' });
    expect(await datadog()).toMatchObject({ status: 307, headers: { location: 'http://127.0.0.1:9/x' } });
  });

  it('is half a JSON, with a length that is right or wrong', async () => {
    const { faults } = emulators.datadog;
    faults.add({ kind: 'halfJson', times: 1 });
    const { text, headers } = await datadog();
    expect(Number(headers['content-length'])).toBe(text.length);
    expect(() => JSON.parse(text)).toThrow();
    faults.add({ kind: 'halfJson', contentLength: 'wrong' });
    await expect(datadog()).rejects.toThrow(/closed|terminated/);
  });

  it.each([
    { kind: 'cut', at: 'beforeHeaders' },
    { kind: 'cut', at: 'midBody' },
    { kind: 'raw', bytes: 'SSH-2.0-OpenSSH_9.6\r\n' },
    { kind: 'raw', bytes: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}' },
  ] satisfies Fault[])('is a connection that ends: %j', async fault => {
    emulators.datadog.faults.add(fault);
    await expect(datadog()).rejects.toThrow();
    expect(emulators.datadog.requests).toHaveLength(1);
  });

  it.each(['beforeHeaders', 'afterHeaders'] as const)('hangs %s until the client goes, which is recorded', async at => {
    emulators.datadog.faults.add({ kind: 'hang', at });
    const leaving = new AbortController();
    const asked = datadog('evil.example.org', leaving.signal);
    await expect.poll(() => emulators.datadog.requests.length).toBe(1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => emulators.datadog.requests[0]?.abortedAt).toBe(now);
    expect(emulators.datadog.requests[0]?.answeredAt).toBeUndefined();
  });

  it('drips and is whole in the end', async () => {
    emulators.datadog.faults.add({ kind: 'drip', bytes: 400, everyMs: 5 });
    expect(await facts()).toMatchObject({ id: 'evil.example.org' });
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'] as const)('is a %s bomb', async encoding => {
    emulators.datadog.faults.add({ kind: 'bomb', encoding, megabytes: 8 });
    const { headers } = await datadog();
    expect(headers['content-encoding']).toBe(encoding);
    expect(Number(headers['content-length'])).toBeLessThan(20_000);
    const answer = await fetch(`${emulators.datadog.url}/api/v2/security/siem/ioc-explorer/indicator?indicator=a`, {
      headers: credentials,
    });
    expect((await answer.arrayBuffer()).byteLength).toBe(8 * 1_048_576);
  });

  it.each(['gzip', 'br', 'zstd', 'deflate'] as const)('is a good one, encoded as %s', async encoding => {
    emulators.datadog.faults.add({ kind: 'encoded', encoding });
    const url = `${emulators.datadog.url}/api/v2/security/siem/ioc-explorer/indicator?indicator=evil.example.org`;
    expect(await (await fetch(url, { headers: credentials })).json()).toMatchObject({
      data: { type: 'get_indicator_response' },
    });
  });

  it('is deeper than any parser likes', async () => {
    emulators.argus.faults.add({ kind: 'deep', levels: 50_000 });
    expect((await argus()).text).toContain('['.repeat(50_000));
  });

  it('holds numbers that no double can', async () => {
    emulators.datadog.faults.add({ kind: 'hugeNumbers' });
    const { text } = await datadog();
    expect(text).toContain('"log_matches":9007199254740993');
    expect(text).toContain('"signal_matches":9223372036854775807');
    expect(text).toContain('"score":1e400');
  });
});

describe('a wrong answer', () => {
  it('has wrong types, members of the test’s choice, or another indicator', async () => {
    const { faults } = emulators.datadog;
    faults.add({ kind: 'wrongTypes', times: 1 });
    expect(await facts()).toMatchObject({ score: 'very high', malicious_sources: { SOURCE1: true } });
    faults.add({ kind: 'set', members: { triage_state: 'escalated', score: null }, times: 1 });
    expect(await facts()).toMatchObject({ triage_state: 'escalated', score: null });
    faults.add({ kind: 'otherIndicator', value: 'other.test', times: 1 });
    expect(await facts()).toMatchObject({ id: 'other.test', indicator: 'other.test', score: 92.5 });
    expect(await facts()).toMatchObject({ id: 'evil.example.org', score: 92.5 });
  });

  it('has rows missing, twice, or in another order', async () => {
    const { faults } = emulators.argus;
    const all = (await rows()).data;
    faults.add({ kind: 'missingRows', times: 1 });
    expect(await rows()).toMatchObject({ count: 3, size: 2, data: [all[0], all[2]] });
    faults.add({ kind: 'missingRows', value: 'evil.example.org', honestCount: true, times: 1 });
    expect(await rows()).toMatchObject({ count: 0, size: 0, data: [] });
    faults.add({ kind: 'duplicateRows', times: 1 });
    expect(await rows()).toMatchObject({ count: 3, data: [all[0], all[0], all[1], all[1], all[2], all[2]] });
    faults.add({ kind: 'shuffleRows', seed: 3, times: 1 });
    const shuffled = (await rows()).data;
    expect(shuffled).not.toEqual(all);
    expect(shuffled).toHaveLength(3);
    expect(shuffled).toEqual(expect.arrayContaining(all));
  });

  it('does not count, or runs with a lower limit than asked', async () => {
    const { faults } = emulators.argus;
    faults.add({ kind: 'countUnknown', times: 1 });
    expect(await rows()).toMatchObject({ count: -1, size: 3 });
    faults.add({ kind: 'lowerLimit', limit: 2, times: 1 });
    expect(await rows()).toMatchObject({ limit: 2, count: 3, size: 2 });
  });
});
