import { defineConfig } from 'vite';
import { bundledPackages } from '../../../packaging/bundled-packages.ts';

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4000/graphql';

/** `vite build` writes what the gateway's demo serves at /board; `vite` serves it with reload, in front of a running gateway. */
export default defineConfig({
  root: import.meta.dirname,
  // The gateway may stand below a prefix that only the proxy in front of it knows.
  base: './',
  plugins: [bundledPackages()],
  build: {
    outDir: '../../../dist/board',
    emptyOutDir: true,
    target: 'es2024',
    // Nothing inline: the page's policy allows only files of its own origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/graphql': { target: new URL(gateway).origin, changeOrigin: true } } },
});
