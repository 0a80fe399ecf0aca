/** Makes a test of the fast tier fail when it starts a process, so that `npm run test:fast` needs nothing but npm's packages. */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

function refuse(): never {
  throw new Error(
    'This test starts a process, so it is no fast one: add its file to `system` in test/vitest.config.ts',
  );
}

for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const) {
  Object.defineProperty(childProcess, name, { value: refuse });
}
syncBuiltinESMExports();
