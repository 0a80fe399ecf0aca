/** The workflow that releases a fork: nothing of it can run here, but its form and its commands can be looked at. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { actionlintPath } from '../setup/packaging-tools.ts';
import { chartFolder, helm } from './chart.ts';

const checkout = resolve(import.meta.dirname, '../..');
const file = join(checkout, '.github/workflows/release.yml');
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const step = z.object({ name: z.string().optional(), uses: z.string().optional(), run: z.string().optional() });
const job = z.object({ permissions: z.record(z.string(), z.string()), steps: z.array(step) });
const workflow = z.object({ permissions: z.object({}).strict(), jobs: z.record(z.string(), job) });
const { jobs } = workflow.parse(parse(readFileSync(file, 'utf8')));
const steps = Object.values(jobs).flatMap(one => one.steps);
const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));

describe('the release workflow', () => {
  it('has nothing that actionlint would complain of', () => {
    expect(execFileSync(actionlintPath(), [file], { encoding: 'utf8' })).toBe('');
  });

  it('pins each action by its commit, and says which release that is', () => {
    const used = readFileSync(file, 'utf8').match(/uses: .*/g) ?? [];
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    expect(used.filter(line => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('gives the tests no more than reading', () => {
    expect(jobs.check?.permissions).toEqual({ contents: 'read' });
  });

  it('goes on with a tag of the version that is in package.json, and with no other', () => {
    const script = steps.find(({ name }) => name === 'The tag is the version')?.run ?? '';
    const statusWith = (tag: string) =>
      spawnSync('bash', ['-euc', script], { cwd: checkout, env: { ...process.env, GITHUB_REF_NAME: tag } }).status;
    expect([statusWith(`v${version}`), statusWith('v0.0.1')]).toEqual([0, 1]);
  });

  it('finds chart and base by the names that they have', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chart-'));
    helm('package', chartFolder, '--destination', folder);
    expect(readdirSync(folder)).toEqual([`indicator-gateway-${version}.tgz`]);
    rmSync(folder, { recursive: true });
    const base = execFileSync('sed', ['-n', 's/^ARG NODE_IMAGE=//p', join(checkout, 'Dockerfile')], {
      encoding: 'utf8',
    });
    expect(base).toMatch(/^node:[\d.]+-slim\n$/);
  });
});
