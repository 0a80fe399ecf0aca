import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { createBreaker } from '../../http-client/circuit-breaker.ts';
import type { Log } from '../../observability/log.ts';
import type { CacheOutcome, Metrics } from '../../observability/metrics.ts';
import { type Read, shareReads } from './batched-reads.ts';
import { codeOf, type RedisClient, redisPolicy } from './client.ts';
import { deserialize, type garbage, maxRowSize, type Row, serialize } from './row.ts';
import { createGuard, type Guard } from './timeout-guard.ts';
import { createPurges } from './tombstones.ts';
import { type Change, createWriteBehind, type SetChange } from './write-behind.ts';

const readDeadlineMs = 50;
const writeDeadlineMs = 250;
const maxUnderWay = 400;

export type RedisSet = Omit<SetChange, 'order'>;
export type Rows = readonly (Row | typeof garbage | undefined)[];

export interface Redis {
  /** One MGET for all that is asked in one turn. `use` gets its rows even when they come too late. */
  readonly read: Read<Rows[number]>;
  set(sets: readonly RedisSet[]): void;
  remove(keys: readonly string[]): void;
  /** Removed here, but Redis may not know yet: what it holds under this key is no answer. */
  isPurged(key: string): boolean;
  isUp(): boolean;
  /** Resolves when Redis has answered for the first time, or has failed to. */
  heardOf(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Not connected yet; `close` closes it. */
  readonly client: RedisClient;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Keyv on Redis. Connects at once and again for ever, and is never waited for. */
export function openRedis({ client, log, metrics }: RedisOptions): Redis {
  const keyv = keyvOn(client);
  const breaker = createBreaker({ policy: redisPolicy, now: () => performance.now(), onChange: () => announce() });
  let isWelcome = false;
  const isReady = () => client.isReady && isWelcome;
  const isUp = () => isReady() && breaker.state === 'CLOSED';
  const announce = createAnnouncer(isUp, log, metrics);
  const firstWord = Promise.withResolvers<void>();
  const guard = createGuard({ isReady, breaker, maxUnderWay });
  const purges = createPurges();
  // One guard for one MGET: it is late once, however many wait for it.
  const read = shareReads<Rows[number]>(async (keys, use) => {
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
    const outcome = await apply(keyv, guard, changes);
    if (outcome === 'write') purges.confirm(changes);
    count(outcome, changes);
  }

  function change(changes: readonly Change[]): void {
    purges.add(changes);
    writes.add(changes);
  }

  function remove(keys: readonly string[]): void {
    order += 1;
    change(keys.map(key => ({ key, order })));
  }

  function onAnswer(): void {
    isWelcome = true;
    breaker.heard();
    announce();
    firstWord.resolve();
    if (writes.isIdle()) remove(purges.pending());
  }

  function onError(error: unknown): void {
    isWelcome = false;
    announce(error);
    firstWord.resolve();
  }

  // Connected is not welcome: Redis may still want a password, or be loading. It is what a ping is answered that tells.
  client.on('ready', () => client.ping().then(onAnswer, onError));
  client.on('ping-interval', onAnswer);
  client.on('error', onError);
  client.connect().catch(onError);

  return {
    read,
    set(sets) {
      order += 1;
      const changes = sets.map(({ key, json, ttlMs }) => ({ key, json, ttlMs, order }));
      const [small, large] = partition(changes, ({ json }) => json.length < maxRowSize - 100);
      count('dropped', large);
      change(small);
    },
    remove,
    isPurged: purges.has,
    isUp,
    heardOf: () => firstWord.promise,
    close: () => close(client, writes.idle()),
  };
}

/** The client is ours and connected by us: left to connect, the adapter hangs, and adds listeners each time. */
function keyvOn(client: RedisClient): Keyv {
  // throwOnErrors on both: the only way to learn of a failed write. `set` says true, and `setMany` nothing, all the same.
  const store = new KeyvRedis(client, { throwOnErrors: true });
  const namespace = 'indicator-gateway';
  return new Keyv({ store, namespace, useKeyPrefix: false, throwOnErrors: true, serialize, deserialize });
}

/** Settles when Redis has answered or is gone, so that never more than one chunk is under way. */
async function apply(
  keyv: Keyv,
  guard: Guard,
  changes: readonly Change[],
): Promise<'write' | 'write_error' | 'dropped'> {
  let result: Promise<'write' | 'write_error'> | undefined;
  await guard.run(() => {
    const applied = inOneTransaction(keyv, changes);
    result = applied.then(
      () => 'write',
      () => 'write_error',
    );
    return applied;
  }, writeDeadlineMs);
  return result ?? 'dropped';
}

async function inOneTransaction(keyv: Keyv, changes: readonly Change[]): Promise<void> {
  const sets = changes.filter(isSet);
  if (sets.length > 0) await keyv.setMany(sets.map(({ key, json, ttlMs }) => ({ key, value: json, ttl: ttlMs })));
  else await keyv.deleteMany(changes.map(({ key }) => key));
}

/** Tells log and gauge of each change, and of the first state, once. */
function createAnnouncer(isUp: () => boolean, log: Log, metrics: Metrics): (error?: unknown) => void {
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

function isSet(change: Change): change is SetChange {
  return change.json !== undefined;
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter(item => !belongs(item))];
}
