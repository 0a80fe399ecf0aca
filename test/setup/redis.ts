import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** SIGKILL, as when its machine dies. */
  kill(): Promise<void>;
  /** Again on the same port, empty. Resolves when it answers. */
  start(): Promise<void>;
  /** SIGSTOP: the socket stays open and nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** What `redis-cli` prints, trimmed. */
  cli(...args: readonly string[]): Promise<string>;
  /** Ends it for good and takes its directory away. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** More options of redis-server: ['--maxmemory', '2mb']. */
  readonly args?: readonly string[];
  /** More options of redis-cli, where the server asks for more: ['--user', 'name', '--pass', 'word']. */
  readonly cliArgs?: readonly string[];
  /** false: reserves the port and starts nothing yet. */
  readonly isStarted?: boolean;
}

/** A real redis-server on a free port of 127.0.0.1, without persistence. It dies with this process, whatever happens. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const { args = [], cliArgs = [], isStarted = true } = options;
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'gateway-redis-'));
  let child: ChildProcess | undefined;
  const end = () => {
    child?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', end);

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      const fixed = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
      const hasPort = args.includes('--port');
      child = spawn('redis-server', [...fixed, ...(hasPort ? [] : ['--port', String(port)]), ...args], {
        stdio: 'ignore',
      });
      await until(async () => (await server.cli('ping').catch(() => '')) === 'PONG', 'redis-server answers');
    },
    async kill() {
      if (child === undefined) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      child = undefined;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async cli(...command) {
      const { stdout } = await run('redis-cli', ['-p', String(port), ...cliArgs, ...command], { maxBuffer: 1 << 28 });
      return stdout.trim();
    },
    async stop() {
      await server.kill();
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
    if (Date.now() > giveUpAt) throw new Error(`did not come true within ${timeoutMs} ms: ${name}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
