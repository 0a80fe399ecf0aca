/** The variables that every source has, with its name in front (`ARGUS_TIMEOUT_MS`), and what is made of them. */
import { z } from 'zod';
import type { Windows } from '../cache/fact-kind.ts';
import { integer, oneOf, optionalSeconds, type Problems, scope } from '../config/variables.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import { createUpstream, type UpstreamOptions } from '../http-client/client.ts';
import type { Upstream } from '../http-client/upstream.ts';
import { baseAddress } from './base-address.ts';
import type { SourceDependencies } from './dependencies.ts';

/** Defaults that differ by source. */
export interface CommonDefaults {
  /** The base address; undefined: derived from the source's own variables. */
  readonly url?: string;
  /** What the paths of its calls have in common, which no base address may end with. */
  readonly path?: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** Names are without the source's name in front. */
export const commonVariables = ({ timeoutMs, concurrency, url, path }: CommonDefaults) =>
  z.object({
    URL: (url === undefined ? baseAddress(path).optional() : baseAddress(path).prefault(url)).meta({
      chartValue: 'url',
      description: 'Another base address: a proxy, the emulator.',
    }),
    TIMEOUT_MS: integer(timeoutMs, 1, 60_000).describe('The time that one call has, in milliseconds.'),
    CONCURRENCY: integer(concurrency, 1, 1000).describe(
      'The most calls at once; how many there are follows the latency.',
    ),
    CACHE_FRESH_SECONDS: optionalSeconds(0, 604_800).describe('In place of CACHE_FRESH_SECONDS, for this source.'),
    CACHE_STALE_SECONDS: optionalSeconds(0, 2_592_000).describe('In place of CACHE_STALE_SECONDS, for this source.'),
    CACHE_NEGATIVE_SECONDS: optionalSeconds(0, 86_400).describe('In place of CACHE_NEGATIVE_SECONDS, for this source.'),
    KEY_FROM: oneOf(['service', 'caller']).default('service').meta({
      chartValue: 'keyFrom',
      description: "Whose key it is asked with: the gateway's own, or each caller's, sent in its headers.",
    }),
    SCOPE: scope.describe(
      "The scope that a caller must carry to be shown this source's facts; none needed when unset.",
    ),
  });

/** Cache times that are undefined are the gateway's. */
export interface SourceSettings {
  readonly url: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly freshMs: number | undefined;
  readonly staleMs: number | undefined;
  readonly negativeMs: number | undefined;
  /** Whether calls use the gateway's credential or the caller's. */
  readonly keyFrom: 'service' | 'caller';
  /** Permission → the scope that a caller needs for it; undefined: none. Without `see` a caller has no other permission. */
  readonly scopes: { readonly see: string | undefined } & Readonly<Record<string, string | undefined>>;
  /** Logged at start. */
  readonly warnings: Problems;
}

/** `url` undefined: the source derives it from its own variables. */
export type CommonSettings = Omit<SourceSettings, 'url'> & { readonly url: string | undefined };

export function commonSettings(values: z.infer<ReturnType<typeof commonVariables>>): CommonSettings {
  return {
    url: values.URL,
    timeoutMs: values.TIMEOUT_MS,
    concurrency: values.CONCURRENCY,
    freshMs: values.CACHE_FRESH_SECONDS,
    staleMs: values.CACHE_STALE_SECONDS,
    negativeMs: values.CACHE_NEGATIVE_SECONDS,
    keyFrom: values.KEY_FROM,
    scopes: { see: values.SCOPE },
    warnings: [],
  };
}

export const windowsOf = (
  { freshMs, staleMs, negativeMs }: SourceSettings,
  { windows }: SourceDependencies,
): Windows => ({
  freshMs: freshMs ?? windows.freshMs,
  staleMs: staleMs ?? windows.staleMs,
  negativeMs: negativeMs ?? windows.negativeMs,
});

/** The options that do not come from settings. */
export type UpstreamProfile = Pick<
  UpstreamOptions,
  'maxBodyBytes' | 'unavailableBackoffMs' | 'classify' | 'refusesCredential' | 'sharesSlots'
>;

export function openUpstream(
  { name, title }: SourceLabel,
  profile: UpstreamProfile,
  settings: SourceSettings,
  dependencies: SourceDependencies,
): Upstream {
  const { deadlineMs, proxy, log, metrics, clock, shared } = dependencies;
  return createUpstream({
    ...profile,
    source: { name, title },
    url: settings.url,
    timeoutMs: Math.min(settings.timeoutMs, deadlineMs),
    concurrency: settings.concurrency,
    ...proxy,
    log,
    metrics,
    clock,
    shared,
  });
}
