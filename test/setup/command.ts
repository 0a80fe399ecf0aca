import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `machine.ts` puts what it builds itself. */
export const builtCommands = fileURLToPath(new URL('../../node_modules/.cache/bin', import.meta.url));

/** The full path of the first of these commands that the machine, or `machine.ts`, has; undefined when it has none. */
export function findCommand(...names: readonly string[]): string | undefined {
  const folders = [builtCommands, ...(process.env.PATH ?? '').split(delimiter)];
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
