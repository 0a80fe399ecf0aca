/** The configuration as the registered sources have it. */
import { type Config, readConfig as readFor, configVariables as variablesOf } from '../../src/config/config.ts';
import type { Environment } from '../../src/config/variables.ts';
import { sources } from '../../src/sources/index.ts';
import { twoSources } from './two-sources.ts';

export const readConfig = (environment: Environment): Config<typeof twoSources> => readFor(environment, twoSources);
export const configVariables = variablesOf(sources);
