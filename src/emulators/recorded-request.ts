/** One request as an emulator received it, and what became of it. */
export interface RecordedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown;
  readonly bodyText: string;
  /** The indicator values it asks about, in order: of the query, the path or the body. */
  readonly values: readonly string[];
  /** Epoch milliseconds at which its last byte arrived. */
  readonly at: number;
  /** Kinds of the faults that touched it. */
  faults: readonly string[];
  /** Status that was answered, once it was. */
  status?: number;
  /** Epoch milliseconds at which the answer was handed over in full. */
  answeredAt?: number;
  /** Epoch milliseconds at which the connection was closed before the answer ended, by the client or by a fault. */
  abortedAt?: number;
}
