import type { LeaseRequest, SharedState, SpendRequest } from '../../shared-state.ts';
import { createAnnouncements } from './announcements.ts';
import { isScriptRefusal } from './claims.ts';
import { codeOf } from './client.ts';
import type { RedisNode, RedisServer } from './node.ts';
import type { RedisNodes } from './nodes.ts';
import { keyPrefix } from './topology.ts';

/** Replicas that were not heard of for so long are gone. */
const replicaMs = 5_000;

/** Parts of a period in which calls are counted. What is granted is used within one of them. */
const parts = 20;

/**
 * No more calls are granted within any period, and two parts more, than the limit allows: whenever the upstream's own window
 * begins, and however long a call is under way.
 */
const leaseScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, partMs, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local part = math.floor(now / partMs)
local used, oldest = 0, part
local counts = redis.call('HGETALL', KEYS[1])
for i = 1, #counts, 2 do
  local of = tonumber(counts[i])
  if of < part - ${parts + 1} then
    redis.call('HDEL', KEYS[1], counts[i])
  else
    used = used + tonumber(counts[i + 1])
    oldest = math.min(oldest, of)
  end
end
local granted = math.max(0, math.min(wanted, limit - used))
if granted > 0 then
  redis.call('HINCRBY', KEYS[1], part, granted)
  redis.call('PEXPIRE', KEYS[1], partMs * ${2 * parts})
end
local retry = 0
if granted < wanted then retry = (oldest + ${parts + 2}) * partMs - now end
return { granted, retry }`;

/** A token bucket for each caller, as in `rate-limit.ts`. */
const spendScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local capacity = tonumber(ARGV[1])
local left = {}
for i = 1, #KEYS do
  local bucket = redis.call('HMGET', KEYS[i], 'points', 'at')
  local points = capacity
  local had, at = tonumber(bucket[1] or ''), tonumber(bucket[2] or '')
  -- Others may have written there: what is no sensible number is none.
  if had and at and math.abs(had) < 1e12 and math.abs(at) < 1e15 then
    points = math.min(capacity, had + math.max(0, now - at) * capacity / 60000)
  end
  points = math.min(capacity, points - tonumber(ARGV[i + 1]))
  redis.call('HSET', KEYS[i], 'points', string.format('%.3f', points), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[i], 120000)
  left[i] = string.format('%.3f', points)
end
return left`;

/** How many replicas were there lately, this one included. */
const countScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - ${replicaMs})
redis.call('PEXPIRE', KEYS[1], ${2 * replicaMs})
return redis.call('ZCARD', KEYS[1])`;

export interface SharedStateOptions {
  readonly nodes: RedisNodes;
  /** By which this replica is counted among the others. */
  readonly holder: string;
  readonly now: () => number;
}

const between = (least: number, value: number, most: number): number => Math.min(Math.max(least, value), most);

const countEveryMs = 1_000;

export interface RedisSharedState extends SharedState {
  /** To be called now and then while Redis answers. */
  countReplicas(): void;
  /** Hears what was announced. Never rejects. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

/** All keys of one command are in one slot: the text in braces decides. */
export function createSharedState({ nodes, holder, now }: SharedStateOptions): RedisSharedState {
  let replicas = 1;
  let isAllowed = true;
  let countAt = Number.NEGATIVE_INFINITY;

  async function ask<T>(
    key: string,
    how: 'read' | 'write',
    question: (server: RedisServer) => Promise<T>,
  ): Promise<T | undefined> {
    if (!isAllowed) return undefined;
    const node: RedisNode | undefined = nodes.nodeOf(key);
    const outcome = await node?.[how](async server => {
      try {
        const answer = await question(server);
        server.answered();
        return answer;
      } catch (refusal) {
        return noteRefusal(refusal, server.client.isReady);
      }
    });
    return outcome !== undefined && 'value' in outcome ? outcome.value : undefined;
  }

  /** It says nothing of how facts fare. What only says that the connection is gone is thrown again. */
  function noteRefusal(refusal: unknown, isConnected: boolean): undefined {
    const code = codeOf(refusal);
    if (!isConnected || !/^[A-Z_]+$/.test(code)) throw refusal;
    if (code === 'MOVED') void nodes.look();
    if (isScriptRefusal(refusal)) isAllowed = false;
    return undefined;
  }

  /** Undefined: what came is no reply to the script. */
  async function numbersOf(
    { client, disconnect }: RedisServer,
    script: string,
    keys: string[],
    values: readonly (string | number)[],
    length: number,
  ): Promise<readonly number[] | undefined> {
    const reply: unknown = await client.eval(script, { keys, arguments: values.map(String) });
    const numbers = (Array.isArray(reply) ? reply : [reply]).map(Number);
    if (numbers.length === length && numbers.every(Number.isFinite)) return numbers;
    disconnect();
    return undefined;
  }

  async function count(): Promise<void> {
    const keys = [`${keyPrefix}{replicas}`];
    const counted = await ask('{replicas}', 'read', server => numbersOf(server, countScript, keys, [holder], 1));
    if (counted?.[0] !== undefined) replicas = Math.max(1, counted[0]);
  }

  const announcements = createAnnouncements({ ask, holder, keyPrefix });

  return {
    replicas: () => replicas,
    announce: announcements.announce,
    onAnnounced: announcements.onAnnounced,
    // Where no scripts may be run, nothing is ever announced.
    hasHeard: () => announcements.hasHeard() || !isAllowed,
    listen: announcements.listen,
    close: announcements.close,
    countReplicas() {
      if (now() < countAt) return;
      countAt = now() + countEveryMs;
      void count();
    },

    async lease(budget, { limit, periodMs, wanted }: LeaseRequest) {
      const tag = `{budget ${budget}}`;
      const partMs = Math.max(1, Math.ceil(periodMs / parts));
      const [keys, values] = [[`${keyPrefix}${tag}used ${partMs}`], [limit, partMs, wanted]];
      const reply = await ask(tag, 'read', server => numbersOf(server, leaseScript, keys, values, 2));
      const [granted, retryMs] = reply ?? [];
      if (granted === undefined || retryMs === undefined) return undefined;
      // Whatever others have written there.
      return { granted: between(0, granted, wanted), retryMs: between(0, retryMs, 2 * periodMs) };
    },

    async spend({ pointsPerMinute, spent }: SpendRequest) {
      const tag = '{callers}';
      const callers = [...spent.keys()];
      const keys = callers.map(caller => `${keyPrefix}${tag}of ${caller}`);
      const values = [pointsPerMinute, ...spent.values()];
      const left = await ask(tag, 'write', server => numbersOf(server, spendScript, keys, values, callers.length));
      return left && new Map(callers.map((caller, index) => [caller, left[index] ?? 0]));
    },

    async readText(name) {
      const text = await ask(name, 'read', ({ client }) => client.get(`${keyPrefix}${name}`));
      return text ?? undefined;
    },

    writeText(name, text, forMs) {
      const expiration = { type: 'PX', value: Math.max(1, Math.ceil(forMs)) } as const;
      void ask(name, 'write', ({ client }) => client.set(`${keyPrefix}${name}`, text, { expiration }));
    },
  };
}
