/** The configuration as the registered sources have it. */
import { type Config, readConfig as readFor, configVariables as variablesOf } from '../../src/config.ts';
import { sources } from '../../src/sources/index.ts';
import type { Environment } from '../../src/variables.ts';
import { twoSources } from './two-sources.ts';

export const readConfig = (environment: Environment): Config<typeof twoSources> => readFor(environment, twoSources);
export const configVariables = variablesOf(sources);
