import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import type { JwksTiming } from '../../src/access/jwks.ts';
import { createJwtVerifier } from '../../src/access/jwt.ts';
import { silentLog } from '../../src/observability/log.ts';
import { readConfig } from '../setup/config.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

const issuer = 'https://issuer.example/';
const audience = 'indicator-gateway';
const pairs = { one: await generateKeyPair('ES256'), two: await generateKeyPair('ES256') };
const rsa = await generateKeyPair('PS256', { extractable: true });

/** A real issuer of keys; `answer` is what it does next. */
let server: Server;
let url: string;
let answer: (response: ServerResponse) => void;
let fetches: number;
let clock: number;

beforeEach(async () => {
  fetches = 0;
  clock = Date.now();
  server = createServer((_request, response) => {
    fetches += 1;
    answer(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  await serve({ one: pairs.one });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

async function serve(keys: Record<string, Pair>): Promise<void> {
  const list = await Promise.all(
    Object.entries(keys).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
  );
  answer = response => response.end(JSON.stringify({ keys: list }));
}

const fail = (status: number) => (response: ServerResponse) => {
  response.statusCode = status;
  response.end('{"keys":[]}');
};

function openAccess(timing: Partial<JwksTiming> = {}, more: Record<string, string> = {}): Access {
  const environment = { AUTH: 'jwt', JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWKS_URL: url, ...more };
  return createAccess(readConfig({ ARGUS_API_KEY: 'key', ...environment }).access, {
    log: silentLog,
    now: () => clock,
    jwksTiming: timing,
  });
}

interface Token {
  readonly payload?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: Pair['privateKey'] | Uint8Array;
}

/** A good token, but for what is given. A claim of undefined is left out. */
async function sign({ payload = {}, header = {}, key = pairs.one.privateKey }: Token = {}): Promise<string> {
  const seconds = Math.floor(clock / 1_000);
  const claims = { iss: issuer, aud: audience, sub: 'analyst', exp: seconds + 300, ...payload };
  return await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}

const ask = async (access: Access, token: string) =>
  await access.authenticate({ authorization: `Bearer ${token}` }, '192.0.2.1');

test('a good token names its subject', async () => {
  expect(await ask(openAccess(), await sign())).toEqual({
    name: 'analyst',
    lane: 'analyst',
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
  const access = openAccess({}, { JWT_SCOPE_CLAIM: claim });
  expect(await ask(access, await sign({ payload: { [claim]: value } }))).toHaveProperty('scopes', new Set(scopes));
});

test.each(['JWT', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('the type %s is an access token', async typ => {
  expect(await ask(openAccess(), await sign({ header: { typ } }))).toHaveProperty('name', 'analyst');
});

const past = () => Math.floor(clock / 1_000) - 60;
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
  'not valid yet': () => sign({ payload: { nbf: Math.floor(clock / 1_000) + 60 } }),
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

test.each(Object.keys(hostile))('a token %s is refused like every other', async name => {
  await serve({ one: pairs.one, rsa });
  const access = openAccess();
  expect(await ask(access, await sign())).toHaveProperty('name', 'analyst');
  const token = (await hostile[name]?.()) ?? '';
  expect(await ask(access, token)).toEqual(await access.authenticate({}, '192.0.2.1'));
});

test('keys are fetched once for many callers', async () => {
  const access = openAccess();
  const token = await sign();
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(access, token)));
  expect(answers.every(caller => 'name' in caller)).toBe(true);
  expect(fetches).toBe(1);
});

test('a new key is found after the cooldown, and a flood of unknown key ids costs one fetch', async () => {
  const access = openAccess({ cooldown: 30_000 });
  await ask(access, await sign());
  await serve({ one: pairs.one, two: pairs.two });
  const rotated = await sign({ header: { kid: 'two' }, key: pairs.two.privateKey });
  expect(await ask(access, rotated)).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
  clock += 30_000;
  expect(await ask(access, rotated)).toHaveProperty('name', 'analyst');
  for (let index = 0; index < 100; index += 1) await ask(access, await sign({ header: { kid: `flood-${index}` } }));
  expect(fetches).toBe(2);
});

test('a key that its issuer withdrew is no longer believed after the next refresh', async () => {
  const access = openAccess({ refreshAfter: 600_000 });
  await ask(access, await sign());
  await serve({ two: pairs.two });
  clock += 600_001;
  // This one is served by the keys at hand while new ones are fetched.
  expect(await ask(access, await sign())).toHaveProperty('name', 'analyst');
  await expect.poll(async () => 'refused' in (await ask(access, await sign()))).toBe(true);
});

test.each([500, 301, 404])('while the issuer answers %i, the last good keys serve for a bounded time', async status => {
  const access = openAccess({ refreshAfter: 60_000, believeFor: 3_600_000, failureCooldown: 5_000 });
  await ask(access, await sign());
  answer = fail(status);
  clock += 3_600_000;
  expect(await ask(access, await sign())).toHaveProperty('name', 'analyst');
  clock += 1;
  expect(await ask(access, await sign())).toHaveProperty('refused', true);
});

test('a failing issuer is not stormed, and is believed again as soon as it recovers', async () => {
  answer = fail(500);
  const access = openAccess({ failureCooldown: 5_000 });
  const token = await sign();
  for (let index = 0; index < 50; index += 1) expect(await ask(access, token)).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
  await serve({ one: pairs.one });
  clock += 5_000;
  expect(await ask(access, token)).toHaveProperty('name', 'analyst');
});

test('an issuer that hangs holds up nobody whose key is known', async () => {
  const access = openAccess({ timeout: 200, cooldown: 0, refreshAfter: 0 });
  await ask(access, await sign());
  answer = () => {};
  clock += 1;
  const hung = Array.from({ length: 20 }, async () => ask(access, await sign({ header: { kid: 'unknown' } })));
  expect(await ask(access, await sign())).toHaveProperty('name', 'analyst');
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
])('%s in place of the keys is a refusal, never an exception', async (_what, behave) => {
  answer = behave;
  expect(await ask(openAccess({ timeout: 500 }), await sign())).toHaveProperty('refused', true);
  expect(fetches).toBe(1);
});

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(' '.repeat(65_536)));
  if (!response.destroyed) response.once('drain', () => pour(response));
}

test('a good token is verified once in half a minute; a bad one each time', async () => {
  let asked = 0;
  const getKey = async () => {
    asked += 1;
    return pairs.one.publicKey;
  };
  const policy = { issuer, audience: [audience], algorithms: ['ES256'], scopeClaim: 'scope' };
  const verify = createJwtVerifier(policy, getKey, () => clock);
  const [good, bad] = [await sign(), await sign({ key: pairs.two.privateKey })];
  for (let times = 0; times < 3; times += 1) expect(await verify(good)).toHaveProperty('name', 'analyst');
  expect(asked).toBe(1);
  for (let times = 0; times < 3; times += 1) expect(await verify(bad)).toBeUndefined();
  expect(asked).toBe(4);
  clock += 30_000;
  expect(await verify(good)).toHaveProperty('name', 'analyst');
  expect(asked).toBe(5);
});

test('a token that was found good is not believed past its end', async () => {
  const access = openAccess();
  const token = await sign({ payload: { exp: Math.floor(clock / 1_000) + 10 } });
  expect(await ask(access, token)).toHaveProperty('name', 'analyst');
  clock += 14_000;
  expect(await ask(access, token)).toHaveProperty('name', 'analyst');
  clock += 2_000;
  expect(await ask(access, token)).toHaveProperty('refused', true);
});
