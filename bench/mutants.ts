/**
 * `npm run mutants`, or `npm run mutants -- src/cache/freshness.ts …`: inverts each comparison, condition and early return of
 * the files in `mutant-tests.ts`, one at a time in a copy of the checkout, and says which of these faults no test notices.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { testsOf } from './mutant-tests.ts';
import { type Mutant, mutantsOf } from './mutations.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { first: { type: 'string', default: '99' }, of: { type: 'string' } },
});
/** What an earlier run printed. */
const earlier = options.of === undefined ? undefined : readFileSync(options.of, 'utf8').split('\n');

const root = resolve(import.meta.dirname, '..');
const copies = 2;
const shared = ['node_modules', 'dist'];

interface Run {
  readonly outcome: 'killed' | 'survived' | 'timeout';
  /** The test that failed. */
  readonly by: string;
  readonly seconds: number;
}

function copyCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  const left = new Set([...shared, '.git']);
  cpSync(root, copy, { recursive: true, filter: path => !left.has(relative(root, path).split(sep)[0] ?? '') });
  for (const folder of shared) symlinkSync(join(root, folder), join(copy, folder));
  return copy;
}

function runTests(copy: string, tests: readonly string[], limitMs: number): Promise<Run> {
  const startedAt = Date.now();
  const files = tests.map(test => `test/${test}.test.ts`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn('nice', ['-n', '3', process.execPath, vitest, 'run', '--config', 'bench/mutants.config.ts'], {
    cwd: copy,
    detached: true, // a group of its own, so that all it started can be ended
    env: { ...process.env, MUTANT_TESTS: files.join(','), NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    process.kill(-(child.pid as number), 'SIGKILL');
  }, limitMs);
  return new Promise(done => {
    child.once('close', code => {
      clearTimeout(timer);
      const by = / FAIL {2}(.*)/.exec(output)?.[1] ?? (code === 0 ? '' : output.slice(-500));
      done({
        outcome: isLate ? 'timeout' : code === 0 ? 'survived' : 'killed',
        by,
        seconds: (Date.now() - startedAt) / 1000,
      });
    });
  });
}

const parses = ({ text }: Mutant): boolean => {
  try {
    mutantsOf(text);
    return true;
  } catch {
    return false;
  }
};

const lineOf = (file: string, { line, was, becomes }: Mutant): string =>
  `${file}:${line}  ${oneLine(was)}  ->  ${oneLine(becomes)}`;

const survivedBefore = (file: string, mutant: Mutant): boolean =>
  earlier?.some(line => line.startsWith('survived') && line.includes(lineOf(file, mutant))) ?? true;

async function mutate(file: string, folders: readonly string[]): Promise<readonly string[]> {
  const tests = testsOf[file]?.slice(0, Number(options.first));
  if (tests === undefined) throw new Error(`${file} has no tests in mutant-tests.ts`);
  const text = readFileSync(join(root, file), 'utf8');
  const all = mutantsOf(text);
  const mutants = all.filter(parses).filter(mutant => survivedBefore(file, mutant));
  if (mutants.length === 0) return [];
  const baseline = await runTests(folders[0] as string, tests, 300_000);
  if (baseline.outcome !== 'survived') throw new Error(`${file}: its tests fail without any fault: ${baseline.by}`);
  const limitMs = 15_000 + 2000 * baseline.seconds;
  console.log(
    `${file}: ${mutants.length} faults, ${all.length - mutants.length} do not parse, ${baseline.seconds.toFixed(0)} s`,
  );
  const survivors: string[] = [];
  const waiting = [...mutants];
  const work = async (folder: string): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      writeFileSync(join(folder, file), next.text);
      const { outcome, by, seconds } = await runTests(folder, tests, limitMs);
      const line = lineOf(file, next);
      console.log(`${outcome.padEnd(8)} ${seconds.toFixed(0).padStart(3)} s  ${line}  ${oneLine(by)}`);
      if (outcome === 'survived') survivors.push(line);
    }
    writeFileSync(join(folder, file), text);
  };
  await Promise.all(folders.map(work));
  return survivors;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 160);

const folders = Array.from({ length: copies }, copyCheckout);
try {
  const named = positionals;
  const survivors: string[] = [];
  for (const file of named.length > 0 ? named : Object.keys(testsOf)) survivors.push(...(await mutate(file, folders)));
  console.log([`survivors: ${survivors.length}`, ...survivors].join('\n'));
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true });
}
