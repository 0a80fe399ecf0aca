import type { RecordedRequest } from './recorded-request.ts';

/** An answer on its way out: `json` until it is written, then `bytes`. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

export type Row = Record<string, unknown>;
type ErrorShape = 'usual' | 'objects' | 'strings';

/** What one upstream is: how it answers, and what its bodies look like to somebody who wants to spoil them. */
export interface Dialect {
  /** In lower case, as in EMULATOR_DATADOG_PORT. */
  readonly name: string;
  readonly contentType: string;
  /** Headers that carry a caller's key, in lower case: shown to nobody. */
  readonly keyHeaders: readonly string[];
  answer(request: RecordedRequest): Answer;
  /** The indicator values that a request asks about. */
  values(request: Pick<RecordedRequest, 'method' | 'path' | 'query' | 'body'>): readonly string[];
  errorBody(status: number, shape: ErrorShape): unknown;
  quotaBody(millis: number, place: 'metaData' | 'top' | 'none'): unknown;
  /** The rows of a good body; changing one changes the body. Empty for an error. */
  rows(body: unknown): Row[];
  /** The same body with these rows. */
  withRows(body: unknown, rows: readonly Row[], count: 'kept' | 'honest'): unknown;
  /** Members of a row that a reader must refuse. */
  readonly wrongTypes: Row;
  /** Members of a row as literal numbers that JavaScript cannot hold. */
  readonly hugeNumbers: Readonly<Record<string, string>>;
  /** Members that make a row speak of another value. */
  aboutAnother(value: string): Row;
}
