import type { SourceName } from '../domain/source-report.ts';
import type { Span, SpanAttributes } from './span.ts';

/** What one operation cost, by source: for `x-enrichment-trace`, the log line, the metrics, the spans and the audit. */
export interface Trace {
  /** The operation as a span; undefined while tracing is off. */
  readonly span: Span | undefined;
  hit(source: SourceName, tier: 'memory' | 'redis' | 'stale'): void;
  /** It waits for a fact that another operation asked for. */
  coalesced(source: SourceName, asker?: Trace): void;
  /** One upstream attempt began on behalf of this operation, carrying so many values. */
  call(source: SourceName, values: number): void;
  /** And took so long. */
  took(source: SourceName, milliseconds: number): void;
  /** A question that the source itself answered just now. */
  heard(source: SourceName): void;
  /** A question that stays without an answer; `kind` is that of the UpstreamError. */
  failed(source: SourceName, kind: string): void;
  /** Work begins that serves this operation, and others with it where they travel together. */
  begin(name: string, attributes: SpanAttributes): Span | undefined;
  /** For a call that serves several operations: it is told to each of them, and its span is linked to all. */
  sharedWith(others: () => readonly Trace[]): Pick<Trace, 'call' | 'took' | 'begin'>;
  /** In the order in which they were asked. Goes on counting while the operation does. */
  summary(): readonly SourceTrace[];
}

export interface SourceTrace {
  readonly source: SourceName;
  readonly calls: number;
  readonly batchSizes: readonly number[];
  readonly hits: { readonly memory: number; readonly redis: number; readonly stale: number };
  readonly coalesced: number;
  readonly milliseconds: number;
  /** Questions that the source itself answered just now. */
  readonly live: number;
  /** Kind of failure → questions without an answer because of it. */
  readonly failures: Readonly<Record<string, number>>;
}

interface Counts {
  readonly source: SourceName;
  calls: number;
  batchSizes: number[];
  hits: { memory: number; redis: number; stale: number };
  coalesced: number;
  milliseconds: number;
  live: number;
  failures: Record<string, number>;
}

const nothing = (source: SourceName): Counts => ({
  source,
  calls: 0,
  batchSizes: [],
  hits: { memory: 0, redis: 0, stale: 0 },
  coalesced: 0,
  milliseconds: 0,
  live: 0,
  failures: {},
});

export function createTrace(span?: Span): Trace {
  const all: Counts[] = [];
  const of = (source: SourceName): Counts => {
    const known = all.find(counts => counts.source === source);
    if (known !== undefined) return known;
    const fresh = nothing(source);
    all.push(fresh);
    return fresh;
  };
  const trace: Trace = {
    span,
    hit(source, tier) {
      of(source).hits[tier]++;
    },
    coalesced(source, asker) {
      of(source).coalesced++;
      if (span && asker?.span && asker.span !== span) span.link(asker.span);
    },
    call(source, values) {
      const counts = of(source);
      counts.calls++;
      counts.batchSizes.push(values);
    },
    took(source, milliseconds) {
      of(source).milliseconds += milliseconds;
    },
    heard(source) {
      of(source).live++;
    },
    failed(source, kind) {
      const { failures } = of(source);
      failures[kind] = (failures[kind] ?? 0) + 1;
    },
    begin: (name, attributes) => span?.child(name, attributes),
    sharedWith: others => shared(() => new Set([trace, ...others()])),
    summary: () => all,
  };
  return trace;
}

function shared(all: () => ReadonlySet<Trace>): Pick<Trace, 'call' | 'took' | 'begin'> {
  return {
    call(source, values) {
      for (const trace of all()) trace.call(source, values);
    },
    took(source, milliseconds) {
      for (const trace of all()) trace.took(source, milliseconds);
    },
    begin(name, attributes) {
      const [first, ...others] = [...all()].flatMap(({ span }) => span ?? []);
      const work = first?.child(name, attributes);
      for (const other of others) work?.link(other);
      return work;
    },
  };
}
