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

/** How often a replica asks what is new, and until when one that has not asked is not waited for, in milliseconds. */
const [askEveryMs, aliveMs] = [250, 5_000];
/** How long the others are waited for. */
const [longestWaitMs, waitMs] = [1_500, 25];
const most = 20_000;
/** Of one reply. */
const page = 1_000;

/** The number of an announcement is a time in microseconds, so that it grows although Redis may forget the last one. */
const announceScript = `
local time = redis.call('TIME')
local last = tonumber(redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or '0')
local number = math.max(time[1] * 1000000 + time[2], last + 1)
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], number, ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -${most + 1})
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return string.format('%.0f', number)`;

/** What was announced after a number, oldest first, with its numbers. */
const listenScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now - ${aliveMs})) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end
redis.call('PEXPIRE', KEYS[2], ${2 * aliveMs})
redis.call('PEXPIRE', KEYS[3], ${2 * aliveMs})
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, ${page})`;

/** How many others that were there lately have not heard as far as a number. */
const lackingScript = `
local lacking = 0
for _, replica in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local heard = tonumber(redis.call('HGET', KEYS[3], replica) or '0')
  if replica ~= ARGV[1] and heard < tonumber(ARGV[2]) then lacking = lacking + 1 end
end
return lacking`;

export function createAnnouncements({ ask, holder, keyPrefix }: AnnouncementsOptions) {
  const tag = '{announced}';
  const keys = ['names', 'replicas', 'heard'].map(name => `${keyPrefix}${tag}${name}`);
  let heard = '0';
  let timer: NodeJS.Timeout | undefined;

  const run = (script: string, values: readonly string[]): Promise<unknown> =>
    ask(tag, 'read', ({ client }) => client.eval(script, { keys, arguments: [...values] }));

  async function listen(listener: (names: readonly string[]) => void): Promise<void> {
    for (;;) {
      const reply = await run(listenScript, [holder, heard]);
      const texts = Array.isArray(reply) ? reply.map(String) : [];
      const last = texts.at(-1);
      if (texts.length === 0 || texts.length % 2 === 1 || last === undefined || !/^\d{1,16}$/.test(last)) return;
      listener(texts.filter((_, index) => index % 2 === 0));
      const isLast = texts.length < 2 * page;
      // The names of one announcement may stand on two pages.
      heard = isLast ? last : String(Number(last) - 1);
      // How far it has heard is told at once: somebody waits for it.
      if (isLast) return void (await run(listenScript, [holder, heard]));
    }
  }

  return {
    onAnnounced(listener: (names: readonly string[]) => void): void {
      let isAsking = false;
      const askAgain = async (): Promise<void> => {
        if (isAsking) return;
        isAsking = true;
        await listen(listener);
        isAsking = false;
      };
      void askAgain();
      timer = setInterval(() => void askAgain(), askEveryMs).unref();
    },

    async announce(names: readonly string[], keepMs: number): Promise<boolean> {
      const number = await run(announceScript, [String(Math.ceil(keepMs)), ...names]);
      if (typeof number !== 'string') return false;
      for (let waited = 0; waited <= longestWaitMs; waited += waitMs) {
        const lacking = await run(lackingScript, [holder, number]);
        if (typeof lacking !== 'number') return false;
        if (lacking === 0) return true;
        await pause(waitMs);
      }
      return false;
    },

    close(): void {
      clearInterval(timer);
    },
  };
}
