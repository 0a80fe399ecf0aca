/** The command in a shell: in pipes whose readers leave, and started by npm. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandBench, rowsIn, startCommandBench } from './bench.ts';

let bench: CommandBench;
beforeAll(async () => {
  bench = await startCommandBench();
});
afterAll(() => bench?.stop());

const names = (count: number) => Array.from({ length: count }, (_, at) => `pipe${at}.example.org`);
const statusOf = async (options: string, values: readonly string[]) => {
  const pipe = `$ENRICH ${options} ${bench.fileOf(values.join('\n'))} | head -1 > /dev/null; echo \${PIPESTATUS[0]}`;
  return (await bench.shell(pipe)).out.trim();
};

describe('a reader that leaves', () => {
  it('does not turn --fail-on green where it was met before', async () => {
    expect(await statusOf('--fail-on malicious', ['evil.example.org', ...names(600)])).toBe('3');
  });

  it('does not turn --fail-on green where it is met behind', async () => {
    expect(await statusOf('--fail-on malicious', [...names(600), 'evil.example.org'])).toBe('3');
  });

  it('leaves the other exit codes of --fail-on as they are', async () => {
    expect(await statusOf('--fail-on malicious', names(300))).toBe('0');
    expect(await statusOf('--fail-on malicious', [...names(300), 'x'.repeat(3_000)])).toBe('1');
  });

  it('ends a run without --fail-on at once, with 0', async () => {
    bench.bed.emulators.datadog.clearRequests();
    expect(
      await statusOf(
        '',
        names(5_000).map(name => `at-once.${name}`),
      ),
    ).toBe('0');
    expect(bench.bed.emulators.datadog.lookups.length).toBeLessThan(1_000);
  });

  it('is met at once where the rest can change nothing', async () => {
    bench.bed.emulators.datadog.clearRequests();
    expect(
      await statusOf('--fail-on malicious', ['evil.example.org', ...names(5_000).map(name => `met.${name}`)]),
    ).toBe('3');
    expect(bench.bed.emulators.datadog.lookups.length).toBeLessThan(1_000);
  });
});

describe('started by npm', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));

  it('gives clean NDJSON as the README and --help write it', async () => {
    const { code, out } = await bench.shell(`cd ${root} && npm run -s enrich -- ${bench.fileOf('evil.example.org')}`);
    expect([code, rowsIn(out).length]).toEqual([0, 1]);
  });

  it('is explained in --help: the banner, and the options that npm keeps', async () => {
    const { code, out } = await bench.enrich(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: npm run -s enrich -- /);
    expect(out).toMatch(/Without -s npm prints a banner .* without -- it keeps the options for itself/s);
  });
});

describe('an output that cannot be written', () => {
  it('is an error, not a success', async () => {
    const { code, err } = await bench.shell(`$ENRICH ${bench.fileOf('evil.example.org')} > /dev/full`);
    expect([code, err]).toEqual([2, expect.stringContaining('The output cannot be written: ENOSPC')]);
  });
});
