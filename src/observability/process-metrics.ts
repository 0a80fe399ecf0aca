/** Metrics of the process itself: those that dashboards for Node know by name, the release, and the limit of its heap. */
import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics, Gauge, type Registry } from '@prometheus-io/client';
import manifest from '../../package.json' with { type: 'json' };

export function describeProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  // The names of before, for one release.
  collectDefaultMetrics({ register: registry, prefix: 'gateway_' });
  const registers = [registry];
  new Gauge({
    ...{ name: 'gateway_build_info', help: 'The release that runs: 1', labelNames: ['version', 'nodejs'], registers },
  }).set({ version: manifest.version, nodejs: process.version }, 1);
  new Gauge({
    name: 'nodejs_heap_size_limit_bytes',
    help: 'What the heap may grow to before the process ends',
    registers,
  }).set(getHeapStatistics().heap_size_limit);
}
