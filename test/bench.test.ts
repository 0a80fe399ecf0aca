import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('The bench runs to its end, prints one table, and sets an earlier run beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'figures.json');
  const bench = (...more: readonly string[]) =>
    promisify(execFile)(process.execPath, ['bench/main.ts', 'speed', '--smoke', '--only=warm single POST', ...more], {
      cwd: new URL('..', import.meta.url),
    });
  const { stdout } = await bench(`--json=${file}`);
  const figures = JSON.parse(await readFile(file, 'utf8'));
  const before = { 'warm single POST': { ...figures['warm single POST'], 'x floor': { median: 1e9, spread: 0 } } };
  await writeFile(file, JSON.stringify(before));
  const { stdout: compared } = await bench(`--compare=${file}`);
  await rm(folder, { recursive: true });
  expect(stdout).toMatch(/^\| scenario \| x floor \|/);
  expect(stdout).not.toContain('was');
  expect(figures['warm single POST']['x floor'].median).toBeGreaterThan(0);
  expect(figures['warm single POST']['upstream calls'].median).toBe(0);
  expect(compared).toContain('(was 1000000000)');
}, 120_000);

it('A batch out of Redis is one MGET, and is set beside a bare one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'figures.json');
  await promisify(execFile)(process.execPath, ['bench/main.ts', 'redis', '--smoke', `--json=${file}`], {
    cwd: new URL('..', import.meta.url),
  });
  const figures = JSON.parse(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
  for (const source of ['Datadog', 'Argus']) {
    const figure = figures[`Redis-warm batch of 100, ${source}`];
    expect(figure.MGETs.median).toBe(1);
    expect(figure['x raw MGET + JSON.parse'].median).toBeGreaterThan(0);
  }
}, 120_000);

it('The memory of a mix of everything is told after each round', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bench/main.ts', 'memory', '--smoke'], {
    cwd: new URL('..', import.meta.url),
  });
  expect(stdout).toMatch(/^\| scenario \| resident MB \| per second \|/);
  expect(Number(/after 0.05 s of everything \| (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(50);
}, 120_000);

it('Extraction is measured for each kind of text and for each type, beside other extractors', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'figures.json');
  const bench = ['bench/main.ts', 'extraction', '--smoke', '--only=hosts', `--json=${file}`];
  const { stdout } = await promisify(execFile)(process.execPath, bench, { cwd: new URL('..', import.meta.url) });
  const figures = JSON.parse(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
  expect(figures['hosts.txt']['MB/s'].median).toBeGreaterThan(0);
  expect(figures.DOMAIN.recall.median).toBeGreaterThan(0.9);
  expect(figures['ioc-extractor'].precision.median).toBeLessThanOrEqual(1);
  expect(stdout).toMatch(/\| iocextract \||iocextract is not installed/);
}, 60_000);

async function figuresOf(...given: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const file = join(folder, 'figures.json');
  const bench = ['bench/main.ts', ...given, '--smoke', '--peers=bare', `--json=${file}`];
  await promisify(execFile)(process.execPath, bench, { cwd: new URL('..', import.meta.url) });
  const figures = JSON.parse(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
  return figures;
}

it('Warm answers are set beside the floor, cold ones beside the calls alone', async () => {
  const figures = await figuresOf('answers', '--only=1 value');
  expect(figures['warm, never the same request, 1 value: this gateway']['x floor by CPU'].median).toBeGreaterThan(0);
  expect(figures['cold, 1 value, upstreams 2 ms: this gateway']['x bare by CPU'].median).toBeGreaterThan(0);
  expect(figures['cold, 1 value, upstreams 2 ms: bare']['x bare by CPU'].median).toBe(1);
}, 120_000);

it('What is new is measured: a text by its sightings, values by what they take of the heap', async () => {
  const figures = await figuresOf('texts', 'allocated');
  expect(figures['a new text of sixty fields: this gateway']['4th x floor by CPU'].median).toBeGreaterThan(0);
  expect(figures['allocated by 100 new values: bare']['MB allocated'].median).toBeGreaterThan(0);
}, 120_000);

it('What one question passes is counted, and is less where its facts are in memory', async () => {
  const figures = await figuresOf('path');
  const [first, again] = ['1st time, nothing in memory', '2nd time'].map(time => figures[`${time}: this gateway`]);
  expect(again.calls.median).toBeGreaterThan(0);
  expect(first.calls.median).toBeGreaterThan(again.calls.median);
}, 60_000);
