/** Reads the environment into one Config, or reports all problems at once, by variable and without values. */
import type { z } from 'zod';
import type { AuthConfig } from '../auth/auth-config.ts';
import type { EgressPolicy } from '../domain/egress/policy.ts';
import { commonSettings, commonVariables, type SourceSettings } from '../sources/settings.ts';
import type { SettingsOf, SettingsResult, SourceDefinition, Sources } from '../sources/source.ts';
import { authProblems, authSettings, authVariables, isLoopback } from './auth.ts';
import { readEgress } from './egress.ts';
import {
  type GatewayConfig,
  gatewayConfig,
  gatewayProblems,
  gatewayVariables,
  proxyWarnings,
  withProxyNames,
} from './gateway.ts';
import { misspeltNames, wrappedSecrets } from './misspelt.ts';
import { redisProblems } from './redis.ts';
import { secretSetting } from './secret.ts';
import { readTracing, type TracingConfig } from './tracing.ts';
import { type Environment, isSet, type Problems, readVariables, variableNames } from './variables.ts';

export interface Config<Registry extends Sources = Sources> extends GatewayConfig {
  readonly auth: AuthConfig;
  /** Undefined: off. */
  readonly tracing: TracingConfig | undefined;
  /** Empty: everything may be sent. */
  readonly egress: EgressPolicy;
  readonly sources: { readonly [Name in keyof Registry]: SettingsOf<Registry[Name]> };
  /** Logged at start. */
  readonly warnings: Problems;
}

/** Each problem names its variable and what would be valid. */
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
  /** The beginning of their names in the environment. */
  readonly prefix: string;
}

/** The variables that do not depend on the sources. */
export const gatewayGroups: readonly VariableGroup[] = [
  { variables: gatewayVariables, prefix: '' },
  { variables: authVariables, prefix: '' },
];

const prefixOf = ({ name }: SourceDefinition): string => `${name}_`;

/** The variables of one source: its own, then those that every source has. */
export const sourceGroups = (source: SourceDefinition): readonly VariableGroup[] => [
  { variables: source.configuration.variables, prefix: '' },
  { variables: commonVariables(source.configuration.defaults), prefix: prefixOf(source) },
];

const namesIn = (groups: readonly VariableGroup[]): readonly string[] =>
  groups.flatMap(({ variables, prefix }) => variableNames(variables, prefix));

/** The name of every variable; tests compare `.env.example` and the chart with it. */
export const configVariables = (sources: Sources): readonly string[] =>
  namesIn([...gatewayGroups, ...Object.values(sources).flatMap(sourceGroups)]);

/** Throws ConfigError. */
export function readConfig<Registry extends Sources>(given: Environment, sources: Registry): Config<Registry> {
  const environment = withProxyNames(given);
  const gateway = readVariables(gatewayVariables, environment);
  const auth = readVariables(authVariables, environment);
  const authOrProblems = auth.values && authSettings(auth.values);
  const tracing = readTracing(environment);
  const egress = readEgress(environment, Object.keys(sources));
  const read = Object.entries(sources).map(([name, source]) => [name, readSource(environment, source)] as const);
  const problems = [
    ...[gateway, auth, tracing, egress, ...read.map(([, result]) => result)].flatMap(result => result.problems ?? []),
    ...(authOrProblems && 'problems' in authOrProblems ? authOrProblems.problems : []),
    ...crossChecks(environment, sources),
  ];
  if (!gateway.values || !egress.policy || !authOrProblems || 'problems' in authOrProblems || problems.length > 0)
    throw new ConfigError([...new Set(problems)]);
  const settings = Object.fromEntries(read.map(([name, result]) => [name, result.settings]));
  return {
    ...gatewayConfig(gateway.values),
    auth: { ...authOrProblems, ...authBySource(sources, settings) },
    tracing: tracing.settings,
    egress: egress.policy,
    sources: settings as Config<Registry>['sources'],
    warnings: [
      ...misspeltNames(
        environment,
        namesIn([...gatewayGroups, ...Object.values(sources).flatMap(sourceGroups)]),
        new Map(Object.values(sources).flatMap(withItsOwnName)),
      ),
      ...Object.values(sources).flatMap(source => wrappedSecrets(credentialsIn(environment, source))),
      ...proxyWarnings(given),
      ...deadlineWarnings(gateway.values.REQUEST_DEADLINE_MS, settings),
    ],
  };
}

