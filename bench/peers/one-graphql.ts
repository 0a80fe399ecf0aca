/** What the peers' packages take for `graphql` is the gateway's own: a schema made with one copy is none to another. */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const peers = new URL('node_modules/', import.meta.url).href;
const ours = createRequire(new URL('../gateway.ts', import.meta.url));

registerHooks({
  resolve(specifier, context, next) {
    const isTheirs = /^graphql(\/|$)/.test(specifier) && context.parentURL?.startsWith(peers);
    return isTheirs
      ? { url: pathToFileURL(ours.resolve(specifier)).href, shortCircuit: true }
      : next(specifier, context);
  },
});
