/**
 * The manifest of what `npm pack` packs. The packages that its programs use are in `dist` already, so it depends on none and
 * installs without a registry. `prepack` puts it in place of the checkout's manifest, `postpack` puts that back.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const checkouts = 'package.checkout.json';

if (process.argv[2] === 'restore') {
  renameSync(checkouts, 'package.json');
} else {
  const text = readFileSync('package.json', 'utf8');
  const { scripts, dependencies, devDependencies, overrides, allowScripts, knip, ...packed } = JSON.parse(text);
  const typed = ['@apollo/client', '@graphql-typed-document-node/core'];
  const manifest = {
    ...packed,
    engines: { node: '>=22.19.0' },
    // Of `indicator-gateway/apollo` alone, whose types name theirs.
    peerDependencies: Object.fromEntries(typed.map(name => [name, `^${devDependencies[name]}`])),
    peerDependenciesMeta: Object.fromEntries(typed.map(name => [name, { optional: true }])),
  };
  writeFileSync(checkouts, text);
  writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
}
