/** Between the gateway and a real Redis: spoils what Redis replies. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { RedisServer } from './redis.ts';

/** Gets each reply of Redis as it came, and returns what is passed on. */
type Spoil = (reply: string) => string;

export interface RedisProxy {
  readonly url: string;
  /** Connections so far. */
  connections(): number;
  spoil(how: Spoil | undefined): void;
  /** Sends bytes that nobody asked for to all that are connected. */
  send(bytes: string): void;
  stop(): void;
}

export async function startRedisProxy(redis: RedisServer): Promise<RedisProxy> {
  let [count, spoil]: [number, Spoil | undefined] = [0, undefined];
  const open = new Set<Socket>();
  const server = createServer(client => {
    count += 1;
    const upstream = connect(redis.port, '127.0.0.1');
    let read = '';
    open.add(client);
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const])
      one.on('close', () => other.destroy()).on('error', () => {});
    client.on('close', () => open.delete(client));
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      read += chunk.toString('latin1');
      for (let end = endOfReply(read, 0); end !== undefined; end = endOfReply(read, 0)) {
        const reply = read.slice(0, end);
        client.write(spoil?.(reply) ?? reply, 'latin1');
        read = read.slice(end);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    spoil: how => {
      spoil = how;
    },
    send(bytes) {
      for (const client of open) client.write(bytes, 'latin1');
    },
    stop() {
      server.close();
      for (const client of open) client.destroy();
    },
  };
}

/** An MGET is replied to with a list of strings, and a read with claims with one of these and one of numbers. */
export const isRows = (reply: string): boolean => /^(\*2\r\n)?\*\d+\r\n\$/.test(reply);

/** Each row in the place of the one before, the first in that of the last. */
export function rotate(reply: string): string {
  if (!isRows(reply)) return reply;
  const list = /^\*2\r\n\*/.test(reply) ? 4 : 0;
  const start = reply.indexOf('\r\n', list) + 2;
  const [end = start, close = start] = [endOfReply(reply, start), endOfReply(reply, list)];
  return reply.slice(0, start) + reply.slice(end, close) + reply.slice(start, end) + reply.slice(close);
}

function endOfReply(text: string, from: number): number | undefined {
  const line = text.indexOf('\r\n', from);
  if (line === -1) return undefined;
  const size = Number(text.slice(from + 1, line));
  let end: number | undefined = line + 2;
  if (text[from] === '$' && size >= 0) end += size + 2;
  if (text[from] === '*') for (let left = size; left > 0 && end !== undefined; left--) end = endOfReply(text, end);
  return end !== undefined && end <= text.length ? end : undefined;
}
