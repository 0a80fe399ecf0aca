/** A closed loop: so many connections, each asks as soon as it is answered. */
import { Pool } from 'undici';
import type { Server } from './processes.ts';

export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  readonly perSecond: number;
  readonly operations: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function load(url: string, shots: () => Shot, connections: number, seconds: number): Promise<Load> {
  const pool = new Pool(new URL(url).origin, { connections, pipelining: 1 });
  const took: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const at = performance.now();
        const { statusCode, body } = await pool.request({ ...shots() });
        const bytes = Buffer.from(await body.arrayBuffer());
        if (statusCode !== 200) throw new Error(`The answer's status is ${statusCode}.`);
        if (bytes.includes('"errors":[')) throw new Error(`An answer with errors: ${bytes.toString().slice(0, 1000)}`);
        took.push(performance.now() - at);
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  await pool.close();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { perSecond: took.length / elapsed, operations: took.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export interface ServerLoad extends Load {
  /** Of the server's processor, for one answer. */
  readonly cpuUs: number;
}

/** The same, with what it takes of the server's processor. */
export async function loadServer(
  server: Server,
  shots: () => Shot,
  connections: number,
  seconds: number,
): Promise<ServerLoad> {
  const before = server.cpuMs();
  const result = await load(server.url, shots, connections, seconds);
  return { ...result, cpuUs: ((server.cpuMs() - before) * 1000) / result.operations };
}
