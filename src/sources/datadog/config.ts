import { z } from 'zod';
import {
  credential,
  type Environment,
  integer,
  isSet,
  oneOf,
  optionalSeconds,
  type Problems,
  type Secret,
  url,
} from '../../variables.ts';
import type { SourceSettings } from '../settings.ts';

/** As every Datadog tool writes them; the API of each is at `api.` before it (the official page's table of endpoints). */
export const datadogSites = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;
type DatadogSite = (typeof datadogSites)[number];

/** Datadog's guide says that the IoC Explorer is not supported there, though its API page lists them. */
const doubtfulSites: readonly DatadogSite[] = ['ddog-gov.com', 'us2.ddog-gov.com'];

export const datadogVariables = z.object({
  DD_SITE: oneOf(datadogSites).default('datadoghq.com'),
  DD_API_KEY: credential,
  DD_APP_KEY: credential,
  DD_ACCESS_TOKEN: credential,
  DATADOG_URL: url('http:', 'https:').optional(),
  DATADOG_TIMEOUT_MS: integer(2500, 1, 60_000),
  DATADOG_CONCURRENCY: integer(32, 1, 1000),
  DATADOG_CACHE_FRESH_SECONDS: optionalSeconds(0, 604_800),
  DATADOG_CACHE_STALE_SECONDS: optionalSeconds(0, 2_592_000),
  DATADOG_CACHE_NEGATIVE_SECONDS: optionalSeconds(0, 86_400),
});

export type DatadogKeys = { readonly apiKey: Secret; readonly appKey: Secret } | { readonly accessToken: Secret };

export interface DatadogSettings extends SourceSettings {
  readonly keys: DatadogKeys | undefined;
  readonly warnings: Problems;
}

/** Half a key pair, or two kinds of credentials, by what is set in the environment. */
export function datadogGaps(environment: Environment): Problems {
  const has = (name: string) => isSet(environment, name) || isSet(environment, `${name}_FILE`);
  const [apiKey, appKey] = [has('DD_API_KEY'), has('DD_APP_KEY')];
  if (has('DD_ACCESS_TOKEN') && (apiKey || appKey))
    return ['DD_ACCESS_TOKEN stands beside DD_API_KEY or DD_APP_KEY: set the token or the pair, not both'];
  if (apiKey && !appKey) return ['DD_APP_KEY is missing: DD_API_KEY needs it'];
  return appKey && !apiKey ? ['DD_API_KEY is missing: DD_APP_KEY needs it'] : [];
}

/** What the variables mean together, where `datadogGaps` finds no fault. */
export function datadogSettings(variables: z.infer<typeof datadogVariables>): DatadogSettings {
  const { DD_API_KEY: apiKey, DD_APP_KEY: appKey, DD_ACCESS_TOKEN: accessToken, DD_SITE: site } = variables;
  const pair = apiKey === undefined || appKey === undefined ? undefined : { apiKey, appKey };
  const isDoubtful = variables.DATADOG_URL === undefined && doubtfulSites.includes(site);
  return {
    url: variables.DATADOG_URL ?? `https://api.${site}`,
    keys: pair ?? (accessToken === undefined ? undefined : { accessToken }),
    timeoutMs: variables.DATADOG_TIMEOUT_MS,
    concurrency: variables.DATADOG_CONCURRENCY,
    freshMs: variables.DATADOG_CACHE_FRESH_SECONDS,
    staleMs: variables.DATADOG_CACHE_STALE_SECONDS,
    negativeMs: variables.DATADOG_CACHE_NEGATIVE_SECONDS,
    warnings: isDoubtful ? [`DD_SITE ${site}: Datadog's guide says that the IoC Explorer is not supported there`] : [],
  };
}
