/** What an operator mistypes or copies with something around it: it is told, by name and never by value. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { sources } from '../../src/sources/index.ts';

const usable = { ARGUS_API_KEY: '1/2/hunter2' };
const warningsOf = (environment: Record<string, string>) => readConfig({ ...usable, ...environment }, sources).warnings;

describe('a variable that is none of ours', () => {
  it.each([
    ['ARGUS_SCOPES', 'ARGUS_SCOPE'],
    ['RATE_LIMIT_INDICATOR_PER_MINUTE', 'RATE_LIMIT_INDICATORS_PER_MINUTE'],
    ['REDIS_URI', 'REDIS_URL'],
    ['DATADOG_CONCURENCY', 'DATADOG_CONCURRENCY'],
    ['ARGUS_APIKEY', 'ARGUS_API_KEY'],
    ['DATADOG_PERSONAL_SCOPES', 'DATADOG_PERSONAL_SCOPE'],
    ['argus_scope', 'ARGUS_SCOPE'],
    ['DATADOG_API_KEY', 'DD_API_KEY'],
    ['DATADOG_SITE', 'DD_SITE'],
  ])('and nearly is one is told with the one that is meant: %s', (name, meant) => {
    expect(warningsOf({ [name]: 'hunter2' })).toEqual([
      `${name} is no variable of the gateway, and is not read: ${meant} is meant perhaps`,
    ]);
  });

  it.each([
    'PATH_INFO',
    'https_proxy',
    'no_proxy',
    'KUBERNETES_SERVICE_HOST',
    'REDIS_PORT',
    'DD_ENV',
    'OTEL_SERVICE_NAME',
    'NODE_ENV',
  ])('and belongs to others is passed over: %s', name => {
    expect(warningsOf({ [name]: 'http://x' })).toEqual([]);
  });
});

describe('a key', () => {
  it.each(['"1/2/hunter2"', "'1/2/hunter2'"])('in quotes is told: %s', key => {
    expect(warningsOf({ ARGUS_API_KEY: key })).toEqual([
      'ARGUS_API_KEY begins and ends with quotes, which are sent as a part of it',
    ]);
  });

  it.each(['ZGVtby1hcGkta2V5', 'MTIzLzQ1Ni9odW50ZXIyLXNlY3JldAo='])('that was left in base64 is told: %s', key => {
    expect(warningsOf({ DD_API_KEY: key, DD_APP_KEY: 'app' })).toEqual([
      'DD_API_KEY looks like base64, and is sent as it stands: decode it first',
    ]);
  });

  it.each(['0123456789abcdef0123456789abcdef', '12/34/aGVsbG8gd29ybGQ', 'demo-api-key'])(
    'as it should be is not: %s',
    key => {
      expect(warningsOf({ DD_API_KEY: key, DD_APP_KEY: 'app' })).toEqual([]);
    },
  );
});

it.each([
  [{ API_KEYS: 'a:b' }, 'set AUTH=api-key, or unset it'],
  [{ JWT_ISSUER: 'https://id.example.org' }, 'set AUTH=jwt, or unset it'],
])('callers that are named while AUTH is unset are a contradiction: %o', (environment, advice) => {
  expect(() => readConfig({ ...usable, ...environment }, sources)).toThrow(advice);
});
