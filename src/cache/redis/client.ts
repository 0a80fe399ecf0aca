import { isIP } from 'node:net';
import { createClient } from '@keyv/redis';
import type { CircuitBreakerPolicy } from '../../http-client/circuit-breaker.ts';

/**
 * These times depend on each other, and were tested with a Redis that is absent, killed, hung or flapping. A ping is
 * sent every `pingMs` while Redis answers. A socket without traffic for `silentMs` is closed. The breaker stays open
 * for `quietMs`, which is longer, because each write, answered or not, would keep a dead socket open.
 */
export const redisTimes = { pingMs: 500, silentMs: 1_200, quietMs: 1_300, connectMs: 500, maxBackoffMs: 500 } as const;

/**
 * Three timeouts in a row open the circuit, whatever their share. It stays open for `quietMs` each time: less would
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
};

/** More than the commands in flight (reads, one chunk, a ping), so that a full queue never cuts a MULTI in half. */
const maxCommands = 1_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

/**
 * Not connected yet. `rediss://` is TLS, verified with the CA certificates of the machine (NODE_EXTRA_CA_CERTS adds
 * one). Sentinel and Cluster are not supported: they need a list of nodes, so use an address that follows the master.
 * Throws when the address is invalid; the message leaves it out, because it may contain a password.
 */
export function createRedisClient(url: string) {
  try {
    const { hostname, protocol } = new URL(url);
    return createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: maxCommands,
      pingInterval: redisTimes.pingMs,
      socket: {
        connectTimeout: redisTimes.connectMs,
        socketTimeout: redisTimes.silentMs,
        reconnectStrategy: attempt => Math.min(50 * 2 ** attempt, redisTimes.maxBackoffMs) + Math.random() * 50,
        ...(protocol === 'rediss:' && isIP(hostname) === 0 ? { tls: true, servername: hostname } : {}),
      },
    });
  } catch {
    throw new Error('REDIS_URL is not an address of the form redis://… or rediss://…');
  }
}

/** The part of an error that may be logged: its code. Its message may contain an address or a credential. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.name;
}
