import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { apiKeyAuth, apiKeyEntry, as, bearer, startIssuer } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
afterEach(() => bed.stop());

const score = '{ indicator(value: "evil.example.org") { threatScore memberships { state } } }';
const asked = () => [...bed.emulators.datadog.requests, ...bed.emulators.argus.requests];

/** One query with this header, each value on a line of its own. */
async function sendLines(url: string, authorization: readonly string[]) {
  const sent = request(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.setHeader('authorization', authorization);
  sent.end(JSON.stringify({ query: score }));
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const part of answer) text += part;
  return { status: answer.statusCode, text };
}

describe('with AUTH=api-key', () => {
  it('the owner of a key is answered', async () => {
    bed = await startTestBed(apiKeyAuth({ soc: [] }));
    const { status, data } = await bed.ask(score, {}, as('soc'));
    expect({ status, score: data.indicator.threatScore }).toEqual({ status: 200, score: 92.5 });
  });

  it.each<[string, Record<string, string>]>([
    ['nobody', {}],
    ['a wrong key', bearer('key-of-nobody')],
    ['the hash of a key', bearer(apiKeyEntry('soc').split(':')[1] ?? '')],
    ['another scheme', { authorization: `Basic ${btoa('soc:key-of-soc')}` }],
    ['headers that only a router should set', { 'x-user': 'soc', 'x-user-id': 'soc', 'x-forwarded-user': 'soc' }],
    ['a key in a cookie', { cookie: 'authorization=Bearer key-of-soc' }],
  ])('%s is refused with 401 and a constant message, whatever is asked, and no call is made', async (_who, headers) => {
    bed = await startTestBed(apiKeyAuth({ soc: [] }));
    const entities =
      'query ($e: [_Any!]!) { _entities(representations: $e) { ... on Indicator { threatScore memberships { state } } } }';
    const e = [{ __typename: 'Indicator', value: 'evil.example.org', type: 'DOMAIN' }];
    const answers = [
      await bed.ask(score, {}, headers),
      await bed.ask('{ __schema { types { name } } }', {}, headers),
      await bed.ask('{ _service { sdl } }', {}, headers),
      await bed.ask(entities, { e }, headers),
      await bed.ask('{', {}, headers),
    ];
    expect(new Set(answers.map(({ text }) => text))).toEqual(
      new Set([
        '{"errors":[{"message":"Who is asking? Send a valid credential as \\"Authorization: Bearer …\\".","extensions":{"code":"UNAUTHENTICATED"}}]}',
      ]),
    );
    for (const { status, headers: sent } of answers) {
      expect(status).toBe(401);
      expect(sent.get('www-authenticate')).toBe('Bearer realm="indicator-gateway"');
      expect(sent.get('cache-control')).toBe('no-store');
    }
    expect(asked()).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['a good key and a wrong one', ['Bearer key-of-soc', 'Bearer key-of-nobody']],
    ['a wrong key and a good one', ['Bearer key-of-nobody', 'Bearer key-of-soc']],
    ['the same good key twice', ['Bearer key-of-soc', 'bearer key-of-soc']],
    ['a good key and a password', ['Bearer key-of-soc', `Basic ${btoa('soc:key-of-soc')}`]],
    ['two good keys that a proxy has joined', ['Bearer key-of-soc, Bearer key-of-soar']],
  ])('%s are refused, for the proxy in front may have believed the other one', async (_, authorization) => {
    bed = await startTestBed(apiKeyAuth({ soc: [], soar: [] }));
    expect(await sendLines(bed.url, authorization)).toMatchObject({
      status: 401,
      text: expect.stringContaining('The header Authorization holds more than one credential'),
    });
    expect(asked()).toEqual([]);
  });

  it('reads no body before authentication, and closes the connection of a body still to come', async () => {
    bed = await startTestBed(apiKeyAuth({ soc: [] }));
    const answer = await new Promise<string>((resolve, reject) => {
      let heard = '';
      const socket = connect(Number(new URL(bed.url).port), '127.0.0.1', () =>
        socket.write(
          'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 400000\r\n\r\n{',
        ),
      );
      socket.on('data', data => {
        heard += data;
      });
      socket.once('close', () => resolve(heard)).once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('uses a changed file of keys without a restart', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys');
    writeFileSync(file, apiKeyEntry('soc'));
    bed = await startTestBed({ AUTH: 'api-key', API_KEYS_FILE: file });
    expect((await bed.ask('{ __typename }', {}, as('soc'))).status).toBe(200);
    writeFileSync(file, apiKeyEntry('soar'));
    await expect.poll(async () => (await bed.ask('{ __typename }', {}, as('soc'))).status).toBe(401);
    expect((await bed.ask('{ __typename }', {}, as('soar'))).status).toBe(200);
  });
});

describe('with AUTH=jwt', () => {
  it('a good token is answered, and anything else is 401 with one message', async () => {
    const issuer = await startIssuer();
    bed = await startTestBed(issuer.environment);
    const good = await issuer.sign();
    expect((await bed.ask(score, {}, bearer(good))).data.indicator.threatScore).toBe(92.5);
    expect((await sendLines(bed.url, [`Bearer ${good}`, `Bearer ${good}`])).status).toBe(401);
    const bad = [
      await issuer.sign({ aud: 'other' }),
      await issuer.sign({ iss: 'https://other.example/' }),
      await issuer.sign({ sub: undefined }),
      `${good.slice(0, -4)}AAAA`,
      'not.a.token',
      'x'.repeat(8_000),
    ];
    const texts = new Set<string>();
    for (const token of bad) {
      const { status, text } = await bed.ask(score, {}, bearer(token));
      expect(status).toBe(401);
      texts.add(text);
    }
    expect(texts.size).toBe(1);
    expect(issuer.fetches).toBe(1);
    await issuer.close();
  });

  it('fetches the keys through the proxy where there is one', async () => {
    const issuer = await startIssuer();
    const proxied: string[] = [];
    const proxy = createServer(async (request, response) => {
      proxied.push(request.url ?? '');
      response.end(await (await fetch(request.url ?? '')).text());
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    bed = await startTestBed({ ...issuer.environment, HTTPS_PROXY: `http://127.0.0.1:${port}` });
    const { status } = await bed.ask('{ __typename }', {}, bearer(await issuer.sign()));
    expect(status).toBe(200);
    expect(proxied).toEqual([issuer.environment.JWKS_URL]);
    proxy.closeAllConnections();
    proxy.close();
    await issuer.close();
  });
});

describe('with AUTH=none', () => {
  it('every caller is answered', async () => {
    bed = await startTestBed({ AUTH: 'none' });
    expect((await bed.ask(score)).data.indicator.threatScore).toBe(92.5);
    expect((await sendLines(bed.url, ['Bearer a', 'Bearer b'])).status).toBe(200);
  });
});
