/**
 * What operators get wrong, and how they are told: refused at the start, or in a line of the log, by the variable's name and with what
 * would be right. Every spelling of each stands in test/config.
 */
import { describe, expect, it } from 'vitest';
import { startGateway } from '../../src/main.ts';
import { createLog } from '../../src/observability/log.ts';

interface Mistake {
  readonly set: Readonly<Record<string, string>>;
  readonly told: string;
}

/** The gateway does not start. */
const refused: Readonly<Record<string, Mistake>> = {
  "a source's address with the path of its documents": {
    set: { DATADOG_URL: 'https://api.datadoghq.com/api/v2' },
    told: 'DATADOG_URL must end before /api/v2/security/siem/ioc-explorer/indicator',
  },
  'a source over plain http': {
    set: { ARGUS_URL: 'http://api.mnemonic.no' },
    told: 'ARGUS_URL leads to another host over http://, where keys and answers travel in the clear',
  },
  'half a pair of keys': { set: { DD_APP_KEY: '' }, told: 'DD_APP_KEY is missing' },
  'a key beside its file': {
    set: { DD_API_KEY_FILE: '/run/key' },
    told: 'DD_API_KEY_FILE stands beside DD_API_KEY: set one of them, not both',
  },
  'a file that is not there': {
    set: { REDIS_PASSWORD_FILE: '/nowhere', REDIS_URL: 'redis://127.0.0.1:1' },
    told: 'REDIS_PASSWORD_FILE names a file that cannot be read (ENOENT)',
  },
  'keys of callers that nobody has to show': {
    set: { API_KEYS: 'soc:0' },
    told: 'API_KEYS is set and AUTH is not, so that everybody would be let in: set AUTH=api-key, or unset it',
  },
  'a door that is open to everybody': {
    set: { HOST: '0.0.0.0' },
    told: 'AUTH must be set where HOST is not a loopback',
  },
  'a scope that no caller can carry': {
    set: { ARGUS_SCOPE: 'secret' },
    told: 'ARGUS_SCOPE needs AUTH=api-key or AUTH=jwt',
  },
  'proxies that are everybody': {
    set: { TRUST_PROXY: '0.0.0.0/0' },
    told: 'TRUST_PROXY must leave some addresses out',
  },
  'a Sentinel as the address of Redis': {
    set: { REDIS_URL: 'redis+sentinel://127.0.0.1:26379/mymaster' },
    told: 'REDIS_URL must be an address that begins with redis:// or rediss://',
  },
  'a password of Redis that is not encoded': {
    set: { REDIS_URL: 'redis://:p#ss/w?rd@127.0.0.1' },
    told: 'a password in it must be percent-encoded, or stand in REDIS_PASSWORD',
  },
  'Sentinels without the name of their master': {
    set: { REDIS_SENTINELS: 'sentinel-1:26379' },
    told: 'REDIS_SENTINELS and REDIS_SENTINEL_NAME go together',
  },
  'a unit where a number belongs': {
    set: { DATADOG_TIMEOUT_MS: '2.5s' },
    told: 'DATADOG_TIMEOUT_MS must be a whole number from 1 to 60000',
  },
  'a word where on or off belongs': {
    set: { CACHE_REVALIDATE: 'true' },
    told: 'CACHE_REVALIDATE must be "on" or "off"',
  },
  'a level of the log in capitals': { set: { LOG_LEVEL: 'INFO' }, told: 'LOG_LEVEL must be one of fatal, error, warn' },
  'thresholds the wrong way round': {
    set: { VERDICT_MALICIOUS_FROM: '20' },
    told: 'VERDICT_MALICIOUS_FROM and VERDICT_SUSPICIOUS_FROM:',
  },
  'a protocol that no collector speaks': {
    set: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protbuf' },
    told: 'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/protobuf, http/json',
  },
  'a collector without a scheme': {
    set: { OTEL_EXPORTER_OTLP_ENDPOINT: 'otel:4318' },
    told: 'OTEL_EXPORTER_OTLP_ENDPOINT must be an address that begins with http:// or https://',
  },
  'a sampler that is none': {
    set: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318', OTEL_TRACES_SAMPLER: 'ratio' },
    told: 'OTEL_TRACES_SAMPLER must be one of always_on',
  },
};

/** The gateway starts, with a line `configuration` at warn. */
const warned: Readonly<Record<string, Mistake>> = {
  'a variable that is none': {
    set: { ARGUS_SCOPES: 'secret' },
    told: 'ARGUS_SCOPES is no variable of the gateway, and is not read: ARGUS_SCOPE is meant perhaps',
  },
  "a key in Datadog's other name": {
    set: { DATADOG_API_KEY: 'key' },
    told: 'DATADOG_API_KEY is no variable of the gateway, and is not read: DD_API_KEY is meant perhaps',
  },
  'a key in quotes': {
    set: { DD_API_KEY: '"demo-api-key"' },
    told: 'DD_API_KEY begins and ends with quotes, which are sent as a part of it',
  },
  'a key in base64': {
    set: { DD_API_KEY: 'ZGVtby1hcGkta2V5' },
    told: 'DD_API_KEY looks like base64, and is sent as it stands: decode it first',
  },
  'a proxy for http alone': {
    set: { HTTP_PROXY: 'http://proxy:3128' },
    told: 'HTTP_PROXY is set and HTTPS_PROXY is not: no proxy is used, for sources are asked over https',
  },
  'a deadline before every timeout': {
    set: { REQUEST_DEADLINE_MS: '1000' },
    told: 'REQUEST_DEADLINE_MS is 1000, less than DATADOG_TIMEOUT_MS and ARGUS_TIMEOUT_MS: these have no effect, and no call is tried again',
  },
  'more memory than there is': {
    set: { MEMORY_LIMIT_MB: '1000000' },
    told: 'MEMORY_LIMIT_MB is 1000000, but this process has room for',
  },
};

const nobody = 'http://127.0.0.1:1';
const usable = {
  ...{ PORT: '0', DATADOG_URL: nobody, DD_API_KEY: 'demo-api-key', DD_APP_KEY: 'demo-app-key' },
  ...{ ARGUS_URL: nobody, ARGUS_API_KEY: 'demo/key/full' },
};

interface Start {
  readonly problem?: string;
  readonly warnings: readonly unknown[];
}

/** What is told of it. */
async function start(set: Mistake['set']): Promise<Start> {
  const warnings: unknown[] = [];
  const write = (line: string) => void warnings.push(JSON.parse(line));
  const log = createLog({ level: 'warn', sources: ['DATADOG', 'ARGUS'], destination: { write } });
  try {
    const gateway = await startGateway({ ...usable, ...set }, { log });
    await gateway.stop();
    return { warnings };
  } catch (problem) {
    return { problem: String(problem), warnings };
  }
}

describe('refused at the start:', () => {
  it.each(Object.entries(refused))('%s', async (_, { set, told }) => {
    expect((await start(set)).problem).toContain(told);
  });
});

describe('told at the start:', () => {
  it.each(Object.entries(warned))('%s', async (_, { set, told }) => {
    const { problem, warnings } = await start(set);
    expect(problem).toBeUndefined();
    expect(warnings).toContainEqual(
      expect.objectContaining({ message: 'configuration', warning: expect.stringContaining(told) }),
    );
  });

  it('nothing, where nothing is wrong', async () => {
    expect(await start({ https_proxy: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.1' })).toEqual({ warnings: [] });
  });
});
