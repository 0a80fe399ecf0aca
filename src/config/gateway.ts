/** The variables of the gateway itself: those of its callers are in `auth.ts`, those of every source in `sources/settings.ts`. */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { ListCap, VerdictPolicy } from '../domain/verdict/model.ts';
import { policyProblem } from '../domain/verdict/policy.ts';
import {
  type Environment,
  integer,
  number,
  oneOf,
  onOff,
  optionalInteger,
  type Problems,
  readVariables,
  seconds,
  secretThat,
  url,
  words,
} from './variables.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** `section`: the heading in `.env.example` of this variable and those that follow. */
export const gatewayVariables = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ section: 'Where it listens', description: 'The address that it listens on.' }),
  PORT: integer(4000, 0, 65_535).describe('The port of GraphQL; 0 is any free one.'),
  ADMIN_PORT: optionalInteger(1, 65_535).describe('Health and metrics on a port of their own.'),
  LOG_LEVEL: oneOf(logLevels).default('info').describe('The least serious kind of line that is logged.'),
  REDIS_URL: secretThat(isRedisUrl, 'an address that begins with redis:// or rediss://').meta({
    section: 'The cache',
    description: 'A Redis that replicas share: redis:// or rediss://. Without it the cache is memory.',
  }),
  CACHE_FRESH_SECONDS: seconds(300, 0, 604_800).describe('For how long a match is served without asking again.'),
  CACHE_STALE_SECONDS: seconds(86_400, 0, 2_592_000).describe(
    'For how long after that it stands in for a source that failed, marked as stale.',
  ),
  CACHE_NEGATIVE_SECONDS: seconds(60, 0, 86_400).describe('For how long a "no match" is served without asking again.'),
  CACHE_REVALIDATE: onOff('off').describe('Whether a stale fact is served at once while one refresh runs.'),
  REQUEST_DEADLINE_MS: integer(8000, 1, 9_500).meta({
    section: 'What an operation may take',
    description: 'The time that one operation has, in milliseconds.',
  }),
  MAX_VALUES: integer(500, 1, 10_000).describe('Values that one operation may name.'),
  CORS_ORIGINS: words('exact origins, like https://board.example.com', isOrigin).default([]).meta({
    section: 'The front door',
    description: 'Origins whose pages may ask, comma-separated, like https://board.example.com.',
  }),
  GRAPHIQL: onOff('on').describe('Whether the page for writing queries is served, at /graphiql.'),
  INTROSPECTION: onOff('on').describe('Whether clients may ask for the schema.'),
  TRUST_PROXY: words('addresses or CIDR blocks', isNetwork)
    .default([])
    .describe('Addresses or CIDR blocks, comma-separated, whose X-Forwarded-For is believed.'),
  VERDICT_MALICIOUS_FROM: number(70, 0, 100).meta({
    section: 'The verdict',
    description: "The score, or a list's confidence x 100, from which a match counts as malicious.",
  }),
  VERDICT_SUSPICIOUS_FROM: number(30, 0, 100).describe('The same for suspicious.'),
  VERDICT_LIST_CAPS: words(
    'short names of lists with SUSPICIOUS or INFORMATIONAL, like tor-exits=SUSPICIOUS',
    isListCap,
  )
    .default([])
    .describe('The most that a list counts for, comma-separated: tor-exits=SUSPICIOUS,parked=INFORMATIONAL.'),
  HTTPS_PROXY: url('http:', 'https:').optional().meta({
    section: 'The network',
    description: 'The proxy through which sources are asked; https_proxy where it is unset.',
  }),
  NO_PROXY: z
    .string()
    .optional()
    .describe('Hosts that are asked without it, comma-separated; no_proxy where it is unset.'),
});

export type GatewayConfig = Readonly<ReturnType<typeof gatewayConfig>>;

export function gatewayConfig(values: z.infer<typeof gatewayVariables>) {
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

/** The names in lower case are as customary; those in upper case win. */
export const withProxyNames = (environment: Environment): Environment => ({
  ...environment,
  HTTPS_PROXY: environment.HTTPS_PROXY?.trim() || environment.https_proxy,
  NO_PROXY: environment.NO_PROXY?.trim() || environment.no_proxy,
});

/** Problems of values together. Reads these alone, so that no other problem hides them. */
export function gatewayProblems(environment: Environment): Problems {
  const thresholds = gatewayVariables.pick({ VERDICT_MALICIOUS_FROM: true, VERDICT_SUSPICIOUS_FROM: true });
  const { values } = readVariables(thresholds, environment);
  const problem = values && policyProblem(boundsOf(values));
  return [
    ...(problem === undefined ? [] : [`VERDICT_MALICIOUS_FROM and VERDICT_SUSPICIOUS_FROM: ${problem}`]),
    ...capProblems(environment),
  ];
}

function capProblems(environment: Environment): Problems {
  const { values } = readVariables(gatewayVariables.pick({ VERDICT_LIST_CAPS: true }), environment);
  const lists = values?.VERDICT_LIST_CAPS.map(cap => listCapOf(cap)[0]) ?? [];
  const twice = lists.find((list, index) => lists.indexOf(list) !== index);
  return twice === undefined ? [] : [`VERDICT_LIST_CAPS names the list ${twice} twice: give each list one level`];
}

function isRedisUrl(text: string): boolean {
  return /^rediss?:\/\//.test(text) && URL.canParse(text);
}

/** As in a browser's `Origin` header: no path, and neither `*` nor `null`. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}

type VerdictThresholds = Pick<z.infer<typeof gatewayVariables>, 'VERDICT_MALICIOUS_FROM' | 'VERDICT_SUSPICIOUS_FROM'>;

const boundsOf = (values: VerdictThresholds) => ({
  maliciousFrom: values.VERDICT_MALICIOUS_FROM,
  suspiciousFrom: values.VERDICT_SUSPICIOUS_FROM,
});

const policyOf = (values: z.infer<typeof gatewayVariables>): VerdictPolicy => ({
  ...boundsOf(values),
  listCaps: Object.fromEntries(values.VERDICT_LIST_CAPS.map(listCapOf)),
});

function isListCap(text: string): boolean {
  return /^[^=\s]+=(?:SUSPICIOUS|INFORMATIONAL)$/i.test(text);
}

/** Short names of lists are compared in lower case. */
function listCapOf(text: string): [string, ListCap] {
  const [list = '', level = ''] = text.split('=');
  return [list.toLowerCase(), level.toUpperCase() as ListCap];
}
