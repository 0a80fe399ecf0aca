/** The program as its users start it, in front of the real gateway and emulators. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../src/config/variables.ts';
import { requireCommand } from '../setup/command.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Run {
  readonly stdin?: string;
  readonly environment?: Record<string, string>;
}

export interface CommandBench {
  readonly bed: TestBed;
  enrich(args: readonly string[], how?: Run): Promise<Ended>;
  /** The same in a terminal of `columns` columns, where standard output and error are one stream. */
  atTerminal(args: readonly string[], columns: number, environment?: Record<string, string>): Promise<Ended>;
  /** What bash answers to a command in which "$ENRICH" is the program. */
  shell(command: string, environment?: Record<string, string>): Promise<Ended>;
  /** Path of a new file with this content. */
  fileOf(content: string | Uint8Array): string;
  stop(): Promise<void>;
}

export const program = fileURLToPath(new URL('../../src/cli/enrich.ts', import.meta.url));

export async function startCommandBench(environment: Environment = {}): Promise<CommandBench> {
  const folder = mkdtempSync(join(tmpdir(), 'enrich-'));
  const bed = await startTestBed(environment);
  const run = (command: string, args: readonly string[], { stdin = '', environment: more = {} }: Run = {}) => {
    const env = { PATH: process.env.PATH, GATEWAY_URL: `${bed.url}/graphql`, TERM: 'xterm-256color', ...more };
    const child = spawn(command, args, { env });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', text => (out += text));
    child.stderr.setEncoding('utf8').on('data', text => (err += text));
    child.stdin.on('error', () => {}).end(stdin);
    return new Promise<Ended>(resolve => child.on('close', code => resolve({ code, out, err })));
  };
  return {
    bed,
    enrich: (args, how) => run(process.execPath, [program, ...args], how),
    atTerminal(args, columns, more = {}) {
      const quoted = [process.execPath, program, ...args].map(arg => `'${arg.replaceAll("'", "'\\''")}'`).join(' ');
      const command = `stty cols ${columns} rows 50; exec ${quoted}`;
      return run(requireCommand('script'), ['-qec', command, '/dev/null'], { environment: more });
    },
    shell(command, more = {}) {
      const environment = { ENRICH: `${process.execPath} ${program}`, ...more };
      return run('bash', ['-c', command], { environment });
    },
    fileOf(content) {
      const path = join(folder, `${Math.random()}.txt`);
      writeFileSync(path, content);
      return path;
    },
    async stop() {
      await bed.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Each line of NDJSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
export const rowsIn = (out: string): readonly any[] =>
  out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));

/** Of each row: where it stands, what was looked up, and what came of it. */
export const fatesIn = (out: string) =>
  rowsIn(out).map(({ from, input, readAs, indicator }) => [
    from.replace(/^.*(?=[:#])|.*(?<!\d)$/s, ''),
    readAs ?? input,
    indicator?.verdict.level ?? 'UNUSABLE',
  ]);

/** Without colours and what wipes a line. */
export const plain = (text: string) => text.replaceAll(/\u001b\[[\d;]*[mK]/g, '');
