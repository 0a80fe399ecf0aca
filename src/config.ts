/** From the environment to one Config, or every problem at once, by name, never a value. */
import { z } from 'zod';
import { type AccessConfig, accessConfigSchema } from './access/config.ts';
import type { Windows } from './cache/read-through.ts';
import { policyProblem, type VerdictPolicy } from './domain/verdict.ts';
import { argusSettings, argusVariables, datadogSettings, datadogVariables } from './sources/index.ts';
import {
  type Environment,
  integer,
  number,
  oneOf,
  onOff,
  type Problems,
  readVariables,
  seconds,
  secret,
  url,
  variableNames,
  words,
} from './variables.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const gatewayVariables = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(4000, 0, 65_535),
  ADMIN_PORT: integer(0, 1, 65_535).transform(port => port || undefined),
  LOG_LEVEL: oneOf(logLevels).default('info'),
  REDIS_URL: secret,
  CACHE_FRESH_SECONDS: seconds(300, 0, 604_800),
  CACHE_STALE_SECONDS: seconds(86_400, 0, 2_592_000),
  CACHE_NEGATIVE_SECONDS: seconds(60, 0, 86_400),
  CACHE_REVALIDATE: onOff('off'),
  REQUEST_DEADLINE_MS: integer(8000, 1, 9_500),
  MAX_VALUES: integer(500, 1, 10_000),
  CORS_ORIGINS: words().default([]),
  GRAPHIQL: onOff('on'),
  INTROSPECTION: onOff('on'),
  TRUST_PROXY: words().default([]),
  VERDICT_MALICIOUS_FROM: number(70, 0, 100),
  VERDICT_SUSPICIOUS_FROM: number(30, 0, 100),
  HTTPS_PROXY: url('http:', 'https:').optional(),
  NO_PROXY: z.string().optional(),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly adminPort: number | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly redisUrl: string | undefined;
  readonly windows: Windows;
  readonly revalidates: boolean;
  readonly deadlineMs: number;
  readonly maxValues: number;
  readonly corsOrigins: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly trustProxy: readonly string[];
  readonly verdict: VerdictPolicy;
  readonly proxy: { readonly proxyUrl?: string; readonly noProxy?: string };
  readonly access: AccessConfig;
  readonly datadog: Exclude<ReturnType<typeof datadogSettings>, { problems: Problems }>;
  readonly argus: ReturnType<typeof argusSettings>;
}

/** Each problem names its variable and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: Problems;
  constructor(problems: Problems) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Every variable that this program reads, for `.env.example` and the chart to be checked against. */
export const configVariables: readonly string[] = [
  ...[gatewayVariables, datadogVariables, argusVariables].flatMap(variableNames),
  ...['AUTH', 'API_KEYS', 'API_KEYS_FILE', 'JWT_ISSUER', 'JWT_AUDIENCE', 'JWKS_URL', 'JWT_ALGORITHMS'],
  ...['JWT_SCOPE_CLAIM', 'DATADOG_SCOPE', 'ARGUS_SCOPE', 'DATADOG_PERSONAL_SCOPE', 'ARGUS_KEY_FROM'],
  ...['DATADOG_KEY_FROM', 'RATE_LIMIT_INDICATORS_PER_MINUTE', 'TRUSTED_DOCUMENTS', 'AUDIT_INDICATORS'],
  ...['AUDIT_HMAC_KEY', 'AUDIT_HMAC_KEY_FILE'],
];

/** Throws ConfigError. */
export function readConfig(environment: Environment): Config {
  const gateway = readVariables(gatewayVariables, environment);
  const datadogRead = readVariables(datadogVariables, environment);
  const argusRead = readVariables(argusVariables, environment);
  const access = accessConfigSchema.safeParse(environment);
  const datadog = datadogRead.values && datadogSettings(datadogRead.values);
  const problems = [
    ...(gateway.problems ?? crossChecks(gateway.values)),
    ...(datadogRead.problems ?? []),
    ...(datadog && 'problems' in datadog ? datadog.problems : []),
    ...(argusRead.problems ?? []),
    ...(access.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`),
  ];
  if (!gateway.values || !datadog || 'problems' in datadog || !argusRead.values || !access.data)
    throw new ConfigError([...new Set(problems)]);
  const argus = argusSettings(argusRead.values);
  const { datadogKeyFrom, argusKeyFrom } = access.data;
  const isUsable = datadog.keys || argus.key || datadogKeyFrom === 'caller' || argusKeyFrom === 'caller';
  if (!isUsable) problems.push(nothingConfigured);
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return { ...gatewayConfig(gateway.values), access: access.data, datadog, argus };
}

const nothingConfigured =
  'No source is configured: set DD_API_KEY and DD_APP_KEY (or DD_ACCESS_TOKEN) for Datadog, or ARGUS_API_KEY for ' +
  'Argus, each also as NAME_FILE; or let callers bring their own with DATADOG_KEY_FROM=caller or ARGUS_KEY_FROM=caller';

function crossChecks(values: z.infer<typeof gatewayVariables>): Problems {
  const { REDIS_URL: redis } = values;
  const problems: string[] = [];
  const upsideDown = policyProblem(policyOf(values));
  if (upsideDown !== undefined) problems.push(`VERDICT_MALICIOUS_FROM, VERDICT_SUSPICIOUS_FROM: ${upsideDown}`);
  if (redis !== undefined && !/^rediss?:\/\//.test(redis.read()))
    problems.push('REDIS_URL must be an address that begins with redis:// or rediss://');
  return problems;
}

const policyOf = (values: z.infer<typeof gatewayVariables>): VerdictPolicy => ({
  maliciousFrom: values.VERDICT_MALICIOUS_FROM,
  suspiciousFrom: values.VERDICT_SUSPICIOUS_FROM,
});

function gatewayConfig(values: z.infer<typeof gatewayVariables>): Omit<Config, 'access' | 'datadog' | 'argus'> {
  return {
    host: values.HOST,
    port: values.PORT,
    adminPort: values.ADMIN_PORT,
    logLevel: values.LOG_LEVEL,
    redisUrl: values.REDIS_URL?.read(),
    windows: {
      freshMs: values.CACHE_FRESH_SECONDS,
      staleMs: values.CACHE_STALE_SECONDS,
      negativeMs: values.CACHE_NEGATIVE_SECONDS,
    },
    revalidates: values.CACHE_REVALIDATE,
    deadlineMs: values.REQUEST_DEADLINE_MS,
    maxValues: values.MAX_VALUES,
    corsOrigins: values.CORS_ORIGINS,
    graphiql: values.GRAPHIQL,
    introspection: values.INTROSPECTION,
    trustProxy: values.TRUST_PROXY,
    verdict: policyOf(values),
    proxy: {
      ...(values.HTTPS_PROXY !== undefined && { proxyUrl: values.HTTPS_PROXY }),
      ...(values.NO_PROXY !== undefined && { noProxy: values.NO_PROXY }),
    },
  };
}
