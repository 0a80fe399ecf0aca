import { pino } from 'pino';

/** pino's own interface, as far as we use it: constant messages, data as fields, an allow-list of fields. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Log;
}

/** Plain values only: never headers, configuration or raw errors. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>;

export interface LogOptions {
  readonly level: string;
  readonly destination?: { write(line: string): void };
}

/** JSON lines on stdout. Redaction is only the last net: nothing secret is handed to it in the first place. */
export function createLog({ level, destination }: LogOptions): Log {
  const options = { level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Writes nothing. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
