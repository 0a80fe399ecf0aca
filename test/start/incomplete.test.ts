/** What somebody reads whose installation lacks Node 24 or the built pages: `npm ci` with `--ignore-scripts` or `--omit=dev`. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startDemo } from '../setup/demo.ts';

const checkout = resolve(import.meta.dirname, '../..');

it.each(['start', 'dev', 'demo', 'emulators', 'enrich', 'doctor'])(
  'npm run %s says that Node 24 is missing, and ends with 2',
  script => {
    // As an older Node: one that does not run TypeScript.
    const { status, stderr } = spawnSync('npm', ['run', '-s', script], {
      cwd: checkout,
      env: { ...process.env, NODE_OPTIONS: '--no-experimental-strip-types' },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^Node 24 is missing.*`npm ci`.*\n$/),
    });
  },
);

it('the demo offers no page that is not built, and says how to build it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unbuilt-'));
  for (const name of ['package.json', 'schema.graphql', 'src'])
    cpSync(join(checkout, name), join(folder, name), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  const { printed, interrupt } = await startDemo(folder);
  await interrupt();
  expect(printed).not.toMatch(/http\S+\/(graphiql|board)/);
  expect(printed).toMatch(/GraphiQL +not built.*npm run build[\s\S]*Triage board +not built.*npm run build/);
  rmSync(folder, { recursive: true });
});
