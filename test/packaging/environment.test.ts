import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../setup/config.ts';
import { gatewayEnvironment, objects, podOf, readChartFile, theOne, usableSets, valueSets } from './chart.ts';
import { configVariables, secretVariables } from './config-variables.ts';

/** Read by Node and by OpenTelemetry, not by our configuration. */
const isReadByOthers = (name: string) =>
  ['HTTPS_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'].includes(name) || name.startsWith('OTEL_');
/** Says the image, for every container of it. */
const fromImage = ['HOST'];

const known = new Set([...configVariables, ...secretVariables.map(name => `${name}_FILE`)]);
const environmentOf = (set: string) => gatewayEnvironment(objects(set));
const has = (environment: Record<string, string>, ...names: readonly string[]) =>
  names.every(name => (environment[name] ?? environment[`${name}_FILE`] ?? '') !== '');

describe.each(Object.keys(valueSets))('the environment of the value set %s', set => {
  const environment = environmentOf(set);

  it('holds no variable that the gateway does not know', () => {
    expect(Object.keys(environment).filter(name => !known.has(name) && !isReadByOthers(name))).toEqual([]);
  });

  it('holds no secret, only the names of files', () => {
    const secrets = secretVariables.filter(name => name !== 'REDIS_URL');
    expect(Object.keys(environment).filter(name => secrets.includes(name))).toEqual([]);
    expect(environment.REDIS_URL ?? '').not.toContain('@');
  });

  it('holds no empty and no mangled value', () => {
    for (const [name, value] of Object.entries(environment)) {
      expect(value, name).not.toBe('');
      expect(value, name).not.toMatch(/<no value>|map\[|e\+\d/);
    }
  });

  it('mounts each file that it names, read-only, under that very path', () => {
    const { containers, volumes } = podOf(theOne(objects(set), 'Deployment', 'gateway'));
    const paths = volumes.flatMap(volume => {
      const mount = containers[0]?.volumeMounts.find(one => one.name === volume.name);
      expect(mount?.readOnly, volume.name).toBe(true);
      return pathsIn(volume).map(path => `${mount?.mountPath}/${path}`);
    });
    const named = Object.entries(environment).filter(([, value]) => value.startsWith('/etc/indicator-gateway/'));
    expect(paths.sort()).toEqual(named.map(([, value]) => value).sort());
  });
});

/** Variables that name a file and do not say so. */
const filesOf = new Set(['TRUSTED_DOCUMENTS', 'EGRESS_POLICY']);
const folder = mkdtempSync(join(tmpdir(), 'environment-'));
afterAll(() => rmSync(folder, { recursive: true }));
/** What the Secrets would hold, where a bare word will not do. */
const contents: Record<string, string> = {
  API_KEYS: `soar:${'0'.repeat(64)}`,
  REDIS_URL: 'redis://:pass@redis:6379',
  REDIS_HMAC_KEY: 'k'.repeat(44),
  'policy.json': '{"rules":[{"name":"own domains","domains":["corp.example"]}]}',
  'manifest.json': '{"abc":"{ __typename }"}',
};

/** The environment in the image, its files in a folder of this test. */
function asMounted(environment: Record<string, string>): Record<string, string> {
  const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE') || filesOf.has(name));
  const mounted = files.map(([name, path]) => {
    const file = join(folder, basename(path));
    writeFileSync(file, contents[basename(path)] ?? 'a-secret');
    return [name, file] as const;
  });
  return { HOST: '0.0.0.0', ...environment, ...Object.fromEntries(mounted) };
}

const items = z.object({ items: z.array(z.object({ key: z.string(), path: z.string() })) });
const secretsVolume = z.object({ projected: z.object({ sources: z.array(z.object({ secret: items })) }) });
const mapVolume = z.object({ configMap: items });
function pathsIn(volume: unknown): string[] {
  const secrets = secretsVolume.safeParse(volume);
  const sources = secrets.success
    ? secrets.data.projected.sources.map(one => one.secret)
    : [mapVolume.parse(volume).configMap];
  return sources.flatMap(source => source.items.map(item => item.path));
}

describe.each(usableSets)('the environment of the value set %s', set => {
  const environment = environmentOf(set);
  const ofCallers = (source: string) => environment[`${source}_KEY_FROM`] === 'caller';

  it('is one that the gateway starts from: nothing it needs is missing, nothing is malformed', () => {
    expect(() => readConfig(asMounted(environment))).not.toThrow();
  });

  it('names credentials of at least one source', () => {
    const datadog =
      has(environment, 'DD_API_KEY', 'DD_APP_KEY') || has(environment, 'DD_ACCESS_TOKEN') || ofCallers('DATADOG');
    expect(datadog || has(environment, 'ARGUS_API_KEY') || ofCallers('ARGUS')).toBe(true);
  });

  it('says how callers are known, and all that this way needs', () => {
    const needs: Record<string, readonly string[]> = {
      none: [],
      'api-key': ['API_KEYS'],
      jwt: ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL'],
    };
    expect(has(environment, ...(needs[environment.AUTH ?? ''] ?? ['AUTH']))).toBe(true);
  });

  it('gives the ports that probes and Services use', () => {
    const ports = z.object({ ports: z.array(z.object({ name: z.string(), containerPort: z.number() })) });
    const { containers } = podOf(theOne(objects(set), 'Deployment', 'gateway'));
    expect(ports.parse(containers[0]).ports).toEqual([
      { name: 'http', containerPort: Number(environment.PORT) },
      { name: 'admin', containerPort: Number(environment.ADMIN_PORT) },
    ]);
  });
});

describe('the check of environments', () => {
  it('finds what is missing and what is unknown', () => {
    const environment = environmentOf('minimal');
    expect(() => readConfig(asMounted({ ...environment, PORT: 'http' }))).toThrow('PORT');
    expect(() => readConfig(asMounted(environmentOf('defaults')))).toThrow('API_KEYS is needed');
  });
});

const chartSources = z
  .array(z.object({ name: z.string(), value: z.string() }))
  .parse(JSON.parse(readChartFile('files/sources.json')));
const configSchema = z.object({
  properties: z.object({
    config: z.object({
      properties: z.record(
        z.string(),
        z.looseObject({ enum: z.array(z.unknown()).optional(), minimum: z.number().optional() }).or(z.literal(false)),
      ),
    }),
  }),
});
const configProperties = () =>
  configSchema.parse(JSON.parse(readChartFile('values.schema.json'))).properties.config.properties;

/** What the gateway is given where all is set that the chart takes of one source, whichever it is. */
function variablesOffered({ name, value }: (typeof chartSources)[number]): readonly string[] {
  const own = Object.entries(configProperties()).filter(([variable]) => variable.startsWith(`${name}_`));
  const valueFor = (schema: (typeof own)[number][1]) => schema && (schema.enum?.[0] ?? schema.minimum ?? 'word');
  const config = own.map(([variable, schema]) => [variable, valueFor(schema)] as const);
  const settings = [
    { [value]: { existingSecret: 'its-keys', url: 'https://proxy.example.org' }, config: Object.fromEntries(config) },
    { [value]: { keyFrom: 'caller' } },
  ];
  return settings.flatMap(one => {
    const pairs = Object.entries(one).flatMap(([key, given]) => ['--set-json', `${key}=${JSON.stringify(given)}`]);
    return Object.keys(gatewayEnvironment(objects('defaults', ...pairs)));
  });
}

describe('the chart as a whole', () => {
  it('offers every variable that the gateway knows', () => {
    const ofSets = Object.keys(valueSets).flatMap(set => Object.keys(environmentOf(set)));
    const offered = new Set([...ofSets, ...chartSources.flatMap(source => variablesOffered(source))]);
    const missing = configVariables.filter(name => !offered.has(name) && !offered.has(`${name}_FILE`));
    expect(missing.filter(name => !fromImage.includes(name))).toEqual([]);
  });

  it('takes in `config` only what the gateway knows', () => {
    const names = Object.keys(configProperties());
    expect(names.filter(name => !known.has(name) && !isReadByOthers(name))).toEqual([]);
  });

  it('asks for keys and shows no GraphiQL unless told otherwise', () => {
    expect(environmentOf('defaults')).toMatchObject({
      AUTH: 'api-key',
      GRAPHIQL: 'off',
      BOARD: 'off',
      DD_SITE: 'datadoghq.com',
    });
  });

  it('writes a bare YAML on and off as the gateway reads them', () => {
    expect(environmentOf('everything')).toMatchObject({
      CACHE_REVALIDATE: 'on',
      INTROSPECTION: 'off',
      CACHE_STALE_SECONDS: '1000000',
      VERDICT_SUSPICIOUS_FROM: '32.5',
      OTEL_SDK_DISABLED: 'false',
    });
    expect(environmentOf('emulators').GRAPHIQL).toBe('on');
  });

  it('sends nothing to the real APIs where the emulators are on', () => {
    expect(environmentOf('emulators')).toMatchObject({
      DATADOG_URL: 'http://soc-indicator-gateway-emulators:4010',
      ARGUS_URL: 'http://soc-indicator-gateway-emulators:4011',
      ALLOW_PLAIN_HTTP: 'on',
    });
    expect(environmentOf('minimal')).not.toHaveProperty('ALLOW_PLAIN_HTTP');
  });
});
