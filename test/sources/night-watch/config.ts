import { z } from 'zod';
import { credential, readVariables, type Secret } from '../../../src/config/variables.ts';
import type { SourceSettings } from '../../../src/sources/settings.ts';
import type { SourceConfiguration } from '../../../src/sources/source.ts';

const variables = z.object({ NIGHT_WATCH_KEY: credential.describe('The API key.') });

export interface NightWatchSettings extends SourceSettings {
  readonly key: Secret | undefined;
}

const url = 'https://api.nightwatch.example';

export const nightWatchConfiguration: SourceConfiguration<NightWatchSettings> = {
  variables,
  defaults: { url, timeoutMs: 2000, concurrency: 16 },
  credentials: [['NIGHT_WATCH_KEY']],
  read(environment, common) {
    const { values, problems } = readVariables(variables, environment);
    return values ? { settings: { ...common, url: common.url ?? url, key: values.NIGHT_WATCH_KEY } } : { problems };
  },
};
