/** One request as an emulator received it, and its outcome. */
export interface RecordedRequest {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined if the body is not JSON. */
  readonly body: unknown;
  readonly bodyText: string;
  /** The indicator values that it asks about, from the query, the path or the body, in order. */
  readonly values: readonly string[];
  /** Epoch milliseconds at which its last byte arrived. */
  readonly at: number;
  /** Kinds of the faults that affected it. */
  faults: readonly string[];
  /** The status of the answer, once it is sent. */
  status?: number;
  /** Epoch milliseconds at which the whole answer was sent. */
  answeredAt?: number;
  /** Epoch milliseconds at which the connection was closed before the answer ended, by the client or by a fault. */
  abortedAt?: number;
}
