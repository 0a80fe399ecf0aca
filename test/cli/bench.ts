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
  /** Path of a new file with this text. */
  fileOf(text: string): string;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('../../src/cli/enrich.ts', import.meta.url));

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
    fileOf(text) {
      const path = join(folder, `${Math.random()}.txt`);
      writeFileSync(path, text);
      return path;
    },
    async stop() {
      await bed.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Without colours and what wipes a line. */
export const plain = (text: string) => text.replaceAll(/\u001b\[[\d;]*[mK]/g, '');
