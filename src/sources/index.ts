/** The registry of sources, in the order in which the gateway reports them. */
import { argus } from './argus/index.ts';
import { datadog } from './datadog/index.ts';
import type { Sources } from './source.ts';

export const sources = { DATADOG: datadog, ARGUS: argus } satisfies Sources;
