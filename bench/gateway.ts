/** The gateway's own schema, loaders and cache without its server: for other servers to stand in front of. */
import { openCache } from '../src/cache/cache.ts';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config/config.ts';
import type { Environment } from '../src/config/variables.ts';
import { openGateway as openFor } from '../src/gateway.ts';
import { type Context, createContext } from '../src/graphql/context.ts';
import { createCosts, createSchema as createFor, readSchema } from '../src/graphql/schema.ts';
import { createLog } from '../src/observability/log.ts';
import { createMetrics } from '../src/observability/metrics.ts';
import { sources } from '../src/sources/index.ts';

export const createSchema = () => createFor(sources, readSchema());

/** As `src/main.ts` wires it. Gives the context of each operation, for warm ones: nobody ends it. */
export function openGateway(environment: Environment): () => Context {
  const config = readConfig(environment, sources);
  const log = createLog({ level: config.logLevel, sources: Object.keys(sources) });
  const metrics = createMetrics();
  const cache = openCache({ maxBytes: 64 * 1024 * 1024, log, metrics, clock: systemClock });
  const costs = createCosts(sources, createSchema());
  const gateway = openFor(config, { registry: sources, costs, cache, log, metrics, clock: systemClock });
  const caller = { name: 'anonymous', clientKey: 'anonymous', scopes: new Set<string>(), keys: {} };
  return () => createContext(gateway, { caller, requestId: 'bench', clientGone: () => new AbortController().signal });
}