/** A deadline that ends every call before its own timeout does, so that none is ever tried again. */
function deadlineWarnings(
  deadlineMs: number,
  settings: Readonly<Record<string, SourceSettings | undefined>>,
): Problems {
  const timeouts = Object.entries(settings).flatMap(([name, own]) => (own ? [{ name, ms: own.timeoutMs }] : []));
  if (timeouts.some(({ ms }) => ms <= deadlineMs)) return [];
  const names = timeouts.map(({ name }) => `${name}_TIMEOUT_MS`).join(' and ');
  return [`REQUEST_DEADLINE_MS is ${deadlineMs}, less than ${names}: these have no effect, and no call is tried again`];
}

/** The scopes and key headers of each source. */
function authBySource(
  sources: Sources,
  settings: Readonly<Record<string, SourceSettings | undefined>>,
): Pick<AuthConfig, 'scopes' | 'keyHeaders'> {
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

/** `DATADOG_API_KEY` → `DD_API_KEY`: its own variables, as if they began like those that every source has. */
const withItsOwnName = (source: SourceDefinition): readonly (readonly [string, string])[] =>
  variableNames(source.configuration.variables).map(name => [
    prefixOf(source) + name.slice(name.indexOf('_') + 1),
    name,
  ]);

/** The credentials of a source, by variable. */
function credentialsIn(
  environment: Environment,
  { configuration }: SourceDefinition,
): Readonly<Record<string, string | undefined>> {
  const names = configuration.credentials.flat();
  return Object.fromEntries(names.map(name => [name, secretSetting(name, environment)?.secret?.read()]));
}

function readSource(environment: Environment, source: SourceDefinition): SettingsResult<SourceSettings> {
  const { defaults, read } = source.configuration;
  const common = readVariables(commonVariables(defaults), environment, prefixOf(source));
  // With defaults in place of invalid common variables, so that the problems of both groups are reported.
  const own = read(environment, commonSettings(common.values ?? commonVariables(defaults).parse({})));
  const problems = [...(common.problems ?? []), ...(own.problems ?? [])];
  return problems.length === 0 && own.settings ? own : { problems };
}

/** Problems of several variables together. Each check reads its own variables, so that no other problem hides it. */
function crossChecks(environment: Environment, sources: Sources): Problems {
  const scopes = namesIn(Object.values(sources).flatMap(sourceGroups)).filter(name => name.endsWith('_SCOPE'));
  return [
    ...authProblems(environment, environment.HOST?.trim() || '127.0.0.1', scopes),
    ...sourceProblems(environment, Object.values(sources)),
    ...gatewayProblems(environment),
    ...redisProblems(environment),
    ...plainHttpProblems(environment, Object.values(sources)),
  ];
}

/** Base addresses to which credentials would travel in the clear. */
function plainHttpProblems(environment: Environment, sources: readonly SourceDefinition[]): Problems {
  if (environment.ALLOW_PLAIN_HTTP?.trim() === 'on') return [];
  const isPlain = (name: string) => {
    const url = URL.parse(environment[name]?.trim() ?? '');
    return url?.protocol === 'http:' && !isLoopback(url.hostname);
  };
  return sources
    .map(source => `${prefixOf(source)}URL`)
    .filter(isPlain)
    .map(name => `${name} ${plainHttp}`);
}

const plainHttp =
  'leads to another host over http://, where keys and answers travel in the clear: use https://, or set ALLOW_PLAIN_HTTP=on';

/** Reports that no source has credentials. */
function sourceProblems(environment: Environment, sources: readonly SourceDefinition[]): Problems {
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
