/** What a span may say: words of ours and numbers. Never a value that was asked for, a header or a variable. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

/** A piece of work as a tracing tool shows it. Where tracing is off there is none: `trace.span?.child(…)`. */
export interface Span {
  /** For the log line. */
  readonly traceId: string;
  /** Begins a piece of this work. `kind` "client": a request that leaves the house. */
  child(name: string, attributes: SpanAttributes, kind?: 'client'): Span;
  /** This work also serves, or also waits for, another operation's. */
  link(other: Span): void;
  set(attributes: SpanAttributes): void;
  /** `failure`, from one of our closed lists, marks it as failed. */
  end(failure?: string): void;
}
