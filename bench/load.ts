/** A closed loop: so many connections, each asks as soon as it is answered. */
import { openConnection, type Shot } from './connection.ts';
import type { Server } from './processes.ts';

export interface Load {
  readonly perSecond: number;
  readonly operations: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function load(url: string, shots: () => Shot, connections: number, seconds: number): Promise<Load> {
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const took: number[] = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    opened.map(async connection => {
      while (performance.now() < until) {
        const shot = shots();
        const at = performance.now();
        await connection.ask(shot);
        took.push(performance.now() - at);
      }
    }),
  );
  const elapsed = (performance.now() - began) / 1000;
  for (const connection of opened) connection.close();
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
