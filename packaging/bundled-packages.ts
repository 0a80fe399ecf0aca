/** The packages of which a bundle holds code, by their paths in package-lock.json: `packages.json` beside it. */
import { relative } from 'node:path';
import type { Plugin } from 'rolldown';

const root = new URL('..', import.meta.url).pathname;

/** `node_modules/a/node_modules/@b/c` of a file in it. */
const packageOf = (file: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(relative(root, file.replace(/^\0/, '')))?.[0];

export const bundledPackages = (): Plugin => ({
  name: 'bundled packages',
  generateBundle(_, bundle) {
    const files = Object.values(bundle).flatMap(file => (file.type === 'chunk' ? file.moduleIds : []));
    const paths = [...new Set(files.map(packageOf))].filter(path => path !== undefined);
    this.emitFile({ type: 'asset', fileName: 'packages.json', source: JSON.stringify(paths.sort()) });
  },
});
