/** Commands run inside a root folder, in namespaces of their own: nothing that they do reaches this machine. */
import { type ChildProcess, execFileSync, type SpawnSyncReturns, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { requireCommand } from '../command.ts';

export interface Inside {
  readonly root: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];

function inRoot({ root, workdir, environment }: Inside, command: readonly string[], user = '0:0'): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = ['chroot', `--userspec=${user}`, root, '/bin/env', '-i', '-C', workdir, ...variables, ...command];
  return words.map(quote).join(' ');
}

const mounts = (root: string) =>
  `mount --rbind /dev ${quote(`${root}/dev`)}; mount -t proc proc ${quote(`${root}/proc`)}`;

/** One RUN: as root, with the network and npm's cache of this machine. What it printed, or an error with it. */
export function runStep(inside: Inside, command: readonly string[], npmCache: string): string {
  const script = `set -e; ${mounts(inside.root)}
    mkdir -p ${quote(npmCache)}; mount --bind ${quote(npmCache)} ${quote(`${inside.root}/root/.npm`)}
    exec ${inRoot(inside, command)}`;
  const args = ['--mount', '--pid', '--fork', ...asRoot, 'sh', '-c', script];
  try {
    return execFileSync(requireCommand('unshare'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as Partial<SpawnSyncReturns<string>>;
    throw new Error(`The step "${command.join(' ')}" failed:\n${stdout}${stderr}`);
  }
}

export interface Container {
  /** Runs a command beside the program, as the same user, in its namespaces: its exit code and what it printed. */
  exec(command: readonly string[]): { readonly code: number; readonly output: string };
  hasEnded(): boolean;
  /** What the program has written so far. */
  output(): string;
  /** The signal that a runtime sends first. The exit code, null when it had to be killed. */
  stop(signal: NodeJS.Signals, withinMs: number): Promise<number | null>;
}

/**
 * Starts a program as a container runtime would: process 1 of its namespaces, the root mounted read-only, no capability,
 * a network with nothing but loopback.
 */
export function startContainer(inside: Inside, command: readonly string[], user: string): Container {
  const root = quote(inside.root);
  const script = `set -e; ip link set lo up; mount --bind ${root} ${root}; ${mounts(inside.root)}
    mount -o remount,bind,ro ${root}
    exec ${inRoot(inside, command, user)}`;
  const args = ['--mount', '--pid', '--net', '--fork', ...asRoot, 'sh', '-c', script];
  const child = spawn(requireCommand('unshare'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk;
    });
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  return {
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    exec: command => execBeside(child, inRoot(inside, command, user)),
    async stop(signal, withinMs) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      signalFirst(child, signal);
      // Process 1 takes its whole namespace with it.
      const killer = setTimeout(() => signalFirst(child, 'SIGKILL'), withinMs);
      return ended.finally(() => clearTimeout(killer));
    },
  };
}

function signalFirst(child: ChildProcess, signal: NodeJS.Signals): void {
  const first = firstProcessOf(child);
  if (first === undefined) child.kill('SIGKILL');
  else process.kill(first, signal);
}

/** Process 1 of the namespaces, as this machine numbers it. */
function firstProcessOf({ pid }: ChildProcess): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return first ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}

function execBeside(child: ChildProcess, script: string): { code: number; output: string } {
  const first = firstProcessOf(child);
  if (first === undefined) return { code: 125, output: 'the program does not run' };
  try {
    const args = ['--target', String(first), '--mount', '--net', '--pid', 'sh', '-c', script];
    return {
      code: 0,
      output: execFileSync(requireCommand('nsenter'), args, { encoding: 'utf8', stdio: 'pipe', timeout: 10_000 }),
    };
  } catch (error) {
    const { status, stdout = '', stderr = '' } = error as Partial<SpawnSyncReturns<string>>;
    return { code: status ?? 126, output: `${stdout}${stderr}` };
  }
}
