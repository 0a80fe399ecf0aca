/** `npm run demo`, or the package's, as somebody starts it: a process of its own, stopped as Ctrl-C stops it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Demo {
  /** Addresses as it prints them. */
  readonly gateway: string;
  readonly datadog: string;
  readonly argus: string;
  readonly printed: string;
  /** What Ctrl-C does: SIGINT to everything in the foreground. Resolves when all of it has ended. */
  interrupt(): Promise<unknown>;
}

type Command = readonly [string, ...string[]];

export interface Ended {
  readonly code: number;
  readonly printed: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const lastLine = /curl -s .*\n.*\n/;

/** Resolves when it has printed all, or with how it ended when it did not get there. */
export function runDemo(
  environment: Readonly<Record<string, string>> = { PORT: '0' },
  cwd: string = root,
  [command, ...args]: Command = ['npm', 'run', 'demo'],
): Promise<Demo | Ended> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...environment }, detached: true });
  const ended = new Promise<number>(resolve => child.once('close', code => resolve(code ?? -1)));
  let printed = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const hear = (text: Buffer) => {
      printed += text;
      if (lastLine.test(printed)) resolve(demoOf(printed, () => interrupt(child.pid ?? 0, ended)));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    ended.then(code => resolve({ code, printed }));
  });
}

/** The same, for who needs it running. */
export async function startDemo(folder?: string, command?: Command): Promise<Demo> {
  const demo = await runDemo({ PORT: '0' }, folder, command);
  if ('code' in demo) throw new Error(`The demo did not start:\n${demo.printed}`);
  return demo;
}

function demoOf(printed: string, end: Demo['interrupt']): Demo {
  const address = (name: string) => new RegExp(`^${name} +(http://[\\w.:]+)`, 'm').exec(printed)?.[1] ?? '';
  return {
    gateway: address('The gateway'),
    datadog: address('Datadog'),
    argus: address('Argus'),
    printed,
    interrupt: end,
  };
}

function interrupt(group: number, ended: Promise<number>): Promise<unknown> {
  process.kill(-group, 'SIGINT');
  return ended;
}
