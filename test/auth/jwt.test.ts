import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../src/auth/callers.ts';
import { createJwtVerifier } from '../../src/auth/jwt.ts';
import type { Log, LogFields } from '../../src/observability/log.ts';
import { readConfig } from '../setup/config.ts';
import { silentLog } from '../setup/silent-log.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const issuer = 'https://issuer.example/';
const audience = 'indicator-gateway';
const pairs = { one: await generateKeyPair('ES256'), two: await generateKeyPair('ES256') };
const rsa = await generateKeyPair('PS256', { extractable: true });

/** An issuer of keys; `answer` is its next response. */
let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
let fetches: number;

beforeEach(async () => {
  fetches = 0;
  // jose reads the wall clock, which only `pass` advances; timers and sockets are real.
  vi.useFakeTimers({ toFake: ['Date'] });
  server = createServer((_request, response) => {
    fetches += 1;
    answer(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  await serve({ one: pairs.one });
});

afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

async function serve(keys: Record<string, Pair>): Promise<void> {
  const list = await Promise.all(
    Object.entries(keys).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
  );
  answer = response => response.end(JSON.stringify({ keys: list }));
}

const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
const minutes = 60_000;
const hours = 60 * minutes;

const fail = (status: number) => (response: ServerResponse) => {
  response.statusCode = status;
  response.end('{"keys":[]}');
};

interface Door {
  readonly timeoutMs?: number;
  readonly log?: Log;
  readonly more?: Record<string, string>;
}

function openAuthenticator({ timeoutMs, log = silentLog, more = {} }: Door = {}): Authenticator {
  const environment = { AUTH: 'jwt', JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWKS_URL: url, ...more };
  const config = readConfig({ ARGUS_API_KEY: 'key', ...environment }).auth;
  return createAuthenticator(config, { log, jwksTimeoutMs: timeoutMs, clock: { wall: Date.now, monotonic: Date.now } });
}

interface Token {
  readonly payload?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: Pair['privateKey'] | Uint8Array;
}

/** A valid token with these changes. A claim of undefined is left out. */
async function sign({ payload = {}, header = {}, key = pairs.one.privateKey }: Token = {}): Promise<string> {
  const seconds = Math.floor(Date.now() / 1_000);
  const claims = { iss: issuer, aud: audience, sub: 'analyst', exp: seconds + 300, ...payload };
  return await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}

const ask = async (authenticator: Authenticator, token: string) =>
  await authenticator.authenticate({ authorization: `Bearer ${token}` }, '192.0.2.1');

test('a good token names its subject', async () => {
  expect(await ask(openAuthenticator(), await sign())).toEqual({
    name: 'analyst',
    clientKey: 'analyst',
    scopes: new Set(),
    keys: {},
  });
});

test.each([
  ['a text', 'scope', 'argus  datadog', ['argus', 'datadog']],
  ['a list', 'roles', ['argus', 7, 'datadog'], ['argus', 'datadog']],
  ['an object', 'scope', { argus: true }, []],
  ['a member of every object', 'constructor', undefined, []],
])('scopes are read from %s', async (_what, claim, value, scopes) => {
  const authenticator = openAuthenticator({ more: { JWT_SCOPE_CLAIM: claim } });
  expect(await ask(authenticator, await sign({ payload: { [claim]: value } }))).toHaveProperty(
    'scopes',
    new Set(scopes),
  );
});

test.each(['JWT', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('the type %s is an access token', async typ => {
  expect(await ask(openAuthenticator(), await sign({ header: { typ } }))).toHaveProperty('name', 'analyst');
});

const past = () => Math.floor(Date.now() / 1_000) - 60;
const spki = async () => new TextEncoder().encode(await exportSPKI(rsa.publicKey));

const hostile: Record<string, () => Promise<string> | string> = {
  'not signed at all': () =>
    new UnsecuredJWT({ sub: 'x' }).setIssuer(issuer).setAudience(audience).setExpirationTime('1h').encode(),
  'signed with a public key as if it were a secret': async () =>
    await sign({ header: { alg: 'HS256', kid: 'rsa' }, key: await spki() }),
  'signed by somebody else': () => sign({ key: pairs.two.privateKey }),
  'signed with an algorithm that is not allowed': () =>
    sign({ header: { alg: 'PS256', kid: 'rsa' }, key: rsa.privateKey }),
  'without expiry': () => sign({ payload: { exp: undefined } }),
  expired: () => sign({ payload: { exp: past() } }),
  'not valid yet': () => sign({ payload: { nbf: Math.floor(Date.now() / 1_000) + 60 } }),
  'from another issuer': () => sign({ payload: { iss: 'https://other.example/' } }),
  'without issuer': () => sign({ payload: { iss: undefined } }),
  'for another audience': () => sign({ payload: { aud: 'other' } }),
  'without audience': () => sign({ payload: { aud: undefined } }),
  'without subject': () => sign({ payload: { sub: undefined } }),
  'with an empty subject': () => sign({ payload: { sub: '' } }),
  'of another type': () => sign({ header: { typ: 'logout+jwt' } }),
  'with a key id that is a path': () => sign({ header: { kid: '../../../../dev/null' } }),
  'that brings its own key': async () =>
    await sign({ header: { kid: 'own', jwk: await exportJWK(pairs.two.publicKey) }, key: pairs.two.privateKey }),
  'of enormous size': () => sign({ payload: { padding: 'x'.repeat(20_000) } }),
  'that is no token': () => 'a.b.c',
  'with its signature cut off': async () => (await sign()).replace(/[^.]+$/, ''),
};

test.each(Object.keys(hostile))('a token %s gets the same authentication failure as any other', async name => {
  await serve({ one: pairs.one, rsa });
  const authenticator = openAuthenticator();
  expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
  const token = (await hostile[name]?.()) ?? '';
  expect(await ask(authenticator, token)).toEqual(await authenticator.authenticate({}, '192.0.2.1'));
});

test('keys are fetched once for many callers', async () => {
  const authenticator = openAuthenticator();
  const token = await sign();
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(authenticator, token)));
  expect(answers.every(caller => 'name' in caller)).toBe(true);
  expect(fetches).toBe(1);
});

test('a new key is found after the cooldown, and a flood of unknown key ids costs one fetch', async () => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  await serve({ one: pairs.one, two: pairs.two });
  const rotated = await sign({ header: { kid: 'two' }, key: pairs.two.privateKey });
  expect(await ask(authenticator, rotated)).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
  pass(30_000);
  expect(await ask(authenticator, rotated)).toHaveProperty('name', 'analyst');
  for (let index = 0; index < 100; index += 1)
    await ask(authenticator, await sign({ header: { kid: `flood-${index}` } }));
  expect(fetches).toBe(2);
});

test('while its issuer is down, a flood of unknown key ids costs one fetch in five seconds, and known keys still serve', async () => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  answer = fail(503);
  pass(30_000);
  const flood = await Promise.all(
    Array.from({ length: 50 }, (_, index) => sign({ header: { kid: `flood-${index}` } })),
  );
  for (const expected of [2, 3]) {
    await Promise.all(flood.map(token => ask(authenticator, token)));
    for (const token of flood) expect(await ask(authenticator, token)).toHaveProperty('refused', true);
    expect(fetches).toBe(expected);
    expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
    pass(5_000);
  }
});

test('a key that was exchanged while its issuer was down is found as soon as it is up again', async () => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  answer = fail(503);
  pass(2 * hours);
  const rotated = { header: { kid: 'two' }, key: pairs.two.privateKey };
  expect(await ask(authenticator, await sign(rotated))).toHaveProperty('refused', true);
  await serve({ two: pairs.two });
  pass(5_000);
  expect(await ask(authenticator, await sign(rotated))).toHaveProperty('name', 'analyst');
  expect(await ask(authenticator, await sign())).toHaveProperty('refused', true);
});

