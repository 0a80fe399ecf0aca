/** Metrics for hot paths: changes are kept in a plain map, and copied to the library's metric at the scrape. */
import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { SourceName } from '../domain/source-report.ts';

interface Description {
  readonly name: string;
  readonly help: string;
}

export interface DeferredCounter {
  /** Adds `times` to the series with these label values, which hold no space. */
  (times: number, ...labels: readonly string[]): void;
  /** Shows the series at 0, so that its first change is seen. */
  begin(...labels: readonly string[]): void;
}

/** `begun`: the values of its only label whose series are shown from the start. */
export function createCounter(
  registry: Registry,
  { name, help, labelNames }: Description & { readonly labelNames: readonly string[] },
  begun: readonly string[] = [],
): DeferredCounter {
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
  const add = (times: number, values: readonly string[]): void => {
    const labels = values.join(' ');
    uncollected.set(labels, (uncollected.get(labels) ?? 0) + times);
  };
  const count = (times: number, ...values: readonly string[]): void => {
    if (times > 0) add(times, values);
  };
  for (const value of begun) add(0, [value]);
  return Object.assign(count, { begin: (...values: readonly string[]) => add(0, values) });
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
