/** Metrics for hot paths: changes are kept in a plain map, and copied to the library's metric at the scrape. */
import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { SourceName } from '../domain/source-report.ts';

interface Description {
  readonly name: string;
  readonly help: string;
}

/** The function adds `times` to the series with these label values, which hold no space. */
export function createCounter(
  registry: Registry,
  { name, help, labelNames }: Description & { readonly labelNames: readonly string[] },
): (times: number, ...labels: readonly string[]) => void {
  const uncollected = new Map<string, number>();
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      for (const [labels, times] of uncollected)
        this.inc(Object.fromEntries(labels.split(' ').map((label, index) => [labelNames[index], label])), times);
      uncollected.clear();
    },
  });
  return (times, ...values) => {
    const labels = values.join(' ');
    if (times > 0) uncollected.set(labels, (uncollected.get(labels) ?? 0) + times);
  };
}

/** The function sets the level of a source. */
export function createSourceGauge(
  registry: Registry,
  description: Description,
): (source: SourceName, level: number) => void {
  const levels = new Map<SourceName, number>();
  new Gauge({
    ...description,
    labelNames: ['source'],
    registers: [registry],
    collect() {
      for (const [source, level] of levels) this.set({ source }, level);
    },
  });
  return (source, level) => void levels.set(source, level);
}