test('after ten minutes keys are refreshed once, not for each caller', async () => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  pass(10 * minutes - 1);
  await ask(authenticator, await sign());
  expect(fetches).toBe(1);
  pass(1);
  const tokens = await Promise.all(
    Array.from({ length: 50 }, (_, index) => sign({ payload: { sub: `caller-${index}` } })),
  );
  await Promise.all(tokens.map(token => ask(authenticator, token)));
  await expect.poll(() => fetches).toBe(2);
  pass(30_000);
  await Promise.all(tokens.map(token => ask(authenticator, token)));
  expect(fetches).toBe(2);
});

test('a withdrawn key is rejected after the next refresh', async () => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  await serve({ two: pairs.two });
  pass(10 * minutes);
  // Verified with the current keys while new ones are fetched.
  expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
  await expect.poll(async () => 'refused' in (await ask(authenticator, await sign()))).toBe(true);
});

test.each([500, 301, 404])('while the issuer answers %i, the last good keys serve for a bounded time', async status => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  answer = fail(status);
  pass(24 * hours - 1);
  expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
  pass(1);
  expect(await ask(authenticator, await sign())).toHaveProperty('refused', true);
});

test.each([
  ['a list of nothing', { keys: [] }],
  ['keys that are none', { keys: [{ kid: 'one' }] }],
  ['no list', { keys: {} }],
])('%s does not take the place of good keys', async (_what, body) => {
  const authenticator = openAuthenticator();
  await ask(authenticator, await sign());
  answer = response => response.end(JSON.stringify(body));
  pass(10 * minutes);
  await ask(authenticator, await sign());
  await expect.poll(() => fetches).toBe(2);
  pass(hours);
  expect(await ask(authenticator, await sign({ header: { kid: 'unknown' } }))).toHaveProperty('refused', true);
  expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
});

