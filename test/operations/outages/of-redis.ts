import type { Outage } from './outage.ts';

const redisIsDown = {
  metric: /^gateway_redis_up 0$/m,
  readiness: 'Redis cannot be used: caching in memory',
  alerts: ['RedisDown'],
  perhaps: ['CacheReadsFailing', 'CacheWritesFailing'],
};
const cannotBeUsed = (code: unknown) => ({ message: 'Redis cannot be used: caching in memory', code });

export const ofRedis: Readonly<Record<string, Outage>> = {
  'Redis is gone': {
    redis: true,
    begin: ({ redis }) => redis?.kill(),
    log: cannotBeUsed(/ECONN|NR_CLOSED|CLOSED/),
    ...redisIsDown,
  },
  'Redis hangs': {
    redis: true,
    begin: ({ redis }) => redis?.pause(),
    log: cannotBeUsed('TIMEOUT'),
    ...redisIsDown,
    alerts: ['RedisDown', 'CacheReadsFailing'],
  },
  'Redis is 80 ms away': { redis: 80, begin() {}, log: cannotBeUsed('TIMEOUT'), ...redisIsDown },
  'Redis has become a replica': {
    redis: true,
    begin: ({ redis }) => redis?.cli('replicaof', '127.0.0.1', '1'),
    log: cannotBeUsed('READONLY'),
    ...redisIsDown,
  },
  'Redis has another password': {
    redis: true,
    async begin({ redis }) {
      await redis?.cli('config', 'set', 'requirepass', 'other');
      await redis?.cli('-a', 'other', 'client', 'kill', 'type', 'normal');
    },
    log: cannotBeUsed('NOAUTH'),
    ...redisIsDown,
  },
  'Redis is full': {
    redis: true,
    begin: ({ redis }) => redis?.cli('config', 'set', 'maxmemory', '1'),
    metric: /^gateway_cache_total\{tier="redis",outcome="write_error"\} [1-9]/m,
    alerts: ['CacheWritesFailing'],
    perhaps: ['CacheReadsFailing', 'RedisDown'],
  },
};
