/** mnemonic Argus Reputation v2: lists of indicators, as far as a key may read them. */
import { LRUCache } from 'lru-cache';
import { createReadThrough } from '../../cache/read-through.ts';
import { UpstreamError } from '../../http-client/errors.ts';
import type { Log } from '../../observability/log.ts';
import { type Credential, createCredentials, type Identify, serviceCredential } from '../credential.ts';
import type { SourceDependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { openUpstream, windowsOf } from '../settings.ts';
import type { Operation, Source, SourceDefinition } from '../source.ts';
import type { OnUnreadable } from '../tolerant-read.ts';
import { type ArgusClient, classifyArgus, createArgusClient } from './client.ts';
import { type ArgusSettings, argusConfiguration, keyHeaders } from './config.ts';
import { recordsKind } from './facts.ts';
import { type ReputationTypes, recordIdFrom } from './mapping.ts';
import { createPropertyPermissionCache, type PropertyPermissionCache } from './property-permissions.ts';
import { type LoadConnection, openConnection } from './records/connection.ts';
import { type LoadRecord, openSingleRecords } from './records/single-records.ts';
import { argusCosts, argusResolvers, currentRecords, searchKinds } from './resolvers.ts';
import { createBatchedSearch } from './search/batched-search.ts';
import { createListNames } from './search/list-names.ts';
import { createOutward } from './search/outward.ts';
import { openSearchPart, type SearchPart, type SearchPartDependencies } from './search/part.ts';
import { verdictSource } from './search/records-report.ts';
import { createSearchSizes } from './search/search-sizes.ts';
import { selectedProperties } from './search/selection-needs.ts';
import { createTypeRegistry } from './search/type-registry.ts';
import { createUnheardValues } from './search/unheard-values.ts';

export const argus: SourceDefinition<ArgusSettings, ArgusPart> = {
  ...verdictSource,
  kind: 'LISTS',
  configuration: argusConfiguration,
  callerKeyHeaders: { 'Argus-API-Key': 'argus-api-key' },
  resolvers: argusResolvers,
  costs: argusCosts,
  verdictCost: () => (field, meter) => meter.search(field, 'ARGUS', currentRecords, searchKinds),
  open,
};

function open(settings: ArgusSettings, dependencies: SourceDependencies): Source<ArgusPart> {
  const { cache, log, metrics, clock, revalidates } = dependencies;
  const claimMs = Math.min(settings.timeoutMs, dependencies.deadlineMs);
  const now = clock.monotonic;
  const profile = {
    maxBodyBytes: 16 * 1024 * 1024,
    unavailableBackoffMs: 1000,
    classify: classifyArgus,
    sharesSlots: true,
  };
  const upstream = openUpstream(argus, profile, settings, dependencies);
  const windows = windowsOf(settings, dependencies);
  const onUnreadable = (field: string) => metrics.upstreamFieldUnreadable(argus.name, field);
  const onPartial = createPartialLog(log, now);
  const client = createArgusClient(upstream, settings.priority, { onUnreadable, onPartial });
  const properties = createPropertyPermissionCache(windows.freshMs, now);
  const onBatch = (values: number) => metrics.batchSize(argus.name, values);
  const search = createBatchedSearch({
    client,
    properties,
    sizes: createSearchSizes(now),
    unheard: createUnheardValues(now),
    onBatch,
    onUnreadable,
    now,
  });
  const shared: ArgusDependencies = {
    client,
    properties,
    onUnreadable,
    records: createReadThrough(recordsKind(windows, revalidates, claimMs, search), cache, metrics, clock),
    outward: createOutward(),
    lists: createListNames(client, onUnreadable, now),
    types: createTypeRegistry(client.types, cache, clock),
    clock,
  };
  const { key, url } = settings;
  // The key is `userID/keyID/secret`, sent as it is. Its very text identifies the partition, to which cursors are bound.
  const identify: Identify = ([own = '']) => own;
  const service = key && serviceCredential({ secrets: [key], headers: () => keyHeaders(key), url, identify });
  const { isConfigured, credentialFor } = createCredentials({ source: argus, settings, service, identify });
  return {
    isConfigured,
    open: (operation, permissions) => openPart(operation, credentialFor(operation.keys, permissions), shared),
    health: upstream.health,
    close: upstream.close,
  };
}

/** One line a minute for each reason. */
function createPartialLog(log: Log, now: () => number): (reason: string) => void {
  const logged = new LRUCache<string, true>({ max: 100, ttl: 60_000, perf: { now } });
  return reason => {
    if (logged.has(reason)) return;
    logged.set(reason, true);
    log.warn({ source: argus.name, reason }, 'upstream says that its answer is not complete');
  };
}

/** Argus's part in one operation. */
interface ArgusPart extends SearchPart {
  /** The indicator types that Argus knows; rejects with UpstreamError. */
  types(): Promise<ReputationTypes>;
  readonly record: LoadRecord;
  readonly connection: LoadConnection;
}

/** What the parts of all operations share. */
interface ArgusDependencies extends SearchPartDependencies {
  readonly client: ArgusClient;
  readonly properties: PropertyPermissionCache;
  readonly onUnreadable: OnUnreadable;
}

function openPart(
  operation: Operation,
  credential: Credential | UpstreamError,
  dependencies: ArgusDependencies,
): ArgusPart {
  const loadRecord = once(() => openSingleRecords(dependencies, credential, operation));
  const loadConnection = once(() => openConnection(dependencies, credential, operation));
  return {
    ...openSearchPart(operation, credential, dependencies),
    record: (recordId, properties) => loadRecord()(recordId, properties),
    async connection(given, properties) {
      const page = await loadConnection()(given, properties);
      if (!(credential instanceof UpstreamError)) dependencies.lists.see(credential, page.nodes);
      return page;
    },
    async types() {
      operation.reduceMaxAge(0);
      if (credential instanceof UpstreamError) throw credential;
      return dependencies.types.fetch(credential);
    },
    node(globalId, selectionOn) {
      const recordId = recordIdFrom(globalId);
      if (recordId === undefined) return undefined;
      const found = loadRecord()(recordId, selectedProperties(selectionOn('ReputationRecord')));
      return found.then(record => record && { ...record, __typename: 'ReputationRecord' });
    },
  };
}
