/** What one operation takes of a gateway, and what it pays. */
import { readdirSync, readFileSync } from 'node:fs';
import type { GatewayProcess } from '../../setup/process.ts';
import { forgetPeak, memory, peakMemory } from '../machine.ts';
import { newCaller, pointsOf } from '../price.ts';
import { type Heard, postOnce } from '../ways.ts';

export interface Measured {
  /** At least 1. */
  readonly points: number;
  readonly answerBytes: number;
  /** Of all threads; the median of several times. */
  readonly cpuMs: number;
  /** By which the resident memory grew, at most. */
  readonly memoryBytes: number;
  /** It was executed, at least in part. */
  readonly isAnswered: boolean;
  /** What must never be. */
  readonly problem: string | undefined;
}

const times = 5;
/** What takes longer is bad enough once. */
const longMs = 500;
const waitMs = 15_000;

/** Each time by a caller who has not asked yet. */
export async function measure(gateway: GatewayProcess, body: string): Promise<Measured> {
  const runs: { readonly heard: Heard; readonly cpuMs: number; readonly memoryBytes: number }[] = [];
  let points = 1;
  for (let time = 0; time < times; time += 1) {
    const caller = newCaller();
    const since = performance.now();
    const [cpuBefore, memoryBefore] = [cpuMilliseconds(gateway), memory(gateway)];
    forgetPeak(gateway);
    const heard = await postOnce(gateway.url, body, caller, waitMs);
    const cpuMs = cpuMilliseconds(gateway) - cpuBefore;
    runs.push({ heard, cpuMs, memoryBytes: Math.max(0, peakMemory(gateway) - memoryBefore) });
    const problem = problemOf(heard);
    if (problem !== undefined) return { ...summary(runs, 1), problem };
    if (cpuMs > longMs) time = times;
    if (runs.length === 1) points = Math.max(1, await pointsOf(gateway.url, caller, since));
  }
  return { ...summary(runs, points), problem: undefined };
}

function summary(
  runs: readonly { readonly heard: Heard; readonly cpuMs: number; readonly memoryBytes: number }[],
  points: number,
): Omit<Measured, 'problem'> {
  const largest = (values: readonly number[]) => Math.max(...values);
  return {
    points,
    answerBytes: largest(runs.map(({ heard }) => heard.bytes)),
    cpuMs: runs.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0,
    memoryBytes: largest(runs.map(({ memoryBytes }) => memoryBytes)),
    isAnswered: runs.some(({ heard }) => heard.body?.data !== undefined || heard.body === undefined),
  };
}

function problemOf({ status, body }: Heard): string | undefined {
  if (status === 0) return `no answer within ${waitMs / 1000} s`;
  const isBug = body?.errors?.some(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR');
  return isBug ? 'INTERNAL_SERVER_ERROR' : undefined;
}

/** Processor time of all its threads; those that have ended count no more. */
function cpuMilliseconds({ child }: GatewayProcess): number {
  const folder = `/proc/${child.pid}/task`;
  try {
    const nanoseconds = readdirSync(folder).map(task =>
      Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}