test('a key set of more than 256 KiB is refused, even with valid keys', async () => {
  const key = { ...(await exportJWK(pairs.one.publicKey)), kid: 'one' };
  const size = (padding: number) => (response: ServerResponse) =>
    void response.end(JSON.stringify({ keys: [key], padding: 'x'.repeat(padding) }));
  answer = size(255 * 1024);
  expect(await ask(openAuthenticator(), await sign())).toHaveProperty('name', 'analyst');
  answer = size(256 * 1024);
  expect(await ask(openAuthenticator(), await sign())).toHaveProperty('refused', true);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ['an error', fail(500), 'KeySetError'],
  ['nothing in time', () => {}, 'TimeoutError'],
  ['what is not JSON', response => void response.end('<html>'), 'SyntaxError'],
])(
  'an issuer that answers %s is told in the log, once for each fetch and by the name alone',
  async (_what, behave, reason) => {
    const told: [LogFields, string][] = [];
    const warn = (fields: LogFields, message: string) => void told.push([fields, message]);
    answer = behave;
    const authenticator = openAuthenticator({ timeoutMs: 200, log: { ...silentLog, warn } });
    for (let index = 0; index < 5; index += 1) await ask(authenticator, await sign());
    expect(told).toEqual([[{ reason }, 'The key set could not be fetched']]);
  },
);

test('a failing issuer is not flooded with fetches, and is used again as soon as it recovers', async () => {
  answer = fail(500);
  const authenticator = openAuthenticator();
  const token = await sign();
  await Promise.all(Array.from({ length: 50 }, () => ask(authenticator, token)));
  for (let index = 0; index < 50; index += 1) expect(await ask(authenticator, token)).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
  pass(5_000);
  for (let index = 0; index < 50; index += 1) expect(await ask(authenticator, token)).toHaveProperty('refused', true);
  expect(fetches).toBe(2);
  await serve({ one: pairs.one });
  pass(5_000);
  expect(await ask(authenticator, token)).toHaveProperty('name', 'analyst');
});

test('an issuer that hangs delays no caller whose key is known', async () => {
  const authenticator = openAuthenticator({ timeoutMs: 200 });
  await ask(authenticator, await sign());
  answer = () => {};
  pass(10 * minutes);
  const hung = Array.from({ length: 20 }, async () => ask(authenticator, await sign({ header: { kid: 'unknown' } })));
  expect(await ask(authenticator, await sign())).toHaveProperty('name', 'analyst');
  for (const refused of await Promise.all(hung)) expect(refused).toHaveProperty('refused', true);
  expect(fetches).toBe(2);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['a redirect', response => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['a body without end', response => void pour(response)],
  ['a drip', response => void response.write('{')],
  ['what is not JSON', response => void response.end('<html>')],
  ['a list of nothing', response => void response.end('{"keys":[]}')],
  ['null', response => void response.end('null')],
])('%s in place of the keys is an authentication failure, never an exception', async (_what, behave) => {
  answer = behave;
  expect(await ask(openAuthenticator({ timeoutMs: 500 }), await sign())).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
});

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(' '.repeat(65_536)));
  if (!response.destroyed) response.once('drain', () => pour(response));
}

test('a valid token is verified once in half a minute, an invalid one each time', async () => {
  let asked = 0;
  const getKey = async () => {
    asked += 1;
    return pairs.one.publicKey;
  };
  const policy = { issuer, audience: [audience], algorithms: ['ES256'], scopeClaim: 'scope' };
  const verify = createJwtVerifier(policy, getKey, Date.now);
  const [good, bad] = [await sign(), await sign({ key: pairs.two.privateKey })];
  for (let times = 0; times < 3; times += 1) expect(await verify(good)).toHaveProperty('name', 'analyst');
  expect(asked).toBe(1);
  for (let times = 0; times < 3; times += 1) expect(await verify(bad)).toBeUndefined();
  expect(asked).toBe(4);
  pass(30_000);
  expect(await verify(good)).toHaveProperty('name', 'analyst');
  expect(asked).toBe(5);
});

test('a verified token is rejected after it has expired', async () => {
  const authenticator = openAuthenticator();
  const token = await sign({ payload: { exp: Math.floor(Date.now() / 1_000) + 10 } });
  expect(await ask(authenticator, token)).toHaveProperty('name', 'analyst');
  pass(14_000);
  expect(await ask(authenticator, token)).toHaveProperty('name', 'analyst');
  pass(2_000);
  expect(await ask(authenticator, token)).toHaveProperty('refused', true);
});
