/** The registry: every source that the gateway joins, in the order in which it reports them. A new one is a line here. */
import { argus } from './argus/index.ts';
import { datadog } from './datadog/index.ts';
import type { Sources } from './source.ts';

export const sources = { DATADOG: datadog, ARGUS: argus } satisfies Sources;
