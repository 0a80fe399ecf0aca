import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { bundledPackages } from '../../../packaging/bundled-packages.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** GraphiQL, bundled into files that this process serves itself. `npm run build` runs it. */
export default defineConfig({
  root: here('.'),
  // The gateway may stand below a prefix that only the proxy in front of it knows.
  base: './',
  plugins: [bundledPackages()],
  logLevel: 'warn',
  // server/built-page.ts puts a fresh nonce in its place for each request.
  html: { cspNonce: '%NONCE%' },
  build: {
    outDir: here('../../../dist/graphiql'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5_000,
    reportCompressedSize: false,
    // "use client" and its like, in the packages' own files: they have no effect in a bundle.
    rolldownOptions: { checks: { moduleLevelDirective: false, bundlerTimings: false, pluginTimings: false } },
  },
});
