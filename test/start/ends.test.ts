/** The programs end when they are told to, or crash, whether or not somebody reads what they write. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../setup/redis.ts';

vi.setConfig({ testTimeout: 90_000 });

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  /** All of stdout so far. */
  written(): string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const nothingListens = 'http://127.0.0.1:1';
const environment = {
  ...{ PORT: '0', EMULATOR_DATADOG_PORT: '0', EMULATOR_ARGUS_PORT: '0', REQUEST_DEADLINE_MS: '500' },
  ...{ ARGUS_URL: nothingListens, ARGUS_API_KEY: 'x', DATADOG_URL: nothingListens },
};

/** On a message from the test the program throws, or rejects. */
const onMessage = `process.on('message', how => {
  if (how === 'exception') setImmediate(() => { throw new TypeError('told to'); });
  else Promise.reject(new TypeError('told to'));
});
process.channel.unref();`;
const preload = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`];

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Resolves when it has written its address, and all that `isStarted` waits for. */
async function start(program: string, isStarted = /http:\S+:\d/, code = onMessage): Promise<Running> {
  const child = spawn(process.execPath, [...preload(code), program], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment,
  });
  children.push(child);
  let text = '';
  child.stdout?.on('data', more => {
    text += more;
  });
  child.stderr?.on('data', () => {});
  const ended = new Promise<Awaited<Running['ended']>>(resolve => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await until(() => isStarted.test(text), `${program} has started`, 55_000);
  return { child, url: /http:\/\/[\d.]+:\d+/.exec(text)?.[0] ?? '', written: () => text, ended };
}

type Way = 'SIGTERM' | 'SIGINT' | 'exception' | 'rejection';
const isSignal = (way: Way) => way === 'SIGTERM' || way === 'SIGINT';

const tell = ({ child }: Running, way: Way) =>
  way === 'SIGTERM' || way === 'SIGINT' ? child.kill(way) : child.send(way);

const streams = { stdout: ['stdout'], stderr: ['stderr'], both: ['stdout', 'stderr'] } as const;
type Which = keyof typeof streams;

function leave({ child }: Running, which: Which): void {
  for (const name of streams[which]) child[name]?.destroy();
}

const names = Array.from({ length: 40 }, (_, at) => `${'n'.repeat(60)}${at}.example.org`);

/** Writes half a kilobyte to the log on stdout, and some kilobytes of audit to stderr. Asks nobody. */
const operation = ({ url }: Running) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query ${'Q'.repeat(250)} { indicators(values: ${JSON.stringify(names)}) { value } }`,
    }),
  }).then(answer => answer.text());

/** More than any buffer between us takes. */
async function fill(gateway: Running): Promise<void> {
  for (let i = 0; i < 60; i += 1) await Promise.all(Array.from({ length: 10 }, () => operation(gateway)));
}

const main = 'src/main.ts';
const code = (way: Way) => ({ code: isSignal(way) ? 0 : 1, signal: null });

describe('a gateway whose reader has gone', () => {
  it.each([
    ['stdout', 'SIGTERM'],
    ['stdout', 'exception'],
    ['stderr', 'SIGTERM'],
    ['stderr', 'rejection'],
    ['both', 'SIGTERM'],
    ['both', 'SIGINT'],
    ['both', 'exception'],
  ] as const)('from %s, with no line since, ends on %s', async (which, way) => {
    const gateway = await start(main);
    leave(gateway, which);
    tell(gateway, way);
    expect(await gateway.ended).toEqual(code(way));
  });

  it.each([
    ['stdout', 'SIGTERM'],
    ['stderr', 'exception'],
    ['both', 'SIGTERM'],
    ['both', 'exception'],
  ] as const)('from %s, and that has noticed it, ends on %s', async (which, way) => {
    const gateway = await start(main);
    leave(gateway, which);
    for (const _ of [1, 2, 3]) await operation(gateway);
    tell(gateway, way);
    expect(await gateway.ended).toEqual(code(way));
  });

  it('ends with readable lines as well', async () => {
    const readable = "process.stdout.isTTY = true; process.argv.push('--pretty');";
    const gateway = await start(main, /INFO.*listening/, readable + onMessage);
    leave(gateway, 'both');
    tell(gateway, 'SIGTERM');
    expect(await gateway.ended).toEqual(code('SIGTERM'));
  });
});

describe('a gateway whose reader is there and does not read', () => {
  it.each([
    ['stdout', 'exception'],
    ['stderr', 'SIGTERM'],
    ['both', 'SIGTERM'],
  ] as const)('from %s ends on %s as well', async (which, way) => {
    const gateway = await start(main);
    for (const name of streams[which]) gateway.child[name]?.pause();
    await fill(gateway);
    tell(gateway, way);
    const ended = await gateway.ended;
    // Where a line blocks a thread, only SIGKILL ends that. Where the stream is not a blocking one, nothing needs to.
    expect([code(way), { code: null, signal: 'SIGKILL' }]).toContainEqual(ended);
  });

  it('has its last lines where it goes on reading within the second', async () => {
    const gateway = await start(main);
    gateway.child.stdout?.pause();
    await fill(gateway);
    tell(gateway, 'exception');
    gateway.child.stdout?.resume();
    expect(await gateway.ended).toEqual(code('exception'));
    expect(gateway.written()).toContain('A bug: the process ends');
  });
});

describe('a gateway that stops', () => {
  it('is killed where a system call does not return', async () => {
    const fifo = `import { execFileSync } from 'node:child_process'; import { mkdtempSync, open } from 'node:fs';
      const path = mkdtempSync('/tmp/fifo-') + '/fifo'; execFileSync('mkfifo', [path]); open(path, 'r', () => {});`;
    const gateway = await start(main, undefined, fifo);
    tell(gateway, 'SIGTERM');
    expect(await gateway.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('writes its last lines in the order in which things happened', async () => {
    for (const _ of [1, 2, 3]) {
      const gateway = await start(main);
      await operation(gateway);
      tell(gateway, 'SIGTERM');
      await gateway.ended;
      const messages = gateway
        .written()
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).message);
      expect(messages.slice(-4)).toEqual(['listening', 'operation', 'draining', 'stopped']);
    }
  });

  it('ends with 1 where something never closes, and says so', async () => {
    const stuck = `import { Server } from 'node:net';
      Server.prototype.close = function () { return this; };`;
    const gateway = await start(main, undefined, stuck);
    tell(gateway, 'SIGTERM');
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.written()).toContain('A bug: the gateway does not close');
  });

  it('ends when it is told so before it listens', async () => {
    const early = `setImmediate(function wait() {
      if (process.listenerCount('SIGTERM') === 0) return setImmediate(wait);
      console.log('http://early:1'); process.kill(process.pid, 'SIGTERM');
    });`;
    const gateway = await start(main, undefined, early);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });
});

describe.each([
  ['src/emulators/main.ts', /_emulator\n/],
  ['src/demo.ts', /curl -s .*\n.*\n/],
])('%s, whose readers have gone', (program, isStarted) => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s', async way => {
    const running = await start(program, isStarted);
    leave(running, 'both');
    tell(running, way);
    // The signal may come before somebody listens to it.
    expect([code(way), { code: null, signal: way }]).toContainEqual(await running.ended);
  });
});
