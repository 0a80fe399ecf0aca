import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { configVariables, readConfig } from '../setup/config.ts';

const keys = { DD_API_KEY: 'key-canary', DD_APP_KEY: 'app-canary', ARGUS_API_KEY: 'a/b/argus-canary' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (problem) {
    if (problem instanceof ConfigError) return problem.problems;
    throw problem;
  }
}

describe('the configuration', () => {
  it('has the documented defaults', () => {
    expect(readConfig(keys)).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      logLevel: 'info',
      windows: { freshMs: 300_000, staleMs: 86_400_000, negativeMs: 60_000 },
      revalidates: false,
      deadlineMs: 8000,
      maxValues: 500,
      verdict: { maliciousFrom: 70, suspiciousFrom: 30 },
      sources: {
        DATADOG: { url: 'https://api.datadoghq.com', timeoutMs: 2500, concurrency: 256 },
        ARGUS: { url: 'https://api.mnemonic.no', timeoutMs: 5000, concurrency: 4 },
      },
      auth: { method: { mode: 'none' } },
    });
  });

  it.each([
    ...['datadoghq.com', 'us3.datadoghq.com', 'us5.datadoghq.com', 'datadoghq.eu', 'ap1.datadoghq.com'],
    ...['ap2.datadoghq.com', 'uk1.datadoghq.com'],
  ])('knows the address of the site %s', site => {
    const { DATADOG } = readConfig({ ...keys, DD_SITE: site }).sources;
    expect(DATADOG).toMatchObject({ url: `https://api.${site}`, warnings: [] });
  });

  it.each([
    ['ddog-gov.com', 'https://api.ddog-gov.com', /not supported there/],
    ['us2.ddog-gov.com', 'https://api.us2.ddog-gov.com', /not supported there/],
    ['xx9.datadoghq.com', 'https://api.xx9.datadoghq.com', /none of Datadog's public sites/],
    ['staging.datadoghq.eu', 'https://api.staging.datadoghq.eu', /none of Datadog's public sites/],
    ['us9.ddog-gov.com', 'https://api.us9.ddog-gov.com', /none of Datadog's public sites/],
  ])('takes the site %s with a warning, unless DATADOG_URL replaces it', (site, url, warning) => {
    const { DATADOG } = readConfig({ ...keys, DD_SITE: site }).sources;
    expect(DATADOG).toMatchObject({ url, warnings: [expect.stringMatching(warning)] });
    const replaced = readConfig({ ...keys, DD_SITE: site, DATADOG_URL: 'https://proxy.example.com' }).sources.DATADOG;
    expect(replaced).toMatchObject({ url: 'https://proxy.example.com', warnings: [] });
  });

  it.each([
    ['app.datadoghq.com', 'https://api.datadoghq.com', 0],
    ['app.datadoghq.eu', 'https://api.datadoghq.eu', 0],
    ['app.ddog-gov.com', 'https://api.ddog-gov.com', 1],
    ['api.us3.datadoghq.com', 'https://api.us3.datadoghq.com', 0],
  ])('understands the site as people see it in an address, %s', (site, url, warnings) => {
    const { DATADOG } = readConfig({ ...keys, DD_SITE: site }).sources;
    expect([DATADOG.url, DATADOG.warnings.length]).toEqual([url, warnings]);
  });

  it.each([
    ...['example.com', 'datadoghq.org', 'evildatadoghq.com', 'datadoghq.com.example.org', 'https://app.datadoghq.com'],
    ...['datadoghq.com/account', 'us3', 'datadoghq.com:443', 'u@datadoghq.com'],
  ])('refuses the site %s by name', site => {
    expect(problemsOf({ ...keys, DD_SITE: site })).toEqual([expect.stringMatching(/^DD_SITE must be a Datadog site/)]);
  });

  const indicator = '/api/v2/security/siem/ioc-explorer/indicator';
  const parts = ['/api', '/api/v2', '/api/v2/security', '/api/v2/security/siem', '/api/v2/security/siem/ioc-explorer'];

  it.each([
    ...[
      ...parts,
      indicator,
      '/v2',
      '/v2/security',
      '/api/v2/',
      '/API/v2',
      '/api/v2/.',
      '/proxy/api/v2',
      '/proxy/v2',
    ].map(path => ['DATADOG', path, `must end before ${indicator}`] as const),
    ...['/reputation', '/reputation/v2', '/reputation/v2/indicator', '/v2', '/proxy/reputation/v2/'].map(
      path => ['ARGUS', path, 'must end before /reputation/v2/indicator'] as const,
    ),
    ...['?x=1', '/a?x=1', '/a?', '/#x', '/a//b', '//a', '/a//b/'].flatMap(path => [
      ['DATADOG', path, 'must be a base address without'] as const,
      ['ARGUS', path, 'must be a base address without'] as const,
    ]),
  ])('refuses a base address of %s that ends in %s, by name', (source, path, problem) => {
    const problems = problemsOf({ ...keys, [`${source}_URL`]: `https://canary.example.com${path}` });
    expect(problems).toEqual([expect.stringContaining(`${source}_URL ${problem}`)]);
    expect(problems[0]).not.toContain('canary');
  });

  it.each(['user:canary@host.example.com', 'canary@host.example.com'])(
    'refuses a base address with credentials, and shows none of %s',
    authority => {
      const problems = problemsOf({ ...keys, DATADOG_URL: `https://${authority}` });
      expect(problems).toEqual([expect.stringMatching(/^DATADOG_URL must be a base address without user/)]);
      expect(problems[0]).not.toContain('canary');
    },
  );

  it.each([
    'https://api.datadoghq.com',
    'https://api.datadoghq.com/',
    'http://127.0.0.1:4010',
    'http://[::1]:4010/prefix',
    'https://api',
    'https://v2:8080/',
    'https://proxy.example.com/datadog',
    'https://proxy.example.com/api/v2/datadog/',
    'https://proxy.example.com/my-api',
    'https://proxy.example.com/v2/../prefix',
  ])('takes the base address %s', url => {
    expect(problemsOf({ ...keys, DATADOG_URL: url })).toEqual([]);
  });

  it.each(['DATADOG_URL', 'ARGUS_URL'])('sends no key over plain http to another host, unless told to: %s', name => {
    const plain = ['http://canary.example.com', 'HTTP://canary:8080/a', 'http://10.0.0.1', 'http://127.0.0.1.canary'];
    for (const url of plain) {
      expect(problemsOf({ ...keys, [name]: url })).toEqual([
        expect.stringMatching(new RegExp(`^${name} leads to another host over http://.*ALLOW_PLAIN_HTTP=on$`)),
      ]);
      expect(problemsOf({ ...keys, [name]: url, ALLOW_PLAIN_HTTP: 'off' })).toHaveLength(1);
      expect(problemsOf({ ...keys, [name]: url }).join()).not.toContain('canary');
      expect(problemsOf({ ...keys, [name]: url, ALLOW_PLAIN_HTTP: 'on' })).toEqual([]);
    }
    for (const url of ['http://localhost:8080', 'http://127.1.2.3', 'http://[::1]:1/a'])
      expect(problemsOf({ ...keys, [name]: url })).toEqual([]);
  });

  it('counts an empty variable as unset', () => {
    expect(readConfig({ ...keys, PORT: '', DD_SITE: ' ', REDIS_URL: '' })).toMatchObject({
      port: 4000,
      redis: undefined,
    });
  });

  it('names every problem at once and shows no value', () => {
    const problems = problemsOf({
      ...keys,
      PORT: 'canary-port',
      DD_SITE: 'canary.example',
      ARGUS_URL: 'ftp://canary',
      CACHE_REVALIDATE: 'canary',
      AUTH: 'canary',
      MAX_VALUES: '0',
      REDIS_URL_FILE: '/canary/redis',
    });
    for (const name of ['PORT', 'DD_SITE', 'ARGUS_URL', 'CACHE_REVALIDATE', 'AUTH', 'MAX_VALUES', 'REDIS_URL_FILE'])
      expect(problems.filter(problem => problem.startsWith(`${name} `))).toHaveLength(1);
    expect(problems.join('\n')).not.toContain('canary');
  });

  it.each([
    [{ DD_API_KEY: 'x' }, /DD_APP_KEY is missing/],
    [{ DD_APP_KEY: 'x' }, /DD_API_KEY is missing/],
    [{ ...keys, DD_ACCESS_TOKEN: 'x' }, /token or the pair, not both/],
    [{}, /No source is configured: set DD_API_KEY/],
    [{ ...keys, HOST: '0.0.0.0' }, /AUTH must be set/],
    [{ ...keys, VERDICT_MALICIOUS_FROM: '20' }, /VERDICT_MALICIOUS_FROM.*suspicious not above malicious/],
    [{ ...keys, REDIS_URL: 'http://x' }, /REDIS_URL must be an address/],
    [{ ...keys, REDIS_URL: 'redis://:secret@a b:1' }, /REDIS_URL must be an address/],
    [{ ...keys, CORS_ORIGINS: '*' }, /CORS_ORIGINS must be exact origins/],
    [{ ...keys, CORS_ORIGINS: 'null' }, /CORS_ORIGINS must be exact origins/],
    [{ ...keys, CORS_ORIGINS: 'https://a.example, https://b.example/' }, /CORS_ORIGINS must be exact origins/],
    [{ ...keys, CORS_HEADERS: 'x-team, b 3' }, /CORS_HEADERS must be names of headers/],
    [{ ...keys, KEEP_ALIVE_SECONDS: '0' }, /KEEP_ALIVE_SECONDS must be a number of seconds from 1/],
    [{ ...keys, TRUST_PROXY: 'true' }, /TRUST_PROXY must be addresses or CIDR blocks/],
    [{ ...keys, TRUST_PROXY: '10.0.0.0/33' }, /TRUST_PROXY must be addresses or CIDR blocks/],
    [{ ...keys, ARGUS_API_KEY: 'two words' }, /ARGUS_API_KEY must be printable ASCII/],
    [{ ...keys, DD_APP_KEY: 'line\u0007' }, /DD_APP_KEY must be printable ASCII/],
    [{ ...keys, TRUSTED_DOCUMENTS: '/nowhere/documents.json' }, /TRUSTED_DOCUMENTS names a file that cannot be read/],
  ])('refuses %o', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)]);
  });

  it('hides no problem behind another', () => {
    const problems = problemsOf({
      PORT: 'x',
      HOST: '0.0.0.0',
      DD_SITE: 'x',
      DD_API_KEY: 'x',
      VERDICT_MALICIOUS_FROM: '20',
      REDIS_URL: 'x',
      TRUSTED_DOCUMENTS: '/nowhere',
      ARGUS_SCOPE: 'x',
    });
    const named = problems.map(problem => problem.split(' ')[0]);
    expect(named.sort()).toEqual([
      'ARGUS_SCOPE',
      'AUTH',
      'DD_APP_KEY',
      'DD_SITE',
      'PORT',
      'REDIS_URL',
      'TRUSTED_DOCUMENTS',
      'VERDICT_MALICIOUS_FROM',
    ]);
  });

  it.each([
    ...['0.0.0.0/0', '::/0', '0.0.0.0/1,128.0.0.0/1', '128.0.0.0/1, 64.0.0.0/2, 0.0.0.0/2', '10.0.0.0/8,8000::/1,::/1'],
    ...['::ffff:0.0.0.0/96', '::ffff:0:0/97,128.0.0.0/1'],
  ])('trusts no proxies that are everybody: %s', networks => {
    expect(problemsOf({ ...keys, TRUST_PROXY: networks })).toEqual([
      expect.stringMatching(/^TRUST_PROXY must leave some addresses out: name the networks of your proxies/),
    ]);
  });

  it.each([
    ...['::ffff:0.0.0.0/0', '0::ffff:10.0.0.0/95', 'fe80::1%eth0', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.1-10.0.0.9'],
    ...['10.0.0', '010.0.0.1', 'loopback'],
  ])('trusts no network that is none: %s', networks => {
    const problem = 'TRUST_PROXY must be addresses or CIDR blocks';
    expect(problemsOf({ ...keys, TRUST_PROXY: `192.0.2.1,${networks}` })).toEqual([problem]);
  });

  it.each(['0.0.0.0/1,::1', '::ffff:192.0.2.0/120', '192.0.2.1/24,192.0.2.0/25', '10.0.0.0/8,128.0.0.0/1'])(
    'trusts the proxies %s, as the server does',
    networks => {
      const { trustProxy } = readConfig({ ...keys, TRUST_PROXY: networks });
      expect(() => Fastify({ trustProxy: [...trustProxy] })).not.toThrow();
      expect(trustProxy.join()).toBe(networks);
    },
  );

  it.each(['ioc', '/a//b', '/a/../b', '/a?b', '/a b', 'https://a.example/ioc'])('refuses the base path %s', given => {
    expect(problemsOf({ ...keys, BASE_PATH: given })).toEqual(['BASE_PATH must be a path like /ioc']);
  });

  it('takes a base path with a slash at its end, or nothing but that', () => {
    expect(readConfig({ ...keys, BASE_PATH: '/soc/ioc.v1/' }).basePath).toBe('/soc/ioc.v1');
    expect(readConfig({ ...keys, BASE_PATH: '/' }).basePath).toBe('');
  });

  it('takes exact origins and networks as they are', () => {
    const origins = 'https://board.example.com, http://127.0.0.1:5173';
    const { corsOrigins, trustProxy } = readConfig({
      ...keys,
      CORS_ORIGINS: origins,
      TRUST_PROXY: '10.0.0.0/8,::1,192.0.2.7',
    });
    expect(corsOrigins).toEqual(['https://board.example.com', 'http://127.0.0.1:5173']);
    expect(trustProxy).toEqual(['10.0.0.0/8', '::1', '192.0.2.7']);
  });

  it.each([
    [{ https_proxy: 'http://low:1', no_proxy: 'low' }, 'http://low:1/', 'low'],
    [
      { https_proxy: 'http://low:1', HTTPS_PROXY: 'http://high:1', no_proxy: 'low', NO_PROXY: 'high' },
      'http://high:1/',
      'high',
    ],
    [{ https_proxy: 'http://low:1', HTTPS_PROXY: ' ', NO_PROXY: '' }, 'http://low:1/', undefined],
  ])('reads the proxy in lower case too: %o', (environment, proxyUrl, noProxy) => {
    const { proxy } = readConfig({ ...keys, ...environment });
    expect([new URL(proxy.proxyUrl ?? '').href, proxy.noProxy]).toEqual([proxyUrl, noProxy]);
  });

  it('accepts an explicit AUTH=none on any address', () => {
    expect(readConfig({ ...keys, HOST: '0.0.0.0', AUTH: 'none' }).host).toBe('0.0.0.0');
  });

  it('is complete in .env.example, which names no other variable', () => {
    const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const told = [...text.matchAll(/^([A-Z_0-9]+)=/gm)].map(([, name]) => name);
    expect([...told].sort()).toEqual([...configVariables].sort());
  });
});
