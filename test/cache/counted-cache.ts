import { z } from 'zod';
import { type CacheOptions, openCache } from '../../src/cache/cache.ts';
import type { Cache, CachedEntry, CacheWrite, ParseFact } from '../../src/cache/entry.ts';
import { openRedis } from '../../src/cache/redis/redis.ts';
import { systemClock } from '../../src/clock.ts';
import { createLog } from '../../src/observability/log.ts';
import { type CacheOutcome, createMetrics } from '../../src/observability/metrics.ts';
import { redisAt, until } from '../setup/redis.ts';

const scored = z.object({ score: z.number(), note: z.string().optional() });
export type Scored = z.infer<typeof scored>;

/** As a source does it: what is not its fact is undefined. */
export const parse = (stored: unknown): Scored | undefined => scored.safeParse(stored).data;

export interface CountedCache {
  readonly cache: Cache;
  /** All that was logged, as text. */
  log(): string;
  count(tier: 'memory' | 'redis', outcome: CacheOutcome): Promise<number>;
  isUp(): Promise<void>;
  /** Looks up until Redis has answered in time, which on a busy machine may take a second try. */
  read(names: readonly string[], parseWith?: ParseFact<Scored>): Promise<readonly (CachedEntry<Scored> | undefined)[]>;
  /** Resolves when Redis has confirmed, refused, or been spared this many writes since the start. */
  written(times: number): Promise<void>;
}

interface CountedOptions extends Partial<CacheOptions> {
  readonly redisUrl?: string;
}

export function openCounted({ redisUrl, clock = systemClock, ...options }: CountedOptions = {}): CountedCache {
  const lines: string[] = [];
  const metrics = createMetrics();
  const log = createLog({
    sources: ['DATADOG', 'ARGUS'],
    level: 'debug',
    destination: { write: line => void lines.push(line) },
  });
  const redis = redisUrl === undefined ? undefined : openRedis({ config: redisAt(redisUrl), log, metrics, clock });
  const cache = openCache({ redis, maxBytes: 64 * 1024 * 1024, metrics, clock, ...options });
  async function count(tier: string, outcome: string): Promise<number> {
    const line = `gateway_cache_total{tier="${tier}",outcome="${outcome}"} `;
    const found = (await metrics.expose()).text.split('\n').find(text => text.startsWith(line));
    return Number(found?.slice(line.length) ?? 0);
  }
  async function read(
    names: readonly string[],
    parseWith = parse,
  ): Promise<readonly (CachedEntry<Scored> | undefined)[]> {
    const timeouts = await count('redis', 'timeout');
    const found = await cache.getMany(names, parseWith);
    return (await count('redis', 'timeout')) === timeouts ? found : read(names, parseWith);
  }
  return {
    cache,
    count,
    read,
    log: () => lines.join(''),
    isUp: () => until(() => cache.redisState() === 'up', 'the cache says that Redis is up', 20_000),
    written: times =>
      until(async () => {
        const settled = await Promise.all(['write', 'write_error', 'dropped'].map(outcome => count('redis', outcome)));
        return settled.reduce((sum, n) => sum + n, 0) >= times;
      }, `${times} writes are settled`),
  };
}

export function write(key: string, fact: unknown, ttlMs = 60_000): CacheWrite {
  return { key, entry: { fact, fetchedAt: Date.now(), heardAt: performance.now() }, ttlMs };
}

/** `count` keys that no other call has made. */
export function keys(count: number, name = 'v1:test'): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}:${index}`);
}
