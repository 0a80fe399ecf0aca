import { createReadThrough } from '../../cache/read-through.ts';
import { openUpstream, windowsOf } from '../settings.ts';
import type { House, Source } from '../source.ts';
import { createBatches, type Gather } from './batches.ts';
import { createArgusClient, judgeArgus } from './client.ts';
import type { ArgusSettings } from './config.ts';
import { createCovering } from './covering.ts';
import { credentialFor, serviceCredential } from './credential.ts';
import { recordsKind } from './facts.ts';
import { type ArgusLoaders, type ArgusMeans, openLoaders } from './loaders.ts';
import { createPropertyBook } from './properties.ts';
import { createTypeBook } from './reputation-types.ts';

export { argusSettings, argusVariables } from './config.ts';
export { argusResolvers } from './resolvers.ts';
export type { ArgusLoaders };

export function createArgus(settings: ArgusSettings, house: House): Source<ArgusLoaders> {
  const manner = {
    source: 'ARGUS',
    maxBodyBytes: 16 * 1024 * 1024,
    unavailableBackoffMs: 1000,
    judge: judgeArgus,
  } as const;
  const upstream = openUpstream(manner, settings, house);
  const windows = windowsOf(settings, house);
  const client = createArgusClient(upstream, settings.priority);
  const properties = createPropertyBook(windows.freshMs, house.now);
  const onBatch = (values: number) => house.metrics.batchSize('ARGUS', values);
  const readThrough = (gather: Gather) =>
    createReadThrough(recordsKind(windows, house.revalidates, gather), house.cache, house.metrics, house.now);
  const means: ArgusMeans = {
    client,
    properties,
    memberships: readThrough(createBatches(client, properties, onBatch, house.now)),
    covering: readThrough(createCovering(client, properties, onBatch)),
    types: createTypeBook(client.types, house.cache, house.now),
    now: house.now,
  };
  const service = settings.key === undefined ? undefined : serviceCredential(settings.key, settings.url);
  return {
    name: 'ARGUS',
    isConfigured: service !== undefined || house.keyFrom.ARGUS === 'caller',
    open(operation) {
      const credential = credentialFor(operation, settings.url, house.keyFrom.ARGUS, service);
      return openLoaders(operation, credential, means);
    },
    health: upstream.health,
    close: upstream.close,
  };
}
