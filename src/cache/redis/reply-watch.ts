import type { RedisClient } from './client.ts';

/** More than a batch of rows comes to. What is larger would be held whole, several times over, before it could be refused. */
const maxReplyBytes = 64 * 1024 * 1024;

export interface ReplyWatch {
  /** Whether the client is reading bytes at this moment. */
  isReading(): boolean;
  /** A reply has been read to its end. */
  answered(): void;
  readonly socket: ReturnType<RedisClient['_ejectSocket']>;
}

/** Counts the bytes that a client reads, which has no bound of its own. To be called before it connects. */
export function watchReplies(client: RedisClient, onTooLarge: () => void): ReplyWatch {
  let bytes = 0;
  let isReading = false;
  // What is heard around the client's own listener: before it, and after it.
  const socket = client._ejectSocket();
  socket.on('connect', () => {
    bytes = 0;
  });
  socket.on('data', (chunk: Buffer) => {
    isReading = true;
    bytes += chunk.length;
    if (bytes > maxReplyBytes) onTooLarge();
  });
  client._insertSocket(socket);
  socket.on('data', () => {
    isReading = false;
  });
  return {
    isReading: () => isReading,
    answered() {
      bytes = 0;
    },
    socket,
  };
}
