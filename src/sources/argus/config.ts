import { z } from 'zod';
import { credential, oneOf, readVariables, type Secret } from '../../config/variables.ts';
import type { SourceSettings } from '../settings.ts';
import type { SourceConfiguration } from '../source.ts';
import { basePath } from './client.ts';

const variables = z.object({
  ARGUS_API_KEY: credential.describe('The API key.'),
  ARGUS_PRIORITY: oneOf(['standard', 'bulk'])
    .optional()
    .describe('How urgent its questions are. Unset: standard for people who wait, bulk for long walks.'),
});

export interface ArgusSettings extends SourceSettings {
  readonly key: Secret | undefined;
  /** Unset: "standard", and "bulk" for pages after the first 1,000 records. */
  readonly priority: 'standard' | 'bulk' | undefined;
}

/** The request headers that carry it. */
export const keyHeaders = (key: Secret): Readonly<Record<string, string>> => ({ 'argus-api-key': key.read() });

const url = 'https://api.mnemonic.no';

export const argusConfiguration: SourceConfiguration<ArgusSettings> = {
  variables,
  defaults: { url, path: `${basePath}/indicator`, timeoutMs: 5000, concurrency: 4 },
  credentials: [['ARGUS_API_KEY']],
  read(environment, common) {
    const { values, problems } = readVariables(variables, environment);
    if (values === undefined) return { problems };
    const { ARGUS_API_KEY: key, ARGUS_PRIORITY: priority } = values;
    return { settings: { ...common, url: common.url ?? url, key, priority } };
  },
};
