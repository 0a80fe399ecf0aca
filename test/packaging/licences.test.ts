import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8'));

const lockedPackages = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), license: z.string().optional() })),
});
const { packages } = lockedPackages.parse(json('package-lock.json'));
/** Paths like `node_modules/pino`. */
const production = Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev ? [] : [path]));

/** Anybody may use, change and sell what is made with these, and need only keep the notices, as the image does. */
const permissive = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'BlueOak-1.0.0']);

/** Of an SPDX expression every part must be permissive, also where one may choose. */
const isPermissive = (licence: string): boolean =>
  licence
    .replace(/[()]/g, '')
    .split(/ (?:AND|OR) /)
    .every(part => permissive.has(part));

/** Some old packages have `{ type }`, or nothing but the file. */
const manifest = z.object({
  license: z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]).optional(),
});

/** As the installed package says, and as the lock file says. Packages of other platforms are not installed. */
function licencesOf(path: string): readonly (string | undefined)[] {
  const installed = `${path}/package.json`;
  const said = existsSync(at(installed)) ? [manifest.parse(json(installed)).license] : [];
  return [...said, packages[path]?.license];
}

describe('the packages of production', () => {
  it('have permissive licences alone', () => {
    expect(production.length).toBeGreaterThan(100);
    const others = production.flatMap(path =>
      licencesOf(path)
        .filter(licence => licence === undefined || !isPermissive(licence))
        .map(licence => `${path}: ${licence ?? 'no licence'}`),
    );
    expect(others).toEqual([]);
  });

  it.each(['Elastic-2.0', 'SSPL-1.0', 'GPL-3.0-only', 'MIT AND Elastic-2.0', '(MIT OR GPL-2.0)', 'UNLICENSED', ''])(
    'would not pass as permissive with %j',
    licence => expect(isPermissive(licence)).toBe(false),
  );
});
