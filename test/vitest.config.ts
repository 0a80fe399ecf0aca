import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * What `npm run test:fast` leaves out: tests that start a process (Redis, a browser, Helm, the gateway itself), and those
 * that take many seconds. Every other test file is fast. A fast test that starts a process fails: setup/no-processes.ts.
 */
const system = [
  'test/{bench,demo,docs}.test.ts',
  'test/{cli,doctor,failures,hostile,model,operations,packaging,replicas,soak,start,upstream-calls,verdicts,web}/**/*.test.ts',
  'test/argus/{connection,cookbook}.test.ts',
  'test/emulators/faults.test.ts',
  'test/graphql/executor.test.ts',
  'test/http-client/rate-limits.test.ts',
  'test/readings/{argus,moving-rows,pages}.test.ts',
  'test/cache/{connection,corrupt-rows,faults,redis,replies}.test.ts',
  'test/security/{audit,caller-keys,callers,flood,graphiql,headers,isolation,leaks,limits,rate-limit,redis-rows}.test.ts',
  'test/observability/{exposition,leak,log,metrics,tracing}.test.ts',
  'test/server/{draining,fragments,front-ends,graphiql,health}.test.ts',
  'test/sources/{contract,third-source}.test.ts',
];

export default defineConfig({
  // The one graphql that Node itself would load: Vite would take its ES module, Apollo requires the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    root: new URL('..', import.meta.url).pathname,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // As long as a busy machine may take: with vitest's one second a browser that is loading already failed.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: more workers only wait for each other, and the tests own real servers and browsers.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: system,
          setupFiles: ['test/setup/no-processes.ts'],
          // One module graph for all files of a worker: loading it for each would take a quarter of the time.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'system', include: system } },
    ],
  },
});
