/** Which files are mutated, and the tests that are to notice, the quickest first. */
const pages = ['argus/page', 'argus/truncated', 'readings/pages', 'argus/page-reader', 'readings/moving-rows'];
const parts = [
  'readings/parts',
  'readings/refusals',
  'argus/shared-search',
  'argus/truncated',
  'upstream-calls/joining',
  'readings/argus',
];
const facts = [
  'cache/read-through',
  'upstream-calls/oldest-that-will-do',
  'upstream-calls/sharing',
  'upstream-calls/fresh-and-stale',
];
const threats = [
  'sources/datadog-names',
  'sources/datadog-wire',
  'readings/datadog',
  'readings/datadog-matchers',
  'datadog/absences',
];
const judged = ['domain/verdict-situations', 'domain/verdict', 'domain/verdict-properties', 'verdicts/situations'];

const argus = 'src/sources/argus';
const datadog = 'src/sources/datadog';

export const testsOf: Readonly<Record<string, readonly string[]>> = {
  [`${argus}/search/row-attribution.ts`]: ['argus/covering', 'readings/argus', 'argus/shared-search'],
  [`${argus}/search/enclosing.ts`]: [
    'argus/foreign-rows',
    'argus/covering',
    'readings/around',
    'readings/parts',
    'readings/argus',
    'verdicts/argus-behaviours',
  ],
  [`${argus}/page.ts`]: pages,
  [`${argus}/search/read-all-pages.ts`]: ['argus/read-all-pages', 'argus/past-ten-thousand', ...pages],
  [`${argus}/search/search-in-parts.ts`]: parts,
  [`${argus}/search/settle-batch.ts`]: [
    'argus/covering',
    'readings/around',
    ...parts,
    'argus/properties',
    'readings/pages',
  ],
  [`${argus}/search/batched-search.ts`]: ['upstream-calls/given-up', 'argus/covering', ...parts],
  [`${argus}/search/batch-queue.ts`]: [
    'argus/batch-queue',
    'argus/shared-search',
    'upstream-calls/joining',
    'upstream-calls/given-up',
    'upstream-calls/many-operations',
    'failures/deadlines-and-retries',
  ],
  [`${argus}/search/unheard-values.ts`]: ['argus/unheard-values', 'readings/refusals', 'readings/argus'],
  [`${argus}/search/search-sizes.ts`]: ['readings/refusals'],
  [`${argus}/search/records-report.ts`]: [
    'argus/covering',
    'argus/truncated',
    'verdicts/type-witness',
    'verdicts/argus-behaviours',
    'verdicts/sources',
    'verdicts/list-caps',
    'readings/argus',
  ],
  [`${argus}/search/stale-absence.ts`]: ['argus/doubtful-filters', 'verdicts/ages', 'verdicts/outcomes'],
  [`${argus}/search/witness.ts`]: [
    'readings/around',
    'verdicts/type-witness',
    'verdicts/argus-behaviours',
    'server/fragments',
  ],
  [`${argus}/search/type-registry.ts`]: ['argus/type-registry', 'verdicts/type-witness', 'verdicts/argus-behaviours'],
  [`${argus}/client.ts`]: [
    'argus/own-not-found',
    'argus/records',
    'verdicts/type-witness',
    'argus/page-reader',
    'readings/refusals',
    'readings/pages',
    'readings/argus',
  ],
  [`${datadog}/client.ts`]: [
    'datadog/route-proof',
    'readings/datadog-history',
    ...threats,
    'upstream-calls/refused-credential',
  ],
  [`${datadog}/echo.ts`]: threats,
  [`${datadog}/history.ts`]: [
    'readings/datadog-history',
    'upstream-calls/operation',
    'upstream-calls/sharing',
    ...threats,
  ],
  [`${datadog}/route-proof.ts`]: ['datadog/route-proof', 'datadog/absences'],
  'src/cache/freshness.ts': facts,
  'src/cache/read-through.ts': ['cache/reused-responses', ...facts, 'server/fragments'],
  'src/cache/fact-fetcher.ts': [...facts, 'upstream-calls/given-up'],
  'src/cache/single-flight.ts': [...facts, 'upstream-calls/given-up'],
  'src/cache/denied-credentials.ts': ['cache/read-through', 'upstream-calls/refused-credential', 'upstream-calls/keys'],
  'src/cache/tiered-read.ts': [
    'cache/memory',
    'cache/redis',
    'cache/corrupt-rows',
    'upstream-calls/clocks',
    'cache/faults',
  ],
  'src/http-client/refusals.ts': ['http-client/refused-credentials', 'upstream-calls/refused-credential'],
  'src/domain/verdict/missing-sources.ts': judged,
  'src/domain/verdict/absence.ts': judged,
};
