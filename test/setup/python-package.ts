import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { machineCache } from './command.ts';

/** The folder, for PYTHONPATH, with a package of Python's registry and what it needs; installed the first time, in a minute. */
export function pythonPackage(requirement: string): string {
  const folder = join(machineCache, 'python', requirement.replace(/\W+/g, '-'));
  if (existsSync(folder)) return folder;
  const begun = `${folder}.${process.pid}`;
  execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--target', begun, requirement], { stdio: 'pipe' });
  renameSync(begun, folder);
  return folder;
}
