/**
 * `npm run build:server`: the programs as plain JavaScript with the packages that they use, in a few files. They start in
 * less than half the time and need no node_modules (docs/decisions/start.md).
 */
import { dirname, relative, resolve } from 'node:path';
import { defineConfig } from 'rolldown';
import { bundledPackages } from './packaging/bundled-packages.ts';

export default defineConfig({
  input: {
    command: 'src/command.ts',
    main: 'src/main.ts',
    demo: 'src/demo.ts',
    doctor: 'src/doctor/main.ts',
    emulators: 'src/emulators/main.ts',
    enrich: 'src/cli/enrich.ts',
  },
  platform: 'node',
  // For `npm run dev` alone.
  external: ['pino-pretty'],
  plugins: [
    bundledPackages(),
    {
      name: 'maps of our own code alone',
      transform: {
        filter: { id: /node_modules/ },
        handler: code => ({ code, map: { mappings: '' } }),
      },
    },
  ],
  output: {
    // As deep as the folders of src, so that `../../schema.graphql` is the same file from here.
    dir: 'dist/server',
    cleanDir: true,
    chunkFileNames: '[name].js',
    sourcemap: true,
    sourcemapExcludeSources: true,
    sourcemapPathTransform: (source, map) => relative(import.meta.dirname, resolve(dirname(map), source)),
  },
});
