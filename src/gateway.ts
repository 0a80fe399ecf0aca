import { createPermissions } from './auth/scopes.ts';
import type { Config } from './config/config.ts';
import type { Gateway } from './graphql/context.ts';
import { createTextReader } from './graphql/texts.ts';
import type { SourceDependencies } from './sources/dependencies.ts';
import { createLookahead } from './sources/lookahead.ts';
import type { SourceSettings } from './sources/settings.ts';
import type { Source } from './sources/source.ts';

type GatewayParts = Pick<Gateway, 'registry' | 'costs' | 'workBudget' | 'audit'> &
  Pick<SourceDependencies, 'cache' | 'log' | 'metrics' | 'clock' | 'shared'>;

/** Opens every source of the registry. The caller must close the sources and the cache. */
export function openGateway(config: Config, { registry, costs, workBudget, audit, ...parts }: GatewayParts): Gateway {
  const { windows, revalidates, deadlineMs, maxValues, proxy } = config;
  const { suspiciousFrom } = config.verdict;
  const dependencies = { ...parts, windows, revalidates, deadlineMs, maxValues, proxy, suspiciousFrom };
  const open = Object.entries(registry).map(([name, source]): [string, Source] => [
    name,
    source.open(config.sources[name] as SourceSettings, dependencies),
  ]);
  return {
    registry,
    costs,
    lookahead: createLookahead(),
    parseIndicator: costs.parse,
    sources: Object.fromEntries(open),
    verdictPolicy: config.verdict,
    egressPolicy: config.egress,
    permissionsOf: createPermissions(config.auth.scopes),
    deadlineMs,
    maxValues,
    texts: createTextReader(maxValues),
    workBudget,
    log: parts.log,
    audit,
    clock: parts.clock,
  };
}
