/** mnemonic Argus Reputation v2: lists of indicators, as far as a key may read them. */
import { createReadThrough } from '../../cache/read-through.ts';
import { type CredentialPolicy, credentialFor, isConfigured, serviceCredential } from '../credential.ts';
import { openUpstream, windowsOf } from '../settings.ts';
import type { Source, SourceDefinition, SourceDependencies } from '../source.ts';
import { createArgusClient, judgeArgus } from './client.ts';
import { type ArgusSettings, argusConfiguration } from './config.ts';
import { recordsKind } from './facts.ts';
import { argusCosts, argusResolvers, currentRecords } from './resolvers.ts';
import { createBatches, type Gather } from './search/batched-search.ts';
import { createCovering } from './search/covering.ts';
import { type ArgusMeans, type ArgusPart, openLoaders, verdictSource } from './search/part.ts';
import { createPropertyBook } from './search/property-permissions.ts';
import { createTypeBook } from './search/type-registry.ts';

export const argus: SourceDefinition<ArgusSettings, ArgusPart> = {
  ...verdictSource,
  kind: 'LISTS',
  configuration: argusConfiguration,
  callerKeyHeaders: { 'Argus-API-Key': 'argus-api-key' },
  resolvers: argusResolvers,
  costs: argusCosts,
  verdictCost: (field, meter) => meter.search(field, currentRecords),
  node: { typeName: 'ReputationRecord', isOne: node => 'recordId' in node },
  open,
};

function open(settings: ArgusSettings, dependencies: SourceDependencies): Source<ArgusPart> {
  const { cache, metrics, now, revalidates } = dependencies;
  const profile = { maxBodyBytes: 16 * 1024 * 1024, unavailableBackoffMs: 1000, judge: judgeArgus };
  const upstream = openUpstream(argus, profile, settings, dependencies);
  const windows = windowsOf(settings, dependencies);
  const client = createArgusClient(upstream, settings.priority);
  const properties = createPropertyBook(windows.freshMs, now);
  const onBatch = (values: number) => metrics.batchSize(argus.name, values);
  const readThrough = (gather: Gather) =>
    createReadThrough(recordsKind(windows, revalidates, gather), cache, metrics, now);
  const means: ArgusMeans = {
    client,
    properties,
    memberships: readThrough(createBatches(client, properties, onBatch, now)),
    covering: readThrough(createCovering(client, properties, onBatch)),
    types: createTypeBook(client.types, cache, now),
    now,
  };
  const { key, url } = settings;
  // `userID/keyID/secret`, slashes and all.
  const service = key && serviceCredential([key], () => ({ 'argus-api-key': key.read() }), url);
  const policy: CredentialPolicy = { source: argus, settings, service };
  return {
    isConfigured: isConfigured(policy),
    open: (operation, permissions) => openLoaders(operation, credentialFor(policy, operation.keys, permissions), means),
    health: upstream.health,
    close: upstream.close,
  };
}
