/** The process around a gateway: signals, crashes, why it cannot start, the settings of V8. */
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { ConfigError } from './config/config.ts';
import type { Environment } from './config/variables.ts';
import { describeBug } from './observability/bug.ts';
import { allWritten, type Log, openStream } from './observability/log.ts';

/** Writes to stdout. Unlike `console.log` it does not wait for the reader: meanwhile nobody would hear a signal. */
export const print = (text: string): void => void openStream(1).write(text);

/** For last lines that somebody still reads, but slowly. */
const lastLinesMs = 1_000;
/** Operations that keep a thread, maybe for ever: a line that nobody reads, a name server that does not answer. */
const threadKeeper = /^(FSReq|GetAddrInfo|GetNameInfo)/;
const isThreadKept = (): boolean => process.getActiveResourcesInfo().some(name => threadKeeper.test(name));

/**
 * Ends the process when its last lines are written, or can not be, or after a second. Node's own exit waits for every
 * thread: where one is kept for so long, the process is killed, and its status is that of SIGKILL.
 */
export async function exit(code: number): Promise<never> {
  const until = performance.now() + lastLinesMs;
  await Promise.race([allWritten(), pause(lastLinesMs)]);
  while (isThreadKept() && performance.now() < until) await pause(5);
  if (isThreadKept()) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

/**
 * Logs an uncaught exception by its class and place, flushes what is still to be written, and exits with 1. Node itself
 * would print the whole error, which may contain keys. What is thrown while the lines are written is not logged.
 */
export function crashQuietly(log: Log, flush: () => void): void {
  let isEnding = false;
  process.on('uncaughtException', problem => {
    if (isEnding) return;
    isEnding = true;
    log.error({ ...describeBug(problem) }, 'A bug: the process ends');
    try {
      flush();
    } finally {
      void exit(1);
    }
  });
}

/** For the one who starts it; holds no value of a variable. */
export function explainFailedStart(problem: unknown, environment: Environment): string {
  if (problem instanceof ConfigError)
    return ['The configuration cannot be used:', ...problem.problems.map(line => `  - ${line}`)].join('\n');
  if (problem instanceof Error && 'code' in problem && problem.code === 'EADDRINUSE' && 'port' in problem) {
    const name = String(problem.port) === environment.ADMIN_PORT?.trim() ? 'ADMIN_PORT' : 'PORT';
    return `The port ${problem.port} is in use: stop what listens there, or set ${name} to a free one.`;
  }
  // Messages of system errors are safe to show; of other errors only class and place are.
  if (problem instanceof Error && 'syscall' in problem) return `The gateway cannot start: ${problem.message}`;
  return `The gateway cannot start: ${JSON.stringify(describeBug(problem), null, 2)}`;
}

/** On the first SIGTERM or SIGINT stops the gateway, then exits; later signals are ignored. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) return;
    isStopping = true;
    stop().then(
      () => exit(0),
      () => exit(1),
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

/**
 * V8 allocates objects directly in the old space where earlier ones survived a minor collection. Here these are the objects
 * of a request, which then keep others alive until the next full collection: without this pretenuring, memory is half and
 * speed a fifth higher. And V8 lets the old space grow to between 1.3 (small containers) and 4 times the live objects
 * before a full collection. Growth by 60 percent takes a third less memory under load than the latter and less work than
 * the former. The limit of the heap stays as it is.
 */
export function tuneEngine(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString('--heap-growing-percent=60');
}
