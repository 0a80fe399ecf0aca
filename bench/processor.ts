/** What a process takes of the machine, and on which cores it runs, as Linux tells. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** User and system, so far. No thread of Node's ends before its process. */
export function cpuMsOf(pid: number | undefined): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  // In nanoseconds; /proc/…/stat counts hundredths of a second.
  const took = threads.map(id => Number.parseInt(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8'), 10));
  return took.reduce((sum, own) => sum + own, 0) / 1e6;
}

export const residentMbOf = (pid: number | undefined): number => statusOf(pid, 'VmRSS') / 1024;

export const peakMbOf = (pid: number | undefined): number => statusOf(pid, 'VmHWM') / 1024;

const statusOf = (pid: number | undefined, name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

const count = availableParallelism();
const cores = { first: '0', second: '1', all: `0-${count - 1}` };

/** And what it starts from now on. Without `taskset`, or a second core, all processes run where they like. */
export function runOn(which: keyof typeof cores, pid: number | undefined): void {
  if (count > 1) spawnSync('taskset', ['-a', '-p', '-c', cores[which], String(pid)]);
}
