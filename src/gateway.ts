import { createPermissions } from './auth/scopes.ts';
import type { Config } from './config/config.ts';
import type { Gateway } from './graphql/context.ts';
import { createIndicatorParser } from './graphql/indicator-parser.ts';
import type { SourceDependencies } from './sources/dependencies.ts';
import { createLookahead } from './sources/lookahead.ts';
import type { SourceSettings } from './sources/settings.ts';
import type { Source } from './sources/source.ts';

type GatewayParts = Pick<Gateway, 'registry' | 'costs'> &
  Pick<SourceDependencies, 'cache' | 'log' | 'metrics' | 'clock'>;

/** Opens every source of the registry. The caller must close the sources and the cache. */
export function openGateway(config: Config, { registry, costs, ...shared }: GatewayParts): Gateway {
  const { windows, revalidates, deadlineMs, maxValues, proxy } = config;
  const dependencies = { ...shared, windows, revalidates, deadlineMs, maxValues, proxy };
  const open = Object.entries(registry).map(([name, source]): [string, Source] => [
    name,
    source.open(config.sources[name] as SourceSettings, dependencies),
  ]);
  return {
    registry,
    costs,
    lookahead: createLookahead(),
    parseIndicator: createIndicatorParser(),
    sources: Object.fromEntries(open),
    verdictPolicy: config.verdict,
    permissionsOf: createPermissions(config.auth.scopes),
    deadlineMs,
    maxValues,
    log: shared.log,
    clock: shared.clock,
  };
}
