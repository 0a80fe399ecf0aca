/** The gateway, the floor and the peers as processes of their own, and what they take of the machine. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Emulators } from '../src/emulators/emulators.ts';
import { freePort } from '../test/setup/process.ts';
import type { Shot } from './load.ts';

export interface Server {
  readonly url: string;
  /** User and system, so far. */
  cpuMs(): number;
  residentMb(): number;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** As `npm start` and the image do: limits, log at info, audit, metrics; what it writes goes nowhere. */
export async function startGateway(
  emulators: Emulators,
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = ['--max-semi-space-size=16'],
): Promise<Server> {
  const port = await freePort();
  const nowhere = openSync('/dev/null', 'w');
  const child = spawn(process.execPath, [...nodeOptions, 'src/main.ts'], {
    cwd: root,
    stdio: ['ignore', nowhere, nowhere],
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      LOG_LEVEL: 'info',
      ...emulators.environment,
      ...environment,
    },
  });
  closeSync(nowhere);
  const url = `http://127.0.0.1:${port}`;
  while (!(await isThere(`${url}/livez`))) {
    if (child.exitCode !== null) throw new Error('The gateway ended at once: start it by hand to see why.');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return { url: `${url}/graphql`, ...measured(child) };
}

export interface Floor extends Server {
  /** From now on it answers this. */
  say(text: string): Promise<void>;
}

export async function startFloor(): Promise<Floor> {
  const { child, ...server } = await startScript('floor.ts');
  return {
    ...server,
    async say(text) {
      child.send(text);
      await once(child, 'message');
    },
  };
}

/** A server that tells where it listens, at the same upstreams as the gateway. */
export async function startPeer(name: string, emulators: Emulators): Promise<Server> {
  const { child: _child, ...server } = await startScript(`peers/${name}.ts`, emulators.environment);
  return server;
}

async function startScript(file: string, environment: Readonly<Record<string, string>> = {}) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended at once: start it by hand to see why.`);
  });
  const [url] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {}); // later on it is meant to end
  return { url: `${url}/graphql`, ...measured(child), child };
}

const isThere = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Throws unless the answer's status is 200. */
export async function ask({ url }: Pick<Server, 'url'>, { method, path, headers, body }: Shot): Promise<string> {
  const response = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body }) });
  if (response.status !== 200) throw new Error(`The answer's status is ${response.status}: ${await response.text()}`);
  return response.text();
}

/** /proc counts in ticks of a hundredth of a second (proc(5)). */
function measured(child: ChildProcess): Omit<Server, 'url'> {
  const read = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    cpuMs() {
      const [user = 0, system = 0] = (read('stat').split(') ')[1] ?? '').split(' ').slice(11, 13).map(Number);
      return (user + system) * 10;
    },
    residentMb: () => Number(/VmRSS:\s+(\d+)/.exec(read('status'))?.[1]) / 1024,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
