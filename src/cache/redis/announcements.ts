/** Names that replicas tell each other through Redis: each asks now and then what is new, and says how far it has heard. */
import { setTimeout as pause } from 'node:timers/promises';
import type { RedisServer } from './node.ts';

type AskRedis = <T>(
  key: string,
  how: 'read' | 'write',
  question: (server: RedisServer) => Promise<T>,
) => Promise<T | undefined>;

export interface AnnouncementsOptions {
  readonly ask: AskRedis;
  /** By which this replica is known to the others. */
  readonly holder: string;
  /** Of a key in Redis. */
  readonly keyPrefix: string;
}

type Listener = (names: readonly string[]) => void;

const firstEveryMs = 50;
/** How often a replica asks what is new, and how long it is waited for after it has asked last, in milliseconds. */
const [askEveryMs, aliveMs] = [250, 2_000];
/** One that has not said goodbye may still serve what it knew: it is not waited for, but counts as one that has not heard. */
const goneMs = 600_000;
const [longestWaitMs, waitMs] = [1_500, 25];
const most = 20_000;
/** Of one reply. */
const page = 1_000;

/**
 * The number of an announcement is a time in microseconds, so that it grows although Redis may forget the last one. What
 * others have written from a minute in the future is no announcement.
 */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local latest = (now + 60000) * 1000
`;

const announceScript = `${clock}
local last = tonumber(redis.call('ZREVRANGEBYSCORE', KEYS[1], latest, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2] or '0')
local number = math.max(time[1] * 1000000 + time[2], last + 1)
for _, heard in ipairs(redis.call('HVALS', KEYS[3])) do
  local far = tonumber(heard) or 0
  if far < latest then number = math.max(number, far + 1) end
end
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], number, ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -${most + 1})
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return string.format('%.0f', number)`;

/** What was announced after a number, oldest first, with its numbers. */
const listenScript = `${clock}
local from = tonumber(ARGV[2]) or 0
if from > latest then from = 0 end
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], string.format('%.0f', from))
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ${goneMs})) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end
redis.call('PEXPIRE', KEYS[2], ${2 * goneMs})
redis.call('PEXPIRE', KEYS[3], ${2 * goneMs})
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', from), latest, 'WITHSCORES', 'LIMIT', 0, ${page})`;

/** How many others have not heard as far as a number: of those that asked lately, and of those that have not. */
const lackingScript = `${clock}
local alive, gone = 0, 0
local replicas = redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES')
for i = 1, #replicas, 2 do
  local heard = tonumber(redis.call('HGET', KEYS[3], replicas[i]) or '0') or 0
  if replicas[i] ~= ARGV[1] and heard < tonumber(ARGV[2]) then
    if tonumber(replicas[i + 1]) > now - ${aliveMs} then alive = alive + 1 else gone = gone + 1 end
  end
end
return { alive, gone }`;

const leaveScript = `
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[3], ARGV[1])`;

export function createAnnouncements({ ask, holder, keyPrefix }: AnnouncementsOptions) {
  const tag = '{announced}';
  const keys = ['names', 'replicas', 'heard'].map(name => `${keyPrefix}${tag}${name}`);
  const listeners: Listener[] = [];
  let heard = '0';
  let hasHeard = false;
  let listening: Promise<void> | undefined;

  const run = (script: string, values: readonly string[]): Promise<unknown> =>
    ask(tag, 'write', ({ client }) => client.eval(script, { keys, arguments: [...values] }));

  async function listenToAll(): Promise<void> {
    for (;;) {
      const reply = await run(listenScript, [holder, heard]);
      if (!Array.isArray(reply) || reply.length % 2 === 1) return;
      const texts = reply.map(String);
      const last = texts.at(-1) ?? heard;
      if (!/^\d{1,16}$/.test(last)) return;
      const names = texts.filter((_, index) => index % 2 === 0);
      for (const listener of listeners) listener(names);
      const isLast = texts.length < 2 * page || Number(last) - 1 <= Number(heard);
      // The names of one announcement may stand on two pages.
      const before = heard;
      heard = isLast ? last : String(Number(last) - 1);
      if (!isLast) continue;
      hasHeard = true;
      // How far it has heard is written at once: somebody waits for it.
      if (heard !== before) await run(listenScript, [holder, heard]);
      return;
    }
  }

  /** What is heard before anybody listens would be lost. */
  function listen(): Promise<void> {
    if (listeners.length === 0) return Promise.resolve();
    listening ??= listenToAll().finally(() => {
      listening = undefined;
    });
    return listening;
  }

  // At first again soon: until it has heard, no row of Redis is used.
  let askAt = 0;
  const timer = setInterval(() => {
    if (hasHeard && performance.now() < askAt) return;
    askAt = performance.now() + askEveryMs;
    void listen();
  }, firstEveryMs).unref();

  return {
    listen,
    hasHeard: () => hasHeard,

    onAnnounced(listener: Listener): void {
      // From the beginning: what the others have heard already, this one has not.
      heard = '0';
      listeners.push(listener);
    },

    async announce(names: readonly string[], keepMs: number): Promise<boolean> {
      const number = await run(announceScript, [String(Math.ceil(keepMs)), ...names]);
      if (typeof number !== 'string') return false;
      for (let waited = 0; waited <= longestWaitMs; waited += waitMs) {
        const [alive, gone] = [await run(lackingScript, [holder, number])].flat();
        if (typeof alive !== 'number' || typeof gone !== 'number') return false;
        if (alive === 0) return gone === 0;
        await pause(waitMs);
      }
      return false;
    },

    async close(): Promise<void> {
      clearInterval(timer);
      await run(leaveScript, [holder]);
    },
  };
}
