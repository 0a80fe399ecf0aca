import type { z } from 'zod';
import type { Random } from './random.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** A response before it is sent: `json` until it is serialised, then `bytes`. */
export interface EmulatedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Buffer;
}

export type BodyRow = Record<string, unknown>;
type ErrorShape = 'usual' | 'objects' | 'strings';

/** The protocol of one upstream: how it answers, and how faults can change its bodies. */
export interface Protocol {
  /** In lower case, as in EMULATOR_DATADOG_PORT. */
  readonly name: string;
  readonly contentType: string;
  /** Headers that carry a caller's key, in lower case; left out wherever requests are shown. */
  readonly keyHeaders: readonly string[];
  answer(request: RecordedRequest): EmulatedAnswer;
  /** The indicator values that a request asks about. */
  values(request: Pick<RecordedRequest, 'method' | 'path' | 'query' | 'body'>): readonly string[];
  errorBody(status: number, shape: ErrorShape): unknown;
  quotaBody(millis: number, place: 'metaData' | 'top' | 'none'): unknown;
  /** The rows of a successful body, by reference. Empty for an error. */
  rows(body: unknown): BodyRow[];
  /** Returns the same body with these rows. */
  withRows(body: unknown, rows: readonly BodyRow[], count: 'kept' | 'honest'): unknown;
  /** Members of a row with types that a client must reject. */
  readonly wrongTypes: BodyRow;
  /** Members of a row as literal numbers that JavaScript cannot represent. */
  readonly hugeNumbers: Readonly<Record<string, string>>;
  /** Members that make a row describe another value. */
  aboutAnother(value: string): BodyRow;
}

/** All that is needed to start an emulator of one upstream. */
export interface EmulatorKind<Data, Behaviours extends object> {
  /** The name of the emulated product, as shown to people. */
  readonly title: string;
  /** Default port when started as a program. */
  readonly port: number;
  /** Accepted credentials, by the gateway's environment variable. */
  readonly credentials: Readonly<Record<string, string>>;
  /** How to send the credentials, as shown to people. */
  readonly usage: string;
  /** Makes data with credentials only, unless the kind has data of its own. */
  createData(random: Random, now: number): Data;
  /**
   * Makes the upstream report this value as malicious, in its own terms; used by the tests that every source must pass.
   */
  accuse(data: Data, value: string): void;
  /** Default behaviours; they may be changed while the emulator runs. */
  readonly behaviours: Behaviours;
  /** What each behaviour may be. Default: anything of the type of its default. */
  readonly choices?: z.ZodObject;
  create(data: Data, behaviours: Behaviours, now: () => number): Protocol;
}
