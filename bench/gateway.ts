/** The gateway's own schema, loaders and cache without its server: for other servers to stand in front of. */
import { openCache } from '../src/cache/cache.ts';
import { readConfig } from '../src/config.ts';
import { type Context, createContext, type Gateway } from '../src/graphql/context.ts';
import { createLog } from '../src/observability/log.ts';
import { createMetrics } from '../src/observability/metrics.ts';
import { createArgus, createDatadog } from '../src/sources/index.ts';
import type { House } from '../src/sources/source.ts';
import type { Environment } from '../src/variables.ts';

export { createSchema } from '../src/graphql/schema.ts';

/** As `src/main.ts` wires it. Gives the context of each operation, for warm ones: nobody ends it. */
export function openGateway(environment: Environment): () => Context {
  const config = readConfig(environment);
  const { windows, revalidates, deadlineMs, maxValues, proxy, access } = config;
  const log = createLog({ level: config.logLevel });
  const metrics = createMetrics();
  const now = Date.now;
  const cache = openCache({ maxBytes: 64 * 1024 * 1024, log, metrics, now });
  const keyFrom = { DATADOG: access.datadogKeyFrom, ARGUS: access.argusKeyFrom };
  const house: House = { cache, log, metrics, now, windows, revalidates, deadlineMs, maxValues, keyFrom, proxy };
  const gateway: Gateway = {
    datadog: createDatadog(config.datadog, house),
    argus: createArgus(config.argus, house),
    verdictPolicy: config.verdict,
    scopes: access.scopes,
    deadlineMs,
    maxValues,
    log,
    now,
  };
  const caller = { name: 'anonymous', lane: 'anonymous', scopes: new Set<string>(), keys: {} };
  return () => createContext(gateway, { caller, requestId: 'bench', gone: () => new AbortController().signal });
}
