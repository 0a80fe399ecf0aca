import { z } from 'zod';
import { credential, integer, oneOf, optionalSeconds, type Secret, url } from '../../variables.ts';
import type { SourceSettings } from '../settings.ts';

export const argusVariables = z.object({
  ARGUS_API_KEY: credential,
  ARGUS_URL: url('http:', 'https:').default('https://api.mnemonic.no'),
  ARGUS_PRIORITY: oneOf(['standard', 'bulk']).optional(),
  ARGUS_TIMEOUT_MS: integer(5000, 1, 60_000),
  ARGUS_CONCURRENCY: integer(4, 1, 1000),
  ARGUS_CACHE_FRESH_SECONDS: optionalSeconds(0, 604_800),
  ARGUS_CACHE_STALE_SECONDS: optionalSeconds(0, 2_592_000),
  ARGUS_CACHE_NEGATIVE_SECONDS: optionalSeconds(0, 86_400),
});

export interface ArgusSettings extends SourceSettings {
  readonly key: Secret | undefined;
  /** Unset: "standard" for people who wait, "bulk" for long walks. */
  readonly priority: 'standard' | 'bulk' | undefined;
}

export function argusSettings(variables: z.infer<typeof argusVariables>): ArgusSettings {
  return {
    url: variables.ARGUS_URL,
    key: variables.ARGUS_API_KEY,
    priority: variables.ARGUS_PRIORITY,
    timeoutMs: variables.ARGUS_TIMEOUT_MS,
    concurrency: variables.ARGUS_CONCURRENCY,
    freshMs: variables.ARGUS_CACHE_FRESH_SECONDS,
    staleMs: variables.ARGUS_CACHE_STALE_SECONDS,
    negativeMs: variables.ARGUS_CACHE_NEGATIVE_SECONDS,
  };
}
