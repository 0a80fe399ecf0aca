/** The variables of the gateway itself: those of its callers are in `auth.ts`, those of every source in `sources/settings.ts`. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseIpSpan } from '../domain/indicator/ip-span.ts';
import type { ListCap, VerdictPolicy } from '../domain/verdict/model.ts';
import { policyProblem } from '../domain/verdict/policy.ts';
import { redisConfig, redisVariables } from './redis.ts';
import {
  type Environment,
  integer,
  isSet,
  matching,
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
  METRICS_ON_PORT: onOff('off').describe(
    'Whether /metrics is on PORT although AUTH is on and ADMIN_PORT is unset: everybody who reaches it may read it.',
  ),
  LOG_LEVEL: oneOf(logLevels).default('info').describe('The least serious kind of line that is logged.'),
  ...redisVariables,
  REDIS_HMAC_KEY: secretThat(
    value => value.length >= 32,
    'at least 32 characters, like those of openssl rand -base64 32',
  ).describe(
    'Signs what replicas keep in Redis: without it, all that others write there is believed. The same in all replicas.',
  ),
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
  MEMORY_LIMIT_MB: optionalInteger(32, 1_048_576).describe(
    'What all caches and the work under way may take together, in megabytes; by the memory of the container where it is unset.',
  ),
  CORS_ORIGINS: words('exact origins, like https://board.example.com', isOrigin).default([]).meta({
    section: 'The front door',
    description: 'Origins whose pages may ask, comma-separated, like https://board.example.com.',
  }),
  CORS_HEADERS: words('names of headers, like x-team', isHeaderName)
    .default([])
    .describe(
      'Request headers that these pages may send beside the usual ones and those by which pages are traced, comma-separated.',
    ),
  BASE_PATH: matching(/^(\/[\w~-][\w.~-]*)*\/?$/, 'a path like /ioc')
    .prefault('')
    .describe('The prefix under which a proxy in front shows the gateway, like /ioc; the proxy may keep or strip it.'),
  KEEP_ALIVE_SECONDS: seconds(65, 1, 3600).describe(
    'For how long an idle connection stays open: longer than the load balancer in front keeps it.',
  ),
  SHUTDOWN_DELAY_MS: integer(0, 0, 300_000).describe(
    'After SIGTERM: how long it still answers, unready and with `connection: close`, while those in front forget it.',
  ),
  GRAPHIQL: onOff('on').describe('Whether the page for writing queries is served, at /graphiql.'),
  BOARD: onOff('off').describe(
    'Whether the triage board is served, at /board: a page for people, who give it the key or token of a caller.',
  ),
  REST: onOff('off').describe(
    'Whether playbooks may ask by REST: POST /v1/lookup, POST /v1/extract, described by GET /v1/openapi.json.',
  ),
  MCP: onOff('off').describe(
    'Whether assistants may ask by the Model Context Protocol, at /mcp; its library is loaded only then.',
  ),
  INTROSPECTION: onOff('on').describe('Whether clients may ask for the schema.'),
  TRUST_PROXY: words('addresses or CIDR blocks', isNetwork)
    .refine(networks => !areAll(networks, 4) && !areAll(networks, 6), {
      error: 'must leave some addresses out: name the networks of your proxies, or every caller may say who it is',
    })
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
  EGRESS_POLICY: z
    .string()
    .optional()
    .describe('A file with what is never sent to which source; without it everything may be sent.'),
  ALLOW_PLAIN_HTTP: onOff('off').describe(
    'Whether sources may be asked over http:// on other hosts than this one, where keys and answers travel in the clear.',
  ),
});

export type GatewayConfig = Readonly<ReturnType<typeof gatewayConfig>>;

export function gatewayConfig(values: z.infer<typeof gatewayVariables>) {
  return {
    host: values.HOST,
    port: values.PORT,
    adminPort: values.ADMIN_PORT,
    metricsOnPort: values.METRICS_ON_PORT,
    logLevel: values.LOG_LEVEL,
    redis: redisConfig(values),
    redisHmacKey: values.REDIS_HMAC_KEY,
    windows: {
      freshMs: values.CACHE_FRESH_SECONDS,
      staleMs: values.CACHE_STALE_SECONDS,
      negativeMs: values.CACHE_NEGATIVE_SECONDS,
    },
    revalidates: values.CACHE_REVALIDATE,
    deadlineMs: values.REQUEST_DEADLINE_MS,
    maxValues: values.MAX_VALUES,
    memoryLimitMb: values.MEMORY_LIMIT_MB,
    corsOrigins: values.CORS_ORIGINS,
    corsHeaders: values.CORS_HEADERS.map(name => name.toLowerCase()),
    basePath: values.BASE_PATH.replace(/\/$/, ''),
    keepAliveMs: values.KEEP_ALIVE_SECONDS,
    shutdownDelayMs: values.SHUTDOWN_DELAY_MS,
    graphiql: values.GRAPHIQL,
    board: values.BOARD,
    rest: values.REST,
    mcp: values.MCP,
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

/** What has no effect as it is set. */
export function proxyWarnings(environment: Environment): Problems {
  const { HTTPS_PROXY } = withProxyNames(environment);
  const name = ['HTTP_PROXY', 'http_proxy'].find(plain => isSet(environment, plain));
  if (name === undefined || HTTPS_PROXY?.trim()) return [];
  return [`${name} is set and HTTPS_PROXY is not: no proxy is used, for sources are asked over https`];
}

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

/** As in a browser's `Origin` header: no path, and neither `*` nor `null`. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** A token of RFC 9110. */
function isHeaderName(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

function isNetwork(text: string): boolean {
  const [address = '', ...rest] = text.split('/');
  const block = isIP(address) === 0 || rest.length > 1 ? undefined : parseIpSpan(text);
  // Not where an IPv4 address in IPv6 has a mask that takes more than IPv4 in: `::ffff:192.0.2.0/64`.
  return block !== undefined && block.family === parseIpSpan(address)?.family;
}

const widths = { 4: 32n, 6: 128n } as const;

/** Whether networks are all addresses of a family between them, such as `0.0.0.0/1` and `128.0.0.0/1`. */
function areAll(networks: readonly string[], family: 4 | 6): boolean {
  const spans = networks.flatMap(text => parseIpSpan(text) ?? []).filter(span => span.family === family);
  let next = 0n;
  for (const { first, last } of spans.sort((a, b) => (a.first < b.first ? -1 : 1)))
    if (first <= next && last >= next) next = last + 1n;
  return next === 1n << widths[family];
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
