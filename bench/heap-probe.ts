/** Loaded into a server with `--import` (and `--expose-gc`): tells its parent how much lies on the heap, nothing collected. */
import { PerformanceObserver } from 'node:perf_hooks';

let collections = 0;
new PerformanceObserver(list => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

process.on('message', message => {
  if (message === 'collect') globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  // The observer hears of a collection in the next turn of the event loop.
  setTimeout(() => process.send?.({ heapUsed, collections }), 20);
});
