/** Constants and numbers only: never an indicator, a header or a variable. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A tracing span. There is none while tracing is off: `trace.span?.child(…)`. */
export interface Span {
  /** For the log line. */
  readonly traceId: string;
  /** The same where the trace is sampled; undefined: nobody will find it. */
  readonly sampledTraceId: string | undefined;
  /** Begins a child span. `kind` "client": an outgoing request. */
  child(name: string, attributes: SpanAttributes, kind?: 'client'): Span;
  /** Links a span of another operation that shares this work. */
  link(other: Span): void;
  set(attributes: SpanAttributes): void;
  /** Where its name was not known when it began. */
  rename(name: string): void;
  /** `failure`: a constant that marks the span as failed. */
  end(failure?: string): void;
}
