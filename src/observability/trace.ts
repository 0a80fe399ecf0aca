import type { Immutable } from '../cache/json.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { Span, SpanAttributes } from './span.ts';

/** The cost of one operation by source: for `x-enrichment-trace`, the log line, metrics, spans and the audit. */
export interface Trace {
  /** The operation as a span; undefined while tracing is off. */
  readonly span: Span | undefined;
  hit(source: SourceName, tier: 'memory' | 'redis' | 'stale'): void;
  /** The operation waits for a call that another operation started. */
  coalesced(source: SourceName, other?: Trace): void;
  /** An upstream attempt has begun. `values`: the number of values in it. */
  call(source: SourceName, values: number): void;
  /** An upstream attempt has ended. */
  took(source: SourceName, milliseconds: number): void;
  /** A request was answered by the upstream itself. */
  live(source: SourceName): void;
  /** A request has failed; `kind`: of the UpstreamError. */
  failed(source: SourceName, kind: string): void;
  /** Begins a span of this operation, or of all that share the call (`sharedWith`). */
  begin(name: string, attributes: SpanAttributes): Span | undefined;
  /** For a call that serves several operations: counts in each of them, and links its span to all. */
  sharedWith(others: () => readonly Trace[]): Pick<Trace, 'call' | 'took' | 'begin'>;
  /** In the order of their first use. The same objects go on counting while the operation runs. */
  summary(): readonly SourceTrace[];
}

export type SourceTrace = Immutable<SourceCounts>;

interface SourceCounts {
  source: SourceName;
  calls: number;
  batchSizes: number[];
  hits: { memory: number; redis: number; stale: number };
  coalesced: number;
  milliseconds: number;
  /** Requests answered by the upstream itself. */
  live: number;
  /** Kind of failure → number of failed requests. */
  failures: Record<string, number>;
}

const emptyCounts = (source: SourceName): SourceCounts => ({
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
  const counted: SourceCounts[] = [];
  const countsOf = (source: SourceName): SourceCounts => {
    const known = counted.find(counts => counts.source === source);
    if (known !== undefined) return known;
    const created = emptyCounts(source);
    counted.push(created);
    return created;
  };
  const trace: Trace = {
    span,
    hit(source, tier) {
      countsOf(source).hits[tier]++;
    },
    coalesced(source, other) {
      countsOf(source).coalesced++;
      if (span && other?.span && other.span !== span) span.link(other.span);
    },
    call(source, values) {
      const counts = countsOf(source);
      counts.calls++;
      counts.batchSizes.push(values);
    },
    took(source, milliseconds) {
      countsOf(source).milliseconds += milliseconds;
    },
    live(source) {
      countsOf(source).live++;
    },
    failed(source, kind) {
      const { failures } = countsOf(source);
      failures[kind] = (failures[kind] ?? 0) + 1;
    },
    begin: (name, attributes) => span?.child(name, attributes),
    sharedWith: others => shared(() => new Set([trace, ...others()])),
    summary: () => counted,
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
