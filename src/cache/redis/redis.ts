import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { RedisConfig } from '../../config/redis.ts';
import type { Secret } from '../../config/variables.ts';
import type { Log } from '../../observability/log.ts';
import type { CacheOutcome, Metrics } from '../../observability/metrics.ts';
import type { SharedState } from '../../shared-state.ts';
import { applyChanges } from './apply-changes.ts';
import type { BatchRead } from './batched-reads.ts';
import { type FoundRow, releaseClaims, type WantedKey } from './claims.ts';
import { codeOf } from './client.ts';
import { writeDeadlineMs } from './node.ts';
import { openNodes } from './nodes.ts';
import { createReads } from './reads.ts';
import { createRowFormat, maxRowSize, type RowFormat } from './row.ts';
import { createSharedState } from './shared-state.ts';
import { createTombstones } from './tombstones.ts';
import { type Change, createWriteBehind, isSet, type SetChange } from './write-behind.ts';

export type RedisSet = Omit<SetChange, 'order'>;

export interface Redis {
  /** Epoch milliseconds by the clock of the server that holds the key, which all replicas share: for dating rows. */
  now(key: string): number;
  readonly rows: RowFormat;
  /** One command for all reads of one turn of the event loop. `use` gets its rows even when they come too late. */
  readonly read: BatchRead<WantedKey, FoundRow>;
  set(sets: readonly RedisSet[]): void;
  remove(keys: readonly string[]): void;
  /** Others need not wait for these rows any more. The claim of a row that is written ends with that. */
  release(keys: readonly string[]): void;
  /** The key was removed here, but Redis may not have applied that yet: its row must not be used. */
  isDeleted(key: string): boolean;
  readonly shared: SharedState;
  isUp(): boolean;
  /** Resolves when Redis has answered or failed for the first time. */
  firstAnswer(): Promise<void>;
  close(): Promise<void>;
}

export interface RedisOptions {
  readonly config: RedisConfig;
  /** Signs the rows. */
  readonly hmacKey?: Secret | undefined;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Connects in the background, and reconnects for ever. */
export function openRedis({ config, hmacKey, log, metrics, clock }: RedisOptions): Redis {
  const firstResult = Promise.withResolvers<void>();
  const report = createStateReporter(log, metrics);
  const holder = randomUUID();
  const nodes = openNodes({
    ...{ config, clock },
    onChange(error) {
      report(nodes.isUp(), error);
      if (error !== undefined) firstResult.resolve();
    },
    onAnswer() {
      void shared.listen().then(firstResult.resolve);
      shared.countReplicas();
      if (writes.isIdle()) remove(tombstones.pending());
    },
  });
  const shared = createSharedState({ nodes, holder, now: clock.monotonic });
  const tombstones = createTombstones();
  const reads = createReads({
    ...{ nodes, holder, metrics },
    onLate: keys => release(keys),
    onNoScripts: () => log.warn({}, 'Redis lets us run no scripts: replicas do not wait for what another one asks'),
  });
  const count = (outcome: CacheOutcome, changes: readonly Change[]) =>
    metrics.cache('redis', outcome, changes.filter(isSet).length);
  const writes = createWriteBehind({
    send,
    onDropped(changes) {
      count('dropped', changes);
      release(changes.map(({ key }) => key));
    },
  });
  /** Claims that have ended, and the keys that they are on. */
  const ended = new Map<string, string>();
  let order = 0;

  async function send(changes: readonly Change[]): Promise<void> {
    const groups = nodes.group(changes.map(({ key }) => key));
    await Promise.all(groups.map(group => sendGroup(group.map(index => changes[index] as Change))));
  }

  async function sendGroup(changes: readonly Change[], isAgain = false): Promise<void> {
    const node = nodes.nodeOf(changes[0]?.key ?? '');
    const result = node === undefined ? 'dropped' : await applyChanges(node, changes);
    if (result === 'moved' && !isAgain) {
      await nodes.look();
      return sendGroup(changes, true);
    }
    const outcome = result === 'moved' ? 'write_error' : result;
    if (outcome === 'write') tombstones.confirm(changes);
    count(outcome, changes);
    release(changes.filter(isSet).map(({ key }) => key));
  }

  function change(changes: readonly Change[]): void {
    tombstones.add(changes);
    writes.add(changes);
  }

  function remove(keys: readonly string[]): void {
    order += 1;
    change(keys.map(key => ({ key, order })));
  }

  /** In one command for all of a turn of the event loop. */
  function release(keys: readonly string[]): void {
    const isFirst = ended.size === 0;
    for (const key of keys) for (const claim of reads.held.get(key) ?? []) ended.set(claim, key);
    for (const key of keys) reads.held.delete(key);
    if (isFirst && ended.size > 0) setImmediate(releaseAll);
  }

  function releaseAll(): void {
    const claims = [...ended.keys()];
    const keys = [...ended.values()];
    ended.clear();
    for (const group of nodes.group(keys)) {
      const node = nodes.nodeOf(keys[group[0] ?? 0] ?? '');
      const together = group.map(index => claims[index] as string);
      void node?.write(({ client }) => releaseClaims(client, holder, together));
    }
  }

  return {
    now: key => nodes.nodeOf(key)?.now() ?? clock.wall(),
    rows: createRowFormat(hmacKey),
    read: reads.read,
    set(sets) {
      order += 1;
      const changes = sets.map(({ key, json, ttlMs }) => ({ key, json, ttlMs, order }));
      const fits = ({ json }: SetChange) => json.length < maxRowSize - 100;
      const tooLarge = changes.filter(one => !fits(one));
      count('dropped', tooLarge);
      release(tooLarge.map(({ key }) => key));
      change(changes.filter(fits));
    },
    remove,
    release,
    isDeleted: tombstones.has,
    shared,
    isUp: nodes.isUp,
    firstAnswer: () => firstResult.promise,
    async close() {
      await shared.close();
      await Promise.race([writes.idle(), new Promise(resolve => setTimeout(resolve, writeDeadlineMs))]);
      nodes.close();
    },
  };
}

/** Logs the first state, each change of it, and while Redis is down each new reason; and sets the gauge. */
function createStateReporter(log: Log, metrics: Metrics): (isUp: boolean, error?: unknown) => void {
  let last: boolean | undefined;
  const logged = new Set<string>();
  return (isUp, error) => {
    const code = error === undefined ? 'TIMEOUT' : codeOf(error);
    const isNews = isUp !== last || (!isUp && error !== undefined && !logged.has(code));
    if (isUp) logged.clear();
    else logged.add(code);
    if (!isNews) return;
    last = isUp;
    metrics.redisUp(isUp);
    if (isUp) log.info({}, 'Redis answers');
    else log.warn({ code }, 'Redis cannot be used: caching in memory');
  };
}
