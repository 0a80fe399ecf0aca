import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLoopback } from '../../src/config/auth.ts';
import { ConfigError } from '../../src/config/config.ts';
import { readConfig } from '../setup/config.ts';

const digest = 'a'.repeat(64);

const authConfigOf = (environment: Record<string, string | undefined>) =>
  readConfig({ ARGUS_API_KEY: 'key', ...environment }).auth;

function problemsOf(environment: Record<string, string>): Record<string, string> {
  try {
    authConfigOf(environment);
    return {};
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem;
    return Object.fromEntries(problem.problems.map(line => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]));
  }
}

test('an empty environment admits every caller on loopback, without limits', () => {
  expect(authConfigOf({})).toEqual({
    method: { mode: 'none' },
    scopes: { DATADOG: { see: undefined, personal: undefined }, ARGUS: { see: undefined } },
    keyHeaders: {},
    indicatorsPerMinute: 0,
    trustedDocuments: undefined,
    audit: { indicators: 'plain', hmacKey: undefined },
  });
});

test('the environment of a real process can be read, and other variables are ignored', () => {
  expect(authConfigOf({ ...process.env, HOST: '', AUTH: '' }).method.mode).toBe('none');
  process.env.ARGUS_KEY_FROM = 'caller';
  expect(authConfigOf(process.env).keyHeaders).toEqual({ ARGUS: ['argus-api-key'] });
  delete process.env.ARGUS_KEY_FROM;
});

test.each(['0.0.0.0', '::', '10.0.0.1', 'gateway.example', '127.0.0.1.example', '[::]'])(
  'an address others can reach (%s) needs AUTH, and the message says what to do',
  host => {
    expect(problemsOf({ HOST: host })).toEqual({ AUTH: expect.stringMatching(/api-key.*jwt.*none/) });
    expect(problemsOf({ HOST: host, AUTH: 'none' })).toEqual({});
  },
);

test.each(['127.0.0.1', '127.8.9.10', '::1', '[::1]', 'localhost', 'LOCALHOST'])('%s is loopback', host => {
  expect(isLoopback(host)).toBe(true);
});

test('an empty variable counts as unset', () => {
  expect(authConfigOf({ AUTH: '', HOST: ' ', JWT_ALGORITHMS: '', DATADOG_SCOPE: '' }).method).toEqual({
    mode: 'none',
  });
});

test('callers known by name are limited to 6,000 indicators a minute by default', () => {
  const environment = { AUTH: 'api-key', API_KEYS: `soc:${digest}` };
  expect(authConfigOf(environment).indicatorsPerMinute).toBe(6_000);
  expect(authConfigOf({ ...environment, RATE_LIMIT_INDICATORS_PER_MINUTE: '0' }).indicatorsPerMinute).toBe(0);
});

test('tokens are verified with the documented defaults', () => {
  const environment = {
    AUTH: 'jwt',
    JWT_ISSUER: 'https://issuer.example/',
    JWT_AUDIENCE: 'gateway, other',
    JWKS_URL: 'https://issuer.example/jwks',
  };
  expect(authConfigOf(environment).method).toEqual({
    mode: 'jwt',
    issuer: 'https://issuer.example/',
    audience: ['gateway', 'other'],
    jwksUrl: 'https://issuer.example/jwks',
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    scopeClaim: 'scope',
  });
});

test('all problems are named at once, each by its variable, and no value is repeated', () => {
  const canary = 'canary5ecret';
  const problems = problemsOf({
    AUTH: 'jwt',
    JWKS_URL: `http://${canary}.example/jwks`,
    JWT_ALGORITHMS: `HS256,${canary}`,
    ARGUS_KEY_FROM: canary,
    DATADOG_KEY_FROM: canary,
    DATADOG_SCOPE: `${canary} two`,
    RATE_LIMIT_INDICATORS_PER_MINUTE: `-1${canary}`,
    AUDIT_INDICATORS: canary,
  });
  expect(Object.keys(problems).sort()).toEqual([
    'ARGUS_KEY_FROM',
    'AUDIT_INDICATORS',
    'DATADOG_KEY_FROM',
    'DATADOG_SCOPE',
    'JWKS_URL',
    'JWT_ALGORITHMS',
    'JWT_AUDIENCE',
    'JWT_ISSUER',
    'RATE_LIMIT_INDICATORS_PER_MINUTE',
  ]);
  expect(JSON.stringify(problems)).not.toContain(canary);
});

test('a wrong AUTH is a problem of AUTH alone', () => {
  expect(Object.keys(problemsOf({ AUTH: 'basic', HOST: '0.0.0.0' }))).toEqual(['AUTH']);
});

test('a scope that no caller can have stops the start', () => {
  expect(Object.keys(problemsOf({ DATADOG_SCOPE: 'datadog', AUTH: 'none' }))).toEqual(['DATADOG_SCOPE']);
});

test.each(['', 'soc', 'soc:abc', `:${digest}`, `soc:${digest}:`, `soc:${digest}:a++b`, `a:${digest},b:${digest}`])(
  'an unusable list of keys is refused without repeating it (%#)',
  keys => {
    const problems = problemsOf({ AUTH: 'api-key', API_KEYS: keys });
    expect(Object.keys(problems)).toEqual(['API_KEYS']);
    expect(JSON.stringify(problems)).not.toContain(digest);
  },
);

test('keys may be in a file, one per line', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys');
  writeFileSync(file, `soc:${digest}:argus+datadog\nsoc:${'b'.repeat(64)}\n`);
  expect(authConfigOf({ AUTH: 'api-key', API_KEYS_FILE: file }).method.mode).toBe('api-key');
  expect(problemsOf({ AUTH: 'api-key', API_KEYS_FILE: `${file}.none` })).toEqual({
    API_KEYS_FILE: 'names a file that cannot be read (ENOENT)',
  });
  expect(Object.keys(problemsOf({ AUTH: 'api-key', API_KEYS_FILE: file, API_KEYS: 'x' }))).toEqual(['API_KEYS_FILE']);
});
