import { createHash, timingSafeEqual } from 'node:crypto';
import { expect, test } from 'vitest';
import { findEntry, parseApiKeys } from '../../src/auth/api-keys.ts';
import { createAuthenticator } from '../../src/auth/callers.ts';
import { systemClock } from '../../src/clock.ts';
import type { Secret } from '../../src/config/secret.ts';
import { readConfig } from '../setup/config.ts';
import { silentLog } from '../setup/silent-log.ts';

const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const keys = [`soc:${hash('old')}:argus+datadog`, `soc:${hash('new')}:argus`, `board:${hash('third')}`].join(',');

function authenticatorWith(more: Record<string, string> = {}) {
  const config = readConfig({ ARGUS_API_KEY: 'key', AUTH: 'api-key', API_KEYS: keys, ...more }).auth;
  return createAuthenticator(config, { log: silentLog, clock: systemClock });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

test('the owner of a key is known by name and scopes, under the old and the new key alike', async () => {
  const authenticator = authenticatorWith();
  expect(await authenticator.authenticate(bearer('old'), '192.0.2.1')).toEqual({
    name: 'soc',
    clientKey: 'soc',
    scopes: new Set(['argus', 'datadog']),
    keys: {},
  });
  expect(await authenticator.authenticate(bearer('new'), '192.0.2.1')).toEqual({
    name: 'soc',
    clientKey: 'soc',
    scopes: new Set(['argus']),
    keys: {},
  });
  expect(await authenticator.authenticate({ authorization: 'bearer  third' }, '192.0.2.1')).toMatchObject({
    name: 'board',
  });
});

test('everything else gets the same authentication failure', async () => {
  const authenticator = authenticatorWith();
  const wrong = ['', 'Bearer', 'Bearer ', 'Basic old', `Bearer ${hash('old')}`, 'Bearer old new', 'Bearer OLD', 'old'];
  const answers = await Promise.all(
    [{}, ...wrong.map(authorization => ({ authorization })), bearer('x'.repeat(100_000))].map(headers =>
      authenticator.authenticate(headers, '192.0.2.1'),
    ),
  );
  expect(answers[0]).toMatchObject({ refused: true, wwwAuthenticate: 'Bearer realm="indicator-gateway"' });
  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1);
});

test('every entry is compared, wherever the match is and whether there is one', () => {
  const entries = parseApiKeys(keys).entries ?? [];
  for (const key of ['old', 'new', 'third', 'none']) {
    let compared = 0;
    const entry = findEntry(entries, key, (a, b) => {
      compared += 1;
      return timingSafeEqual(a, b);
    });
    expect(compared).toBe(3);
    expect(entry?.digest.toString('hex')).toBe(key === 'none' ? undefined : hash(key));
  }
});

test('a changed list takes effect; an invalid one leaves the last valid list in force', async () => {
  let text = keys;
  const secret: Secret = { read: () => text, reload: () => false };
  const config = readConfig({ ARGUS_API_KEY: 'key', AUTH: 'api-key', API_KEYS: keys }).auth;
  const authenticator = createAuthenticator(
    { ...config, method: { mode: 'api-key', keys: secret } },
    { log: silentLog, clock: systemClock },
  );
  text = `soc:${hash('newest')}`;
  expect(await authenticator.authenticate(bearer('newest'), '192.0.2.1')).toMatchObject({ name: 'soc' });
  expect(await authenticator.authenticate(bearer('old'), '192.0.2.1')).toMatchObject({ refused: true });
  text = 'half a li';
  expect(await authenticator.authenticate(bearer('newest'), '192.0.2.1')).toMatchObject({ name: 'soc' });
});

const upstreamHeaders = { 'argus-api-key': 'my/api/key', 'dd-api-key': 'a', 'dd-application-key': 'b' };

test("callers' own upstream keys are read only where the configuration asks for them", async () => {
  const headers = { ...bearer('old'), ...upstreamHeaders };
  expect(await authenticatorWith().authenticate(headers, '192.0.2.1')).toMatchObject({ keys: {} });
  expect(await authenticatorWith({ ARGUS_KEY_FROM: 'caller' }).authenticate(headers, '192.0.2.1')).toMatchObject({
    keys: { ARGUS: { 'argus-api-key': 'my/api/key' } },
  });
  const authenticator = authenticatorWith({ DATADOG_KEY_FROM: 'caller' });
  expect(await authenticator.authenticate(headers, '192.0.2.1')).toHaveProperty('keys', {
    DATADOG: { 'dd-api-key': 'a', 'dd-application-key': 'b' },
  });
});

test('half a key pair, an empty key and a repeated key are ignored', async () => {
  const authenticator = authenticatorWith({ ARGUS_KEY_FROM: 'caller', DATADOG_KEY_FROM: 'caller' });
  for (const headers of [
    { 'dd-api-key': 'a' },
    { 'dd-application-key': 'b' },
    { 'argus-api-key': '' },
    { 'argus-api-key': 'x, y' },
  ]) {
    expect(await authenticator.authenticate({ ...bearer('old'), ...headers }, '192.0.2.1')).toHaveProperty('keys', {});
  }
});

test('without AUTH every caller is anonymous and has no scope', async () => {
  const authenticator = createAuthenticator(readConfig({ ARGUS_API_KEY: 'key', ARGUS_KEY_FROM: 'caller' }).auth, {
    log: silentLog,
    clock: systemClock,
  });
  expect(await authenticator.authenticate(upstreamHeaders, '192.0.2.1')).toEqual({
    name: 'anonymous',
    clientKey: 'anonymous 192.0.2.1',
    scopes: new Set(),
    keys: { ARGUS: { 'argus-api-key': 'my/api/key' } },
  });
});
