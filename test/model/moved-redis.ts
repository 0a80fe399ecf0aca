/** A way to a real Redis on which its time can be moved, and which tells when all that was written has been answered. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface MovedRedis {
  readonly url: string;
  /** From now on Redis says that it is so many milliseconds later. */
  pass(milliseconds: number): void;
  /** Resolves when nobody has written for a moment and every write is answered. */
  settled(): Promise<void>;
  close(): void;
}

const askForTime = '*1\r\n$4\r\nTIME\r\n';
const ping = '*1\r\n$4\r\nPING\r\n';
const quietMs = 2;
/** One look may fall between an answer and what is written next. */
const quietLooks = 5;

const movedTime = (seconds: number): string => {
  const script = `local t = redis.call('TIME') return {tostring(t[1] + ${seconds}), t[2]}`;
  return `*3\r\n$4\r\nEVAL\r\n$${script.length}\r\n${script}\r\n$1\r\n0\r\n`;
};

export async function startMovedRedis(port: number): Promise<MovedRedis> {
  let passedMs = 0;
  let chunks = 0;
  const sockets = new Set<Socket>();
  const awaiting = new Set<Socket>();
  // Without `noDelay`, an answer that follows another waits 40 ms for the first to be acknowledged.
  const server = createServer({ noDelay: true }, client => {
    const redis = connect({ port, host: '127.0.0.1', noDelay: true });
    client.on('data', chunk => {
      chunks++;
      awaiting.add(client);
      redis.write(chunk.includes(askForTime) ? withMovedTime(chunk, Math.round(passedMs / 1000)) : chunk);
    });
    redis.on('data', chunk => {
      chunks++;
      awaiting.delete(client);
      client.write(chunk);
    });
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        awaiting.delete(client);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = connect(port, '127.0.0.1');
  await once(own, 'connect');
  sockets.add(own);

  /** Redis takes what has arrived in turn, not in order: by the second answer, all that came before the first is done. */
  async function pingTwice(): Promise<void> {
    for (let times = 0; times < 2; times++) {
      own.write(ping);
      await once(own, 'data');
    }
  }

  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pass(milliseconds) {
      passedMs += milliseconds;
    },
    async settled() {
      for (let [quiet, before] = [0, -1]; quiet < quietLooks; ) {
        await pause(quietMs);
        const seen = chunks;
        // One answer may be to an earlier command than the last.
        if (seen !== before) await pingTwice();
        quiet = seen === before && awaiting.size === 0 ? quiet + 1 : 0;
        before = seen;
      }
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const withMovedTime = (chunk: Buffer, seconds: number): Buffer =>
  Buffer.from(chunk.toString('latin1').replaceAll(askForTime, movedTime(seconds)), 'latin1');
