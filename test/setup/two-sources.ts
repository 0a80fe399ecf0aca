/**
 * The two sources that the tests are about. A gateway of them answers the same when a third one is registered; what every
 * source must keep is in `test/sources/contract.ts`.
 */
import { sources } from '../../src/sources/index.ts';

export const twoSources = { DATADOG: sources.DATADOG, ARGUS: sources.ARGUS };
