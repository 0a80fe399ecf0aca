import { isIP } from 'node:net';
import { createClient } from '@keyv/redis';
import type { RedisAddress, RedisCredentials } from '../../config/redis.ts';

/**
 * These times depend on each other, and were tested with a Redis that is absent, killed, hung or flapping. A ping is
 * sent every `pingMs` while Redis answers. A socket without traffic for `silentMs` is closed. The breaker stays open
 * for `quietMs`, which is longer, because each write, answered or not, would keep a dead socket open.
 */
export const redisTimes = { pingMs: 500, silentMs: 1_200, quietMs: 1_300, connectMs: 500, maxBackoffMs: 500 } as const;

/** More than the commands in flight (reads, one chunk, a ping), so that a full queue never cuts a MULTI in half. */
const maxCommands = 1_000;

export type RedisClient = ReturnType<typeof createRedisClient>;

export interface RedisClientOptions {
  /** Read anew for each connection: a password may have been replaced, and a token expires. */
  credentials(): RedisCredentials;
  /** Whether it connects again by itself. */
  readonly reconnects: boolean;
}

/**
 * Not connected yet. TLS is verified with the CA certificates of the machine (NODE_EXTRA_CA_CERTS adds one).
 */
export function createRedisClient(address: RedisAddress, { credentials, reconnects }: RedisClientOptions) {
  const { host, port, isTls, serverName, database } = address;
  const backoffMs = (attempt: number) => Math.min(50 * 2 ** attempt, redisTimes.maxBackoffMs) + Math.random() * 50;
  return createClient({
    database,
    credentialsProvider: {
      type: 'async-credentials-provider',
      credentials: async () => withoutUndefined(credentials()),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommands,
    pingInterval: redisTimes.pingMs,
    socket: {
      host,
      port,
      connectTimeout: redisTimes.connectMs,
      socketTimeout: redisTimes.silentMs,
      reconnectStrategy: reconnects && backoffMs,
      ...(isTls ? { tls: true as const, ...(isIP(serverName) === 0 && { servername: serverName }) } : {}),
    },
  });
}

const withoutUndefined = ({ username, password }: RedisCredentials) => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
});

/** The part of an error that may be logged: its code. Its message may contain an address or a credential. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const { message } = error;
  if (/^ERR unknown command/i.test(message)) return 'UNKNOWN_COMMAND';
  return /^[A-Z]{3,}\b/.exec(message)?.[0] ?? error.name;
}
