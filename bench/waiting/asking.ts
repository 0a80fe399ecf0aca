/** Asks over as many connections as it takes, and judges each answer. */
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import type { Server } from '../processes.ts';
import { type Answer, lost, readAnswer } from './answer.ts';
import type { Question } from './question.ts';

export interface Asked {
  /** When it was to start, from the beginning of the loop. */
  readonly atMs: number;
  /** From then to the last byte. */
  readonly tookMs: number;
  /** How much later it was sent than it was to be: the fault of the bench. */
  readonly lateMs: number;
  readonly answer: Answer;
}

const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

export async function ask({ url }: Server, { method, path, headers, body, values }: Question): Promise<Answer> {
  try {
    const response = await agent.request({ origin: new URL(url).origin, path, method, headers, body: body ?? null });
    return readAnswer(response.statusCode, response.headers['retry-after'], await response.body.text(), values);
  } catch {
    return lost(values);
  }
}

export async function askInTime(server: Server, question: Question): Promise<Asked> {
  const began = performance.now();
  const answer = await ask(server, question);
  return { atMs: 0, tookMs: performance.now() - began, lateMs: 0, answer };
}

/** One after another. */
export async function askInTurn(server: Server, next: () => Question, times: number): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  while (asked.length < times) asked.push(await askInTime(server, next()));
  return asked;
}

/** So many a second, whatever becomes of those before; ends when all that were sent are answered. */
export async function openLoop(
  server: Server,
  next: () => Question,
  perSecond: number,
  isOver: (elapsedMs: number, asked: readonly Asked[]) => boolean,
): Promise<readonly Asked[]> {
  const began = performance.now();
  const elapsed = () => performance.now() - began;
  const asked: Asked[] = [];
  const underWay: Promise<void>[] = [];
  const send = async (atMs: number) => {
    const lateMs = elapsed() - atMs;
    const answer = await ask(server, next());
    asked.push({ atMs, tookMs: elapsed() - atMs, lateMs, answer });
  };
  for (let sent = 0; !isOver(elapsed(), asked); await pause(1))
    for (; (sent * 1000) / perSecond <= elapsed(); sent += 1) underWay.push(send((sent * 1000) / perSecond));
  await Promise.all(underWay);
  return asked;
}

/** So many at a time, each followed by the next, for as long as is said. */
export async function closedLoop(
  server: Server,
  next: () => Question,
  connections: number,
  milliseconds: number,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  const until = performance.now() + milliseconds;
  const askOn = async () => {
    while (performance.now() < until) asked.push(await askInTime(server, next()));
  };
  await Promise.all(Array.from({ length: connections }, askOn));
  return asked;
}

export const after = (milliseconds: number) => (elapsedMs: number) => elapsedMs >= milliseconds;

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
