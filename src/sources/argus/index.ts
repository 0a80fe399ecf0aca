import { createReadThrough, type FactKind } from '../../cache/read-through.ts';
import { UpstreamError } from '../../upstream/errors.ts';
import { createUpstream } from '../../upstream/upstream.ts';
import type { Secret } from '../../variables.ts';
import { type Credential, createPartition, type House, type Operation, partitionOf, type Source } from '../source.ts';
import { createBatches, type Gather, type MembershipNeed, type MembershipSubject } from './batches.ts';
import { createArgusClient, judgeArgus } from './client.ts';
import type { ArgusSettings } from './config.ts';
import {
  type ArgusLoaders,
  containsNeed,
  joinNeeds,
  type MembershipFact,
  membershipFact,
  openLoaders,
} from './loaders.ts';
import { createPropertyBook } from './properties.ts';
import { createTypeBook } from './reputation-types.ts';

export { argusSettings, argusVariables } from './config.ts';
export { argusResolvers } from './resolvers.ts';
export type { ArgusLoaders };

export function createArgus(settings: ArgusSettings, house: House): Source<ArgusLoaders> {
  const upstream = createUpstream({
    source: 'ARGUS',
    url: settings.url,
    timeoutMs: Math.min(settings.timeoutMs, house.deadlineMs),
    concurrency: settings.concurrency,
    queueSize: Math.max(1000, 2 * house.maxValues),
    maxBodyBytes: 16 * 1024 * 1024,
    unavailableBackoffMs: 1000,
    judge: judgeArgus,
    ...house.proxy,
    log: house.log,
    metrics: house.metrics,
    now: house.now,
  });
  const client = createArgusClient(upstream, settings.priority);
  const properties = createPropertyBook(settings.freshMs ?? house.windows.freshMs, house.now);
  const gather = createBatches(client, properties, values => house.metrics.batchSize('ARGUS', values), house.now);
  const facts = createReadThrough(membershipKind(settings, house, gather), house.cache, house.metrics, house.now);
  const book = createTypeBook(client.types, house.cache, house.now);
  const service = settings.key === undefined ? undefined : serviceCredential(settings.key, settings.url);
  return {
    name: 'ARGUS',
    isConfigured: service !== undefined || house.keyFrom.ARGUS === 'caller',
    open(operation) {
      const credential = credentialFor(operation, settings.url, house.keyFrom.ARGUS, service);
      return openLoaders(operation, credential, facts, book, house.now);
    },
    health: upstream.health,
    close: upstream.close,
  };
}

function membershipKind(
  settings: ArgusSettings,
  house: House,
  gather: Gather,
): FactKind<MembershipSubject, MembershipNeed, MembershipFact> {
  return {
    source: 'ARGUS',
    windows: {
      freshMs: settings.freshMs ?? house.windows.freshMs,
      staleMs: settings.staleMs ?? house.windows.staleMs,
      negativeMs: settings.negativeMs ?? house.windows.negativeMs,
    },
    revalidates: house.revalidates,
    revive: stored => membershipFact.safeParse(stored).data,
    // A value with no record at all has none with any property either.
    covers: (fact, need) =>
      containsNeed(fact.records.length === 0 ? { ...fact, properties: need.properties } : fact, need),
    contains: containsNeed,
    widen: joinNeeds,
    // Records that the question does not ask about are none to it.
    isAbsence: ({ records }, { withOld }) =>
      withOld ? records.length === 0 : records.every(({ state }) => state === 'OLD'),
    partitionOf: ({ credential }) => credential.partition,
    isComplete: fact => !fact.isTruncated,
    fetch(flights) {
      // What each value needs may have been widened by what is cached of it: one search all the same.
      const need = flights.map(({ question }) => question.need).reduce(joinNeeds);
      const together = flights.map(flight => ({ ...flight, question: { ...flight.question, need } }));
      return gather(together).map(async memberships => {
        const { records, isTruncated } = await memberships;
        return { withOld: need.withOld, properties: [...need.properties], records: [...records], isTruncated };
      });
    },
  };
}

/** The gateway's own key: `userID/keyID/secret`, slashes and all. */
function serviceCredential(key: Secret, url: string): Credential {
  const partition = createPartition(url);
  return {
    get partition() {
      return partition(key.read());
    },
    headers: () => ({ 'argus-api-key': key.read() }),
    reload: () => key.reload(),
  };
}

function credentialFor(
  operation: Operation,
  url: string,
  keyFrom: 'service' | 'caller',
  service: Credential | undefined,
): Credential | UpstreamError {
  if (!operation.maySee('ARGUS'))
    return new UpstreamError('ARGUS', 'DENIED', "This caller's scopes do not include Argus.", { forbidden: true });
  if (keyFrom === 'service')
    return service ?? new UpstreamError('ARGUS', 'UNCONFIGURED', 'The gateway has no credentials for Argus.');
  const key = operation.keys.argus;
  if (key === undefined)
    return new UpstreamError(
      'ARGUS',
      'DENIED',
      'The caller sent no Argus key: this gateway asks with the one in Argus-API-Key.',
    );
  return { partition: partitionOf(key, url), headers: () => ({ 'argus-api-key': key }), reload: () => false };
}
