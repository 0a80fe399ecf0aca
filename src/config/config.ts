/** From the environment to one Config, or every problem at once, by name, never a value. */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Windows } from '../cache/fact-kind.ts';
import { policyProblem, type VerdictPolicy } from '../domain/verdict/verdict.ts';
import { commonSettings, commonVariables, type SourceSettings } from '../sources/settings.ts';
import type { ReadSettings, SettingsOf, SourceDefinition, Sources } from '../sources/source.ts';
import { type AccessConfig, accessGaps, accessSettings, accessVariables } from './auth.ts';
import {
  type Environment,
  integer,
  isSet,
  number,
  oneOf,
  onOff,
  optionalInteger,
  type Problems,
  readVariables,
  seconds,
  secret,
  url,
  variableNames,
  words,
} from './variables.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** `section`: the heading in `.env.example` that a variable and those after it stand under. */
const gatewayVariables = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ section: 'Where it listens', description: 'The address that it listens on.' }),
  PORT: integer(4000, 0, 65_535).describe('The port of GraphQL; 0 is any free one.'),
  ADMIN_PORT: optionalInteger(1, 65_535).describe('Health and metrics on a port of their own.'),
  LOG_LEVEL: oneOf(logLevels).default('info').describe('The least serious kind of line that is logged.'),
  REDIS_URL: secret.meta({
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
  HTTPS_PROXY: url('http:', 'https:')
    .optional()
    .meta({ section: 'The network', description: 'The proxy through which sources are asked.' }),
  NO_PROXY: z.string().optional().describe('Hosts that are asked without it, comma-separated.'),
});

export interface Config<Registry extends Sources = Sources> {
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
  /** By the names of the registry. */
  readonly sources: { readonly [Name in keyof Registry]: SettingsOf<Registry[Name]> };
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

export interface VariableGroup {
  readonly variables: z.ZodObject;
  /** What stands before each of their names. */
  readonly prefix: string;
}

/** What may be set of the gateway itself and of its callers, whatever the sources. */
export const gatewayGroups: readonly VariableGroup[] = [
  { variables: gatewayVariables, prefix: '' },
  { variables: accessVariables, prefix: '' },
];

const prefixOf = ({ name }: SourceDefinition): string => `${name}_`;

/** What may be set of one source: its own variables, then those that every source has. */
export const sourceGroups = (source: SourceDefinition): readonly VariableGroup[] => [
  { variables: source.configuration.variables, prefix: '' },
  { variables: commonVariables(source.configuration.defaults), prefix: prefixOf(source) },
];

const namesIn = (groups: readonly VariableGroup[]): readonly string[] =>
  groups.flatMap(({ variables, prefix }) => variableNames(variables, prefix));

/** Every variable that this program reads, for `.env.example` and the chart to be checked against. */
export const configVariables = (sources: Sources): readonly string[] =>
  namesIn([...gatewayGroups, ...Object.values(sources).flatMap(sourceGroups)]);

/** Throws ConfigError. */
export function readConfig<Registry extends Sources>(environment: Environment, sources: Registry): Config<Registry> {
  const gateway = readVariables(gatewayVariables, environment);
  const callers = readVariables(accessVariables, environment);
  const access = callers.values && accessSettings(callers.values);
  const read = Object.entries(sources).map(([name, source]) => [name, readSource(environment, source)] as const);
  const problems = [
    ...[gateway, callers, ...read.map(([, one]) => one)].flatMap(one => one.problems ?? []),
    ...(access && 'problems' in access ? access.problems : []),
    ...crossChecks(environment, sources),
  ];
  if (!gateway.values || !access || 'problems' in access || problems.length > 0)
    throw new ConfigError([...new Set(problems)]);
  const settings = Object.fromEntries(read.map(([name, one]) => [name, one.settings]));
  return {
    ...gatewayConfig(gateway.values),
    access: { ...access, ...accessBySource(sources, settings) },
    sources: settings as Config<Registry>['sources'],
  };
}

/** What callers need for each source, and send for it. */
function accessBySource(
  sources: Sources,
  settings: Readonly<Record<string, SourceSettings | undefined>>,
): Pick<AccessConfig, 'scopes' | 'keyHeaders'> {
  const all = Object.entries(sources).flatMap(([name, source]) => {
    const own = settings[name];
    return own === undefined ? [] : [{ name, source, own }];
  });
  const byCaller = all.filter(({ own }) => own.keyFrom === 'caller');
  const headers = byCaller.map(({ name, source }) => [
    name,
    Object.keys(source.callerKeyHeaders).map(header => header.toLowerCase()),
  ]);
  return {
    scopes: Object.fromEntries(all.map(({ name, own }) => [name, own.scopes])),
    keyHeaders: Object.fromEntries(headers),
  };
}

function readSource(environment: Environment, source: SourceDefinition): ReadSettings<SourceSettings> {
  const { defaults, read } = source.configuration;
  const common = readVariables(commonVariables(defaults), environment, prefixOf(source));
  // Its own variables are looked at all the same, so that no problem hides behind another.
  const own = read(environment, commonSettings(common.values ?? commonVariables(defaults).parse({})));
  const problems = [...(common.problems ?? []), ...(own.problems ?? [])];
  return problems.length === 0 && own.settings ? own : { problems };
}

/** What does not fit together. Each looks only at its own variables, so that no other problem hides it. */
function crossChecks(environment: Environment, sources: Sources): Problems {
  const scopes = namesIn(Object.values(sources).flatMap(sourceGroups)).filter(name => name.endsWith('_SCOPE'));
  return [
    ...accessGaps(environment, environment.HOST?.trim() || '127.0.0.1', scopes),
    ...sourceGaps(environment, Object.values(sources)),
    ...verdictProblems(environment),
    ...redisProblems(environment),
  ];
}

/** No source can be asked at all. */
function sourceGaps(environment: Environment, sources: readonly SourceDefinition[]): Problems {
  const isConfigured = sources.some(source => {
    const secrets = variableNames(source.configuration.variables).filter(name => name.endsWith('_FILE'));
    const isByCaller = environment[`${prefixOf(source)}KEY_FROM`]?.trim() === 'caller';
    return isByCaller || secrets.some(name => isSet(environment, name) || isSet(environment, name.slice(0, -5)));
  });
  return isConfigured ? [] : [nothingConfigured(sources)];
}

function nothingConfigured(sources: readonly SourceDefinition[]): string {
  const keys = sources.map(source => `${credentialsOf(source)} for ${source.title}`).join(', or ');
  const byCaller = sources.map(source => `${prefixOf(source)}KEY_FROM=caller`).join(' or ');
  return `No source is configured: set ${keys}, each also as NAME_FILE; or let callers bring their own with ${byCaller}`;
}

/** "DD_API_KEY and DD_APP_KEY (or DD_ACCESS_TOKEN)". */
function credentialsOf({ configuration }: SourceDefinition): string {
  const [first, ...others] = configuration.credentials.map(names => names.join(' and '));
  return [first, ...others.map(names => `(or ${names})`)].join(' ');
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

function gatewayConfig(values: z.infer<typeof gatewayVariables>): Omit<Config, 'access' | 'sources'> {
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
