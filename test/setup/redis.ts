import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RedisConfig, redisConfig } from '../../src/config/redis.ts';
import { requireCommand } from './command.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** SIGKILL, as when its machine dies. */
  kill(): Promise<void>;
  /** Again on the same port, empty. Resolves when it accepts connections. */
  start(): Promise<void>;
  /** SIGSTOP: sockets stay open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** What `redis-cli` prints, without the last line's end. */
  cli(...args: readonly string[]): Promise<string>;
  /** How many rows of facts it holds. */
  rows(): Promise<number>;
  /** Ends it for good and takes its directory away. */
  stop(): Promise<void>;
}

/** Keys of what replicas share besides facts. */
const notRows = /::(\{(replicas|callers|budget|circuit|announced)|apq:)/;

/** As the gateway is told of it by `REDIS_URL`. */
export function redisAt(url: string): RedisConfig {
  const config = redisConfig({ REDIS_URL: { read: () => url, reload: () => false } });
  if (config === undefined) throw new Error('there is an address');
  return config;
}

export interface RedisServerOptions {
  /** More options of redis-server: ['--maxmemory', '2mb']; or, given the port, other ones. */
  readonly args?: readonly string[] | ((port: number) => readonly string[]);
  /** More options of redis-cli, where the server wants more: ['--user', 'name', '--pass', 'word']. */
  readonly cliArgs?: readonly string[];
  /** false: only its port is chosen, and nothing listens there until `start`. */
  readonly isStarted?: boolean;
  readonly port?: number;
  /** Its file of settings: it is a Sentinel. */
  readonly isSentinel?: string;
}

/** A real redis-server on a port of 127.0.0.1 of its own, without persistence. It ends with this process at the latest. */
export async function startRedis({
  args = [],
  cliArgs = [],
  isStarted = true,
  isSentinel,
  ...given
}: RedisServerOptions = {}): Promise<RedisServer> {
  const port = given.port ?? (await freePort());
  const directory = mkdtempSync(join(tmpdir(), 'gateway-redis-'));
  const ofServer = optionsFor(port, directory).concat(typeof args === 'function' ? args(port) : args);
  const options = isSentinel ? [isSentinel, '--sentinel', '--bind', '127.0.0.1', '--port', String(port)] : ofServer;
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  const end = () => {
    child?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', end);

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async start() {
      child = spawn(requireCommand('redis-server'), options, { stdio: ['ignore', 'pipe', 'ignore'] });
      await accepting(child);
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async cli(...command) {
      const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...cliArgs, ...command]);
      return stdout.trimEnd();
    },
    async rows() {
      const all = (await server.cli('keys', 'indicator-gateway::*')).split('\n');
      return all.filter(key => key !== '' && !key.includes(':claim ') && !notRows.test(key)).length;
    },
    async stop() {
      await kill();
      process.off('exit', end);
      end();
    },
  };
  if (isStarted) await server.start();
  return server;
}

/** Resolves as soon as the claim holds; rejects, naming it, when it does not within `timeoutMs`. */
export async function until(claim: () => boolean | Promise<boolean>, name: string, timeoutMs = 10_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  while (!(await claim())) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${timeoutMs} ms: ${name}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

function optionsFor(port: number, directory: string): readonly string[] {
  return ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', directory];
}

function accepting(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => reject(new Error(`redis-server ended at once (${code})`)));
    child.stdout?.on('data', (text: Buffer) => {
      if (/Ready to accept connections|Sentinel ID is/.test(String(text))) resolve();
    });
  });
}

/** Below the ports that the system gives to outgoing connections: one of those must not take it while Redis is down. */
export async function freePort(): Promise<number> {
  const port = randomInt(15_000, 32_000);
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return port;
  } catch {
    return freePort();
  } finally {
    probe.close();
  }
}
