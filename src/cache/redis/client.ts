import { isIP } from 'node:net';
import { createClient } from '@keyv/redis';
import type { BreakerPolicy } from '../../http-client/circuit-breaker.ts';

/**
 * The one configuration that passed every fault: absent, killed, hung, flapping. The times hang together. A ping leaves
 * every `pingMs` while Redis answers; a socket without any traffic for `silentMs` is given up; the breaker keeps quiet for
 * `quietMs`, longer than that, since every write, answered or not, would keep a dead socket alive.
 */
export const redisTimes = { pingMs: 500, silentMs: 1_200, quietMs: 1_300, connectMs: 500, maxBackoffMs: 500 } as const;

/**
 * Three timeouts in a row open the circuit, whatever their share. It stays open for `quietMs` each time, neither shortened
 * at random nor doubled: a shorter rest would keep a dead socket alive, and one probe costs a near Redis little.
 */
export const redisPolicy: BreakerPolicy = {
  failuresInARow: 3,
  failureShare: 1,
  failureVolume: Number.POSITIVE_INFINITY,
  failureWindowMs: 10_000,
  openMs: redisTimes.quietMs,
  openCapMs: redisTimes.quietMs,
  openJitter: 0,
};

/** More than the commands that can be under way (reads, one chunk, a ping): a MULTI cut in half by a full queue is poison. */
const maxCommands = 1_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

/**
 * Not connected yet. `rediss://` is TLS, checked against the machine's authorities (NODE_EXTRA_CA_CERTS adds one). One
 * address: neither Sentinel nor Cluster, which need lists of nodes; point the address at what follows the master.
 * Throws when the address is none; the message never holds the address, which may hold a password.
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

/** What may be logged of an error: a code, never its message, which may hold an address or a credential. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]{3,}\b/.exec(error.message)?.[0] ?? error.name;
}
