import { z } from 'zod';
import {
  credential,
  type Environment,
  isSet,
  matching,
  oneOf,
  type Problems,
  readVariables,
  type Secret,
  scope,
} from '../../config/variables.ts';
import type { CommonSettings, SourceSettings } from '../settings.ts';
import type { SourceConfiguration } from '../source.ts';
import { indicatorPath } from './client.ts';

/** As in Datadog's tools; the API of a site is at `api.` in front of it (Datadog's table of endpoints). */
const publicSites = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
];
const anySite = /^([a-z0-9-]+\.)*(datadoghq\.com|datadoghq\.eu|ddog-gov\.com)$/;
const otherSites = 'another host under datadoghq.com, datadoghq.eu or ddog-gov.com';

const matcherSettings = ['default', 'both'] as const;
export type MatcherSetting = (typeof matcherSettings)[number];

const writeSettings = ['off', 'caller', 'service'] as const;
type WriteSetting = (typeof writeSettings)[number];

const variables = z.object({
  DD_SITE: matching(anySite, `a Datadog site, like ${publicSites[1]}, or ${otherSites}`)
    .prefault('datadoghq.com')
    .meta({
      chartValue: 'site',
      description: `The Datadog site of the organisation: ${publicSites.join(', ')}, or ${otherSites}.`,
    }),
  DD_API_KEY: credential.describe('The API key; it needs the application key.'),
  DD_APP_KEY: credential.describe('The application key that goes with it.'),
  DD_ACCESS_TOKEN: credential.describe('An OAuth access token, in place of the two keys.'),
  DATADOG_OCSF: oneOf(matcherSettings)
    .default('default')
    .describe(
      'Which matches count for a verdict: default, those that Datadog returns by default; both, those in OCSF fields and those by expression or message, by two calls for each value.',
    ),
  TRIAGE_WRITES: oneOf(writeSettings)
    .default('off')
    .describe(
      "Whether setTriageState may record reviews in Datadog: caller, with the caller's own Datadog keys; service, with the gateway's, so that Datadog names its user as the reviewer and our audit the caller.",
    ),
  TRIAGE_SCOPE: scope.describe('The scope that a caller must carry to record reviews; needed with AUTH.'),
  DATADOG_PERSONAL_SCOPE: scope.describe(
    'The scope for users, hosts, critical assets, who triaged and undocumented fields, beside the one for the facts; none needed when unset.',
  ),
});

type DatadogKeys = { readonly apiKey: Secret; readonly appKey: Secret } | { readonly accessToken: Secret };

/** The request headers that carry them. */
export const keyHeaders = (keys: DatadogKeys): Readonly<Record<string, string>> =>
  'accessToken' in keys
    ? { authorization: `Bearer ${keys.accessToken.read()}` }
    : { 'dd-api-key': keys.apiKey.read(), 'dd-application-key': keys.appKey.read() };

export interface DatadogSettings extends SourceSettings {
  readonly keys: DatadogKeys | undefined;
  readonly matchers: MatcherSetting;
  readonly triageWrites: WriteSetting;
  /** As in DD_SITE. */
  readonly site: string;
}

export const datadogConfiguration: SourceConfiguration<DatadogSettings> = {
  variables,
  defaults: { path: indicatorPath, timeoutMs: 2500, concurrency: 256 },
  credentials: [['DD_API_KEY', 'DD_APP_KEY'], ['DD_ACCESS_TOKEN']],
  read(environment, common) {
    const { values, problems = [] } = readVariables(variables, environment);
    const all = [...problems, ...credentialProblems(environment), ...writeProblems(environment, common)];
    return values && all.length === 0 ? { settings: settingsOf(values, common) } : { problems: all };
  },
};

/** Incomplete or contradictory credentials. */
function credentialProblems(environment: Environment): Problems {
  const has = (name: string) => isSet(environment, name) || isSet(environment, `${name}_FILE`);
  const [apiKey, appKey] = [has('DD_API_KEY'), has('DD_APP_KEY')];
  if (has('DD_ACCESS_TOKEN') && (apiKey || appKey))
    return ['DD_ACCESS_TOKEN stands beside DD_API_KEY or DD_APP_KEY: set the token or the pair, not both'];
  if (apiKey && !appKey) return ['DD_APP_KEY is missing: DD_API_KEY needs it'];
  return appKey && !apiKey ? ['DD_API_KEY is missing: DD_APP_KEY needs it'] : [];
}

/** Reviews that nobody could record, that anybody could, or that would be signed by somebody else than was meant. */
function writeProblems(environment: Environment, { keyFrom }: CommonSettings): Problems {
  const writes = environment.TRIAGE_WRITES?.trim() || 'off';
  if (writes === 'off') return [];
  const problems: string[] = [];
  const hasCallers = ['api-key', 'jwt'].includes(environment.AUTH?.trim() ?? '');
  if (hasCallers && !isSet(environment, 'TRIAGE_SCOPE'))
    problems.push(`TRIAGE_SCOPE is needed with TRIAGE_WRITES=${writes}: the scope of those who may record reviews`);
  if (writes === 'caller' && keyFrom !== 'caller')
    problems.push("TRIAGE_WRITES=caller needs DATADOG_KEY_FROM=caller: reviews are signed by the caller's own keys");
  if (writes === 'service' && keyFrom === 'caller')
    problems.push(
      "TRIAGE_WRITES=service stands beside DATADOG_KEY_FROM=caller: set caller, for the keys are the caller's",
    );
  return problems;
}

function settingsOf(values: z.infer<typeof variables>, common: CommonSettings): DatadogSettings {
  const { DD_API_KEY: apiKey, DD_APP_KEY: appKey, DD_ACCESS_TOKEN: accessToken } = values;
  const pair = apiKey === undefined || appKey === undefined ? undefined : { apiKey, appKey };
  const site = values.DD_SITE.replace(/^(app|api)\./, ''); // what people see in their browser, or call
  return {
    ...common,
    url: common.url ?? `https://api.${site}`,
    keys: pair ?? (accessToken === undefined ? undefined : { accessToken }),
    matchers: values.DATADOG_OCSF,
    triageWrites: values.TRIAGE_WRITES,
    site,
    scopes: { ...common.scopes, personal: values.DATADOG_PERSONAL_SCOPE, triage: values.TRIAGE_SCOPE },
    warnings: common.url === undefined ? siteWarnings(site) : [],
  };
}

/** Datadog's guide says that its sites for governments have no IoC Explorer, although its API page lists them. */
function siteWarnings(site: string): Problems {
  if (!publicSites.includes(site)) return [`DD_SITE ${site} is none of Datadog's public sites`];
  if (!site.endsWith('ddog-gov.com')) return [];
  return [`DD_SITE ${site}: Datadog's guide says that the IoC Explorer is not supported there`];
}
