import { pino } from 'pino';
import type { SourceName } from '../domain/source-report.ts';

/** pino's own interface, as far as we use it: constant messages, data as fields, an allow-list of fields. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** What one operation cost at one source, each after the source's name: `datadogCalls`. */
export const costFields = ['Calls', 'Live', 'Cached', 'Stale', 'Joined', 'Failed', 'Failures', 'Milliseconds'] as const;
type CostField = (typeof costFields)[number];

/** Everything that a line may hold besides time, level and message. What is not here is not written. */
const plainFields = [
  ...['requestId', 'traceId', 'caller', 'operation', 'hash', 'outcome', 'codes', 'milliseconds'],
  ...['source', 'kind', 'state', 'status', 'reason', 'resetAt', 'code'],
  ...['error', 'frames', 'stack', 'path'],
  ...['url', 'admin', 'warning', 'variable', 'signal'],
] as const;

/** `DATADOG` and Calls → `datadogCalls`. */
export function costField(source: SourceName, field: CostField): `${string}${CostField}` {
  const [first = '', ...others] = source.toLowerCase().split('_');
  return `${first}${others.map(word => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('')}${field}`;
}

/** The whole list, for a gateway of these sources. */
export const logFields = (sources: readonly SourceName[]): readonly string[] => [
  ...plainFields,
  ...sources.flatMap(source => costFields.map(field => costField(source, field))),
];

type LogField = (typeof plainFields)[number] | `${string}${CostField}`;

/** Plain values only: never headers, configuration or raw errors. */
export type LogFields = Readonly<
  Partial<Record<LogField, string | number | boolean | null | undefined | readonly string[]>>
>;

export interface LogOptions {
  readonly level: string;
  /** Whose cost fields may be written. */
  readonly sources: readonly SourceName[];
  readonly destination?: { write(line: string): void } | undefined;
}

/**
 * JSON lines on stdout. The list of fields is only the last net, for what TypeScript did not see: nothing secret is
 * handed to it in the first place.
 */
export function createLog({ level, sources, destination }: LogOptions): Log {
  const isAllowed = new Set(logFields(sources));
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => allowed(fields, isAllowed),
    },
  };
  return pino(options, destination ?? openStream(1));
}

/** Lines that wait for a reader who does not keep up; beyond, they are dropped rather than the process. */
const maxWaitingBytes = 16 * 1024 * 1024;

/**
 * Stdout (1) or stderr (2), without waiting for each line to be written: that would be a fifth of a warm answer. What still
 * waits is written when the process ends, by whatever but SIGKILL. `onLost` hears of lines that could not be written.
 */
export function openStream(dest: 1 | 2, onLost: () => void = () => {}): { write(line: string): unknown } {
  const stream = pino.destination({ dest, sync: false, maxLength: maxWaitingBytes });
  return stream.on('drop', onLost).on('error', onLost);
}

const longest = 4_096;

function allowed(fields: Record<string, unknown>, isAllowed: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (isAllowed.has(name)) kept[name] = plain(fields[name]);
  return kept;
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, longest);
  if (Array.isArray(value)) return value.map(item => String(item).slice(0, longest));
  return typeof value === 'object' && value !== null ? undefined : value;
}

/** Lines for a person's eyes, where the developer's tool for it is installed; else undefined: JSON, as everywhere. */
export async function openPretty(): Promise<LogOptions['destination']> {
  try {
    const { default: pretty } = await import('pino-pretty');
    return pretty({ sync: true, messageKey: 'message', translateTime: 'SYS:HH:MM:ss', singleLine: true });
  } catch {
    return undefined;
  }
}

/** Writes nothing. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
