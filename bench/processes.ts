/** The gateway, the floor and the peers as processes of their own, and what they take of the machine. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Emulators } from '../src/emulators/emulators.ts';
import { freePort } from '../test/setup/process.ts';
import type { Shot } from './connection.ts';
import { cpuMsOf, peakMbOf, residentMbOf, runOn } from './processor.ts';
import type { Behaviour, ServiceCounts } from './upstream-service.ts';

export interface Server {
  readonly url: string;
  /** User and system, so far. */
  cpuMs(): number;
  residentMb(): number;
  /** The most that it has been, so far. */
  peakMb(): number;
  /** Where it is alone while the bench, and what else it has started, keep to the first. */
  takeSecondCore(): void;
  /** Sends a message, and resolves with what the process says to it. */
  tell(message: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Where the gateway and its peers ask, as environment variables. */
export type Upstreams = Pick<Emulators, 'environment'>;

const root = fileURLToPath(new URL('..', import.meta.url));

interface GatewayOptions {
  /** The folder of another checkout. */
  readonly checkout?: string;
  readonly nodeOptions?: readonly string[];
  /** Below the checkout. */
  readonly program?: string;
}

/** As `npm start` and the image do: limits, log at info, audit, metrics; what it writes goes nowhere. */
export async function startGateway(
  upstreams: Upstreams,
  environment: Readonly<Record<string, string>> = {},
  { checkout = root, nodeOptions = ['--max-semi-space-size=16'], program = 'src/main.ts' }: GatewayOptions = {},
): Promise<Server> {
  const port = await freePort();
  const nowhere = openSync('/dev/null', 'w');
  const child = spawn(process.execPath, [...nodeOptions, program], {
    cwd: checkout,
    stdio: ['ignore', nowhere, nowhere, 'ipc'],
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      LOG_LEVEL: 'info',
      ...upstreams.environment,
      ...environment,
    },
  });
  closeSync(nowhere);
  const url = `http://127.0.0.1:${port}`;
  while (!(await isThere(`${url}/livez`))) {
    if (child.exitCode !== null) throw new Error('The gateway ended at once: start it by hand to see why.');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return { url: `${url}/graphql`, ...controlled(child) };
}

export interface Floor extends Server {
  /** From now on it answers this. */
  say(text: string): Promise<void>;
}

export async function startFloor(): Promise<Floor> {
  const server = await startScript('floor.ts');
  return { ...server, say: async text => void (await server.tell(text)) };
}

/** What is not named stays as it is. */
export interface UpstreamChange {
  readonly datadog?: Partial<Behaviour>;
  readonly argus?: Partial<Behaviour>;
  /** That Argus has of each value: 3 at the start. */
  readonly rows?: number;
}

export interface FastUpstream extends Upstreams, Pick<Server, 'stop'> {
  /** From now on. */
  behave(change: UpstreamChange): Promise<{ readonly datadog: ServiceCounts; readonly argus: ServiceCounts }>;
  /** From now on each answer takes so long. */
  slow(ms: number): Promise<void>;
}

export async function startUpstream(): Promise<FastUpstream> {
  const { url, tell, stop } = await startScript('upstream.ts');
  const { origin } = new URL(url);
  const keys = { DD_API_KEY: 'key', DD_APP_KEY: 'key', ARGUS_API_KEY: 'key' };
  const behave: FastUpstream['behave'] = async change => {
    const { datadog, argus } = Object(await tell(JSON.stringify(change)));
    return { datadog, argus };
  };
  return {
    environment: { DATADOG_URL: origin, ARGUS_URL: origin, ...keys },
    behave,
    slow: async latencyMs => void (await behave({ datadog: { latencyMs }, argus: { latencyMs } })),
    stop,
  };
}

/** A server that tells where it listens, at the same upstreams as the gateway. */
export const startPeer = (name: string, { environment }: Upstreams, nodeOptions?: readonly string[]): Promise<Server> =>
  startScript(`peers/${name}.ts`, environment, nodeOptions);

async function startScript(
  file: string,
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<Server> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { NODE_ENV: 'production', ...environment },
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended at once: start it by hand to see why.`);
  });
  const [url] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {}); // later on it is meant to end
  return { url: `${url}/graphql`, ...controlled(child) };
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

function controlled(child: ChildProcess): Omit<Server, 'url'> {
  return {
    cpuMs: () => cpuMsOf(child.pid),
    residentMb: () => residentMbOf(child.pid),
    peakMb: () => peakMbOf(child.pid),
    takeSecondCore: () => runOn('second', child.pid),
    async tell(message) {
      child.send(message);
      const [answer] = await once(child, 'message');
      return answer;
    },
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
