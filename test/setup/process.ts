/** The gateway as a process of its own, started as `npm start` does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Emulators } from '../../src/emulators/emulators.ts';
import { until } from './redis.ts';

type Line = Readonly<Record<string, unknown>>;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** As of `performance.now()`. */
  readonly at: number;
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adminUrl: string;
  /** Its log so far. */
  lines(message?: string): readonly Line[];
  /** Everything it wrote so far, to stdout and stderr. */
  output(): string;
  readonly ended: Promise<Ended>;
  /** SIGKILL, where it is still there. */
  stop(): Promise<void>;
}

/** On a busy machine nothing times out that is not meant to. */
export const patient = { REQUEST_DEADLINE_MS: '9500', DATADOG_TIMEOUT_MS: '30000', ARGUS_TIMEOUT_MS: '30000' };

/** Nobody listens there at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Resolves when it listens. `nodeOptions` stand before the program, which may be a built one. */
export async function startProcess(
  emulators: Emulators,
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
  program = 'src/main.ts',
): Promise<GatewayProcess> {
  const adminPort = Number(environment.ADMIN_PORT ?? (await freePort()));
  const child = spawn(process.execPath, [...nodeOptions, program], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PORT: '0',
      ADMIN_PORT: String(adminPort),
      DATADOG_URL: emulators.datadog.url,
      DD_API_KEY: 'demo-api-key',
      DD_APP_KEY: 'demo-app-key',
      ARGUS_URL: emulators.argus.url,
      ARGUS_API_KEY: 'demo/key/full',
      ...patient,
      ...environment,
    },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout?.on('data', text => {
    written.stdout += text;
  });
  child.stderr?.on('data', text => {
    written.stderr += text;
  });
  let isEnded = false;
  const ended = new Promise<Ended>(resolve => {
    child.once('exit', (code, signal) => {
      isEnded = true;
      resolve({ code, signal, at: performance.now() });
    });
  });
  const lines = (message?: string): Line[] =>
    written.stdout
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line))
      .filter(line => message === undefined || line.message === message);
  const output = () => written.stdout + written.stderr;
  await until(() => isEnded || lines('listening').length > 0, 'the gateway listens', 55_000).catch(problem => {
    child.kill('SIGKILL');
    throw problem;
  });
  const [listening] = lines('listening');
  if (listening === undefined) throw new Error(`The gateway ended at once: ${output()}`);
  return {
    child,
    url: String(listening.url),
    adminUrl: `http://127.0.0.1:${adminPort}`,
    lines,
    output,
    ended,
    async stop() {
      if (!isEnded) child.kill('SIGKILL');
      await ended;
    },
  };
}
