import type { SourceName } from '../domain/report.ts';

/** What one operation cost, by source: for `x-enrichment-trace`, the log line and the audit. */
export interface Trace {
  hit(source: SourceName, tier: 'memory' | 'redis' | 'stale'): void;
  coalesced(source: SourceName): void;
  /** One upstream attempt began on behalf of this operation, carrying so many values. */
  call(source: SourceName, values: number): void;
  /** And took so long. */
  took(source: SourceName, milliseconds: number): void;
  summary(): readonly SourceTrace[];
}

export interface SourceTrace {
  readonly source: SourceName;
  readonly calls: number;
  readonly batchSizes: readonly number[];
  readonly hits: { readonly memory: number; readonly redis: number; readonly stale: number };
  readonly coalesced: number;
  readonly milliseconds: number;
}

export function createTrace(): Trace {
  type Open = {
    calls: number;
    batchSizes: number[];
    hits: { memory: number; redis: number; stale: number };
    coalesced: number;
    milliseconds: number;
  };
  const bySource = new Map<SourceName, Open>();
  const of = (source: SourceName): Open => {
    const known = bySource.get(source);
    if (known !== undefined) return known;
    const fresh: Open = {
      calls: 0,
      batchSizes: [],
      hits: { memory: 0, redis: 0, stale: 0 },
      coalesced: 0,
      milliseconds: 0,
    };
    bySource.set(source, fresh);
    return fresh;
  };
  return {
    hit(source, tier) {
      of(source).hits[tier]++;
    },
    coalesced(source) {
      of(source).coalesced++;
    },
    call(source, values) {
      const trace = of(source);
      trace.calls++;
      trace.batchSizes.push(values);
    },
    took(source, milliseconds) {
      of(source).milliseconds += milliseconds;
    },
    summary: () => [...bySource].map(([source, trace]) => ({ source, ...trace })),
  };
}
