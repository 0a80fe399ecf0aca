import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { Clock } from '../../clock.ts';
import { createCircuitBreaker } from '../../http-client/circuit-breaker.ts';
import type { Log } from '../../observability/log.ts';
import type { CacheOutcome, Metrics } from '../../observability/metrics.ts';
import { applyChanges, writeDeadlineMs } from './apply-changes.ts';
import { type BatchRead, batchReads } from './batched-reads.ts';
import { codeOf, type RedisClient, redisPolicy } from './client.ts';
import { type corrupt, deserialize, maxRowSize, type RedisRow, serialize } from './row.ts';
import { createSharedClock } from './shared-clock.ts';
import { createTimeoutGuard } from './timeout-guard.ts';
import { createTombstones } from './tombstones.ts';
import { type Change, createWriteBehind, isSet, type SetChange } from './write-behind.ts';

const readDeadlineMs = 50;
const maxInFlight = 400;

export type RedisSet = Omit<SetChange, 'order'>;
export type RedisRows = readonly (RedisRow | typeof corrupt | undefined)[];

export interface Redis {
  /** Epoch milliseconds by Redis's own clock, which all replicas share: for dating rows. */
  now(): number;
  /** One MGET for all reads of one turn of the event loop. `use` gets its rows even when they come too late. */
  readonly read: BatchRead<RedisRows[number]>;
  set(sets: readonly RedisSet[]): void;
  remove(keys: readonly string[]): void;
  /** The key was removed here, but Redis may not have applied that yet: its row must not be used. */
  isDeleted(key: string): boolean;
  isUp(): boolean;
  /** Resolves when Redis has answered or failed for the first time. */
  firstAnswer(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Not connected yet; `close` closes it. */
  readonly client: RedisClient;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Keyv on Redis. Connects in the background, and reconnects for ever. */
export function openRedis({ client, log, metrics, clock }: RedisOptions): Redis {
  const keyv = createRedisKeyv(client);
  const breaker = createCircuitBreaker({
    policy: redisPolicy,
    now: clock.monotonic,
    onChange: () => reportState(),
  });
  let isAnswering = false;
  const isReady = () => client.isReady && isAnswering;
  const isUp = () => isReady() && breaker.state === 'CLOSED';
  const reportState = createStateReporter(isUp, log, metrics);
  const sharedClock = createSharedClock(() => client.time(), clock);
  const firstResult = Promise.withResolvers<void>();
  const guard = createTimeoutGuard({ isReady, breaker, maxInFlight });
  const tombstones = createTombstones();
  // The guard is around the whole MGET, so that a late reply counts as one timeout.
  const read = batchReads<RedisRows[number]>(async (keys, use) => {
    const outcome = await guard.run(async () => use(await keyv.getMany([...keys])), readDeadlineMs);
    if ('value' in outcome) return outcome.value;
    metrics.cache('redis', outcome.failure === 'timeout' ? 'timeout' : 'error', keys.length);
    return undefined;
  });
  const count = (outcome: CacheOutcome, changes: readonly Change[]) =>
    metrics.cache('redis', outcome, changes.filter(isSet).length);
  const writes = createWriteBehind({ send, onDropped: changes => count('dropped', changes) });
  let order = 0;

  async function send(changes: readonly Change[]): Promise<void> {
    const outcome = await applyChanges(keyv, guard, changes);
    if (outcome === 'write') tombstones.confirm(changes);
    count(outcome, changes);
  }

  function change(changes: readonly Change[]): void {
    tombstones.add(changes);
    writes.add(changes);
  }

  function remove(keys: readonly string[]): void {
    order += 1;
    change(keys.map(key => ({ key, order })));
  }

  function onAnswer(): void {
    isAnswering = true;
    breaker.recordSuccess();
    reportState();
    firstResult.resolve();
    if (writes.isIdle()) remove(tombstones.pending());
  }

  function onError(error: unknown): void {
    isAnswering = false;
    reportState(error);
    firstResult.resolve();
  }

  /** A user of Redis that may not ask for the time is no reason to do without Redis. */
  const adjustClock = () => sharedClock.adjust().catch(() => {});

  // A connection is not enough: Redis may want a password or still be loading. The answer to a ping shows it.
  client.on('ready', () => Promise.all([client.ping(), adjustClock()]).then(onAnswer, onError));
  client.on('ping-interval', () => {
    onAnswer();
    adjustClock();
  });
  client.on('error', onError);
  client.connect().catch(onError);

  return {
    now: sharedClock.now,
    read,
    set(sets) {
      order += 1;
      const changes = sets.map(({ key, json, ttlMs }) => ({ key, json, ttlMs, order }));
      const fits = ({ json }: SetChange) => json.length < maxRowSize - 100;
      count(
        'dropped',
        changes.filter(one => !fits(one)),
      );
      change(changes.filter(fits));
    },
    remove,
    isDeleted: tombstones.has,
    isUp,
    firstAnswer: () => firstResult.promise,
    close: () => close(client, writes.idle()),
  };
}

/** The client is connected by openRedis: if the adapter connects it, it hangs, and adds listeners each time. */
function createRedisKeyv(client: RedisClient): Keyv {
  // Both throwOnErrors are needed to learn of a failed write: without, `set` returns true and `setMany` nothing anyway.
  const store = new KeyvRedis(client, { throwOnErrors: true });
  const namespace = 'indicator-gateway';
  return new Keyv({ store, namespace, useKeyPrefix: false, throwOnErrors: true, serialize, deserialize });
}

/** Logs the first state and each change of it, and sets the gauge. */
function createStateReporter(isUp: () => boolean, log: Log, metrics: Metrics): (error?: unknown) => void {
  let last: boolean | undefined;
  return error => {
    const next = isUp();
    if (next === last) return;
    last = next;
    metrics.redisUp(next);
    if (next) log.info({}, 'Redis answers');
    else
      log.warn({ code: error === undefined ? 'TIMEOUT' : codeOf(error) }, 'Redis does not answer: caching in memory');
  };
}

async function close(client: RedisClient, written: Promise<void>): Promise<void> {
  await Promise.race([written, new Promise(resolve => setTimeout(resolve, writeDeadlineMs))]);
  if (client.isOpen) client.destroy();
}
