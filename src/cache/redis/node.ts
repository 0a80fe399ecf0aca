/** One server: its connection, and the circuits that keep a slow or refusing one from costing anybody time. */
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { Clock } from '../../clock.ts';
import type { RedisAddress, RedisConfig } from '../../config/redis.ts';
import { type CircuitBreakerPolicy, createCircuitBreaker } from '../../http-client/circuit-breaker.ts';
import { codeOf, createRedisClient, type RedisClient, redisTimes } from './client.ts';
import { openConnection } from './connection.ts';
import { deserialize, serialize } from './row.ts';
import { createSharedClock } from './shared-clock.ts';
import { createTimeoutGuard, type GuardedResult } from './timeout-guard.ts';

/**
 * Three failures in a row open a circuit, whatever their share. It stays open for `quietMs` each time: less would
 * keep a dead socket open, and more is not needed, because one probe costs Redis little.
 */
export const redisPolicy: CircuitBreakerPolicy = {
  failuresInARow: 3,
  failureShare: 1,
  failureVolume: Number.POSITIVE_INFINITY,
  failureWindowMs: 10_000,
  openMs: redisTimes.quietMs,
  openCapMs: redisTimes.quietMs,
  openJitter: 0,
  noSuccessMs: 0,
  probeMs: redisTimes.quietMs,
};

const readDeadlineMs = 50;
export const writeDeadlineMs = 250;
const maxInFlight = 400;

/** Refusals that concern the server as a whole. Others, like that of a full memory, concern a command. */
const refusesAll = new Set([
  ...['READONLY', 'CROSSSLOT', 'MASTERDOWN', 'CLUSTERDOWN', 'LOADING'],
  ...['NOAUTH', 'WRONGPASS', 'NOPERM', 'UNKNOWN_COMMAND'],
]);

/** What a command is given to speak through. */
export interface RedisServer {
  readonly client: RedisClient;
  readonly keyv: Keyv;
  /** To be called when the reply has been read to its end. */
  answered(): void;
  /** Ends the connection that the command was sent by, if it is still in use. */
  disconnect(): void;
}

export interface RedisNode {
  readonly address: RedisAddress;
  /** Epoch milliseconds by its clock. */
  now(): number;
  /** Settles within 50 ms, and never rejects; after a timeout `work` still runs to its end. */
  read<T>(work: (server: RedisServer) => Promise<T>): Promise<GuardedResult<T>>;
  /** The same within 250 ms, for what nobody waits for. */
  write<T>(work: (server: RedisServer) => Promise<T>): Promise<GuardedResult<T>>;
  /** It answers reads and writes, in time. */
  isUp(): boolean;
  close(): void;
}

export interface RedisNodeOptions {
  readonly address: RedisAddress;
  readonly config: RedisConfig;
  /** A key of ours that it holds. */
  readonly probeKey: () => string;
  readonly clock: Clock;
  /** Called when `isUp` may have changed; `error`: why it is not. */
  onChange(error?: unknown): void;
  /** Called with each answer to a ping. */
  onAnswer(): void;
  /** A key is elsewhere by now. */
  onMoved(): void;
}

/** Connects in the background, and again for ever. */
export function openNode(options: RedisNodeOptions): RedisNode {
  const { address, config, probeKey, clock, onChange, onAnswer, onMoved } = options;
  const client = createRedisClient(address, { credentials: config.credentials, reconnects: true });
  const keyv = createRedisKeyv(client);
  let lastFailure: unknown;
  const createBreaker = () =>
    createCircuitBreaker({ policy: redisPolicy, now: clock.monotonic, onChange: () => onChange(lastFailure) });
  const onFailure = (error: unknown): void => {
    lastFailure = error;
  };
  // A write has more time: its success says nothing of reads.
  const [ofReads, ofWrites] = [createBreaker(), createBreaker()];
  let isAnswering = false;
  const isReady = () => client.isReady && isAnswering;
  const isUp = () => isReady() && ofReads.state === 'CLOSED' && ofWrites.state === 'CLOSED';
  const reads = createTimeoutGuard({ isReady, breaker: ofReads, maxInFlight, onFailure });
  const writes = createTimeoutGuard({ isReady, breaker: ofWrites, maxInFlight, onFailure });
  const sharedClock = createSharedClock(() => client.time(), clock);
  const probeWrite = () => client.set(probeKey(), '1', { expiration: { type: 'PX', value: redisTimes.pingMs } });
  const connection = openConnection({
    client,
    // A user of Redis that may not ask for the time is no reason to do without Redis.
    prepare: () => sharedClock.adjust().catch(() => {}),
    async check() {
      // Refused where writes are, and leaves nothing behind.
      await client.unlink(probeKey());
      for (const breaker of [ofReads, ofWrites]) breaker.recordSuccess();
    },
    onAnswer() {
      isAnswering = true;
      if (!isUp()) probe();
      onChange();
      onAnswer();
    },
    onError(error) {
      isAnswering = false;
      onChange(error);
    },
  });

  /** Closes circuits where nobody asks: only a quick answer closes that of reads. */
  function probe(): void {
    void reads.run(() => client.get(probeKey()), readDeadlineMs);
    void writes.run(probeWrite, writeDeadlineMs);
  }

  async function guarded<T>(
    guard: typeof reads,
    work: (server: RedisServer) => Promise<T>,
    deadlineMs: number,
  ): Promise<GuardedResult<T>> {
    const outcome = await guard.run(() => {
      const which = connection.current();
      const disconnect = () => connection.disconnect(which);
      return work({ client, keyv, answered: connection.answered, disconnect });
    }, deadlineMs);
    const code = 'error' in outcome && isReady() ? codeOf(outcome.error) : undefined;
    if (code === 'MOVED') onMoved();
    else if (code !== undefined && refusesAll.has(code) && 'error' in outcome) connection.renew(outcome.error);
    return outcome;
  }

  return {
    address,
    now: sharedClock.now,
    read: work => guarded(reads, work, readDeadlineMs),
    write: work => guarded(writes, work, writeDeadlineMs),
    isUp,
    close: connection.close,
  };
}

/** The client is connected here: if the adapter connects it, it hangs, and adds listeners each time. */
function createRedisKeyv(client: RedisClient): Keyv {
  // Both throwOnErrors are needed to learn of a failed write: without, `set` returns true and `setMany` nothing anyway.
  const store = new KeyvRedis(client, { throwOnErrors: true });
  const namespace = 'indicator-gateway';
  return new Keyv({ store, namespace, useKeyPrefix: false, throwOnErrors: true, serialize, deserialize });
}
