import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where `machine.ts` keeps what it builds itself: outside of `node_modules`, which `npm ci` empties. */
export const machineCache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'indicator-gateway');
export const builtCommands = join(machineCache, 'bin');

/** The full path of the first of these commands that the machine, or `machine.ts`, has; undefined when it has none. */
export function findCommand(...names: readonly string[]): string | undefined {
  // Servers of Debian lie in /usr/sbin, which only root has in its path.
  const folders = [builtCommands, ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
}

/** The same, or an error that says where to get it. */
export function requireCommand(...names: readonly string[]): string {
  const path = findCommand(...names);
  if (path === undefined) throw new Error(`${names[0]} is missing: "node test/setup/machine.ts" says how to get it`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
