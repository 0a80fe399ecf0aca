/** From the environment to one Config, or every problem at once, by name, never a value. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { type AccessConfig, accessGaps, accessSettings, accessVariables } from './access/config.ts';
import type { Windows } from './cache/read-through.ts';
import { policyProblem, type VerdictPolicy } from './domain/verdict.ts';
import { argusSettings, argusVariables, datadogGaps, datadogSettings, datadogVariables } from './sources/index.ts';
import {
  type Environment,
  integer,
  isSet,
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
  CORS_ORIGINS: words('exact origins, like https://board.example.com', isOrigin).default([]),
  GRAPHIQL: onOff('on'),
  INTROSPECTION: onOff('on'),
  TRUST_PROXY: words('addresses or CIDR blocks', isNetwork).default([]),
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
  readonly datadog: ReturnType<typeof datadogSettings>;
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
  gatewayVariables,
  accessVariables,
  datadogVariables,
  argusVariables,
].flatMap(variableNames);

/** Throws ConfigError. */
export function readConfig(environment: Environment): Config {
  const gateway = readVariables(gatewayVariables, environment);
  const callers = readVariables(accessVariables, environment);
  const datadog = readVariables(datadogVariables, environment);
  const argus = readVariables(argusVariables, environment);
  const access = callers.values && accessSettings(callers.values);
  const problems = [
    ...[gateway, callers, datadog, argus].flatMap(read => read.problems ?? []),
    ...(access && 'problems' in access ? access.problems : []),
    ...crossChecks(environment),
  ];
  const isRead = gateway.values && access && !('problems' in access) && datadog.values && argus.values;
  if (!isRead || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return {
    ...gatewayConfig(gateway.values),
    access,
    datadog: datadogSettings(datadog.values),
    argus: argusSettings(argus.values),
  };
}

/** What does not fit together. Each looks only at its own variables, so that no other problem hides it. */
function crossChecks(environment: Environment): Problems {
  return [
    ...accessGaps(environment, environment.HOST?.trim() || '127.0.0.1'),
    ...datadogGaps(environment),
    ...sourceGaps(environment),
    ...verdictProblems(environment),
    ...redisProblems(environment),
  ];
}

const nothingConfigured =
  'No source is configured: set DD_API_KEY and DD_APP_KEY (or DD_ACCESS_TOKEN) for Datadog, or ARGUS_API_KEY for ' +
  'Argus, each also as NAME_FILE; or let callers bring their own with DATADOG_KEY_FROM=caller or ARGUS_KEY_FROM=caller';

function sourceGaps(environment: Environment): Problems {
  const credentials = ['DD_API_KEY', 'DD_APP_KEY', 'DD_ACCESS_TOKEN', 'ARGUS_API_KEY'];
  const hasCredential = credentials.some(name => isSet(environment, name) || isSet(environment, `${name}_FILE`));
  const isByCaller = ['DATADOG_KEY_FROM', 'ARGUS_KEY_FROM'].some(name => environment[name]?.trim() === 'caller');
  return hasCredential || isByCaller ? [] : [nothingConfigured];
}

function verdictProblems(environment: Environment): Problems {
  const cuts = gatewayVariables.pick({ VERDICT_MALICIOUS_FROM: true, VERDICT_SUSPICIOUS_FROM: true });
  const { values } = readVariables(cuts, environment);
  const problem = values && policyProblem(policyOf(values));
  return problem === undefined ? [] : [`VERDICT_MALICIOUS_FROM and VERDICT_SUSPICIOUS_FROM: ${problem}`];
}

function redisProblems(environment: Environment): Problems {
  const { values } = readVariables(gatewayVariables.pick({ REDIS_URL: true }), environment);
  const url = values?.REDIS_URL?.read();
  const isUsable = url === undefined || (/^rediss?:\/\//.test(url) && URL.canParse(url));
  return isUsable ? [] : ['REDIS_URL must be an address that begins with redis:// or rediss://'];
}

/** As a browser sends it: nothing after the port, and neither `*` nor `null`. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}

type Cuts = Pick<z.infer<typeof gatewayVariables>, 'VERDICT_MALICIOUS_FROM' | 'VERDICT_SUSPICIOUS_FROM'>;

const policyOf = (values: Cuts): VerdictPolicy => ({
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
