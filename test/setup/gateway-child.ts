import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Environment } from '../../src/config/variables.ts';

export interface GatewayChild {
  readonly url: string;
  /** What it wrote, its audit left out. */
  readonly lines: readonly string[];
  /** It ended by itself. */
  hasCrashed(): boolean;
  /** Bytes in use after a full collection. */
  heapUsed(): Promise<number>;
  stop(): Promise<void>;
}

/** The gateway in a process of its own, with this environment and nothing else. It ends with this process at the latest. */
export async function startGatewayChild(environment: Environment): Promise<GatewayChild> {
  const child = fork(fileURLToPath(new URL('gateway-process.ts', import.meta.url)), {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PORT: '0', ...environment },
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  const lines: string[] = [];
  const note = (line: string) => void (line.includes('"operationHash"') || lines.push(line));
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', note);
  const hasCrashed = () => child.exitCode !== null || child.signalCode !== null;
  const [hello] = await once(child, 'message');
  return {
    url: z.object({ url: z.string() }).parse(hello).url,
    lines,
    hasCrashed,
    async heapUsed() {
      child.send('measure');
      const [message] = await once(child, 'message');
      return z.object({ heapUsed: z.number() }).parse(message).heapUsed;
    },
    async stop() {
      process.off('exit', end);
      if (hasCrashed()) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
