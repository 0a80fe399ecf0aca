import { pino } from 'pino';
import type { SourceName } from '../domain/source-report.ts';

/** The part of pino's interface that we use. Messages are constant; data goes into fields, which are an allow-list. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** The cost of an operation at one source; in the log the source's name comes first: `datadogCalls`. */
export const costFields = ['Calls', 'Live', 'Cached', 'Stale', 'Joined', 'Failed', 'Failures', 'Milliseconds'] as const;
type CostField = (typeof costFields)[number];

/** All fields but time, level, message and those of `costFields`; any other field is dropped. */
const commonFields = [
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

/** The complete allow-list for these sources. */
export const logFields = (sources: readonly SourceName[]): readonly string[] => [
  ...commonFields,
  ...sources.flatMap(source => costFields.map(field => costField(source, field))),
];

type LogField = (typeof commonFields)[number] | `${string}${CostField}`;

/** Never headers, configuration or raw errors. */
export type LogFields = Readonly<
  Partial<Record<LogField, string | number | boolean | null | undefined | readonly string[]>>
>;

export interface LogOptions {
  readonly level: string;
  readonly sources: readonly SourceName[];
  readonly destination?: { write(line: string): void } | undefined;
}

/** Writes JSON lines to stdout. The allow-list is the second line of defence: secrets must not be passed at all. */
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

/** Beyond this, lines are dropped, so that a slow reader does not exhaust the memory. */
const maxWaitingBytes = 16 * 1024 * 1024;

type Stream = ReturnType<typeof pino.destination>;

/** Those that can still be written to. */
const streams = new Set<Stream>();

/**
 * Stdout (1) or stderr (2), written asynchronously: waiting for each line would take a fifth of the time of a cached
 * response. `onLost` is called for lines that are dropped. `exit` of `process.ts` waits for the last of them.
 */
export function openStream(dest: 1 | 2, onLost: () => void = () => {}): { write(line: string): unknown } {
  const stream = pino.destination({ dest, sync: false, maxLength: maxWaitingBytes });
  // At exit the library calls this, which tries for ever where nobody reads, and overtakes the line that is being written.
  stream.flushSync = () => {};
  streams.add(stream);
  return stream.on('drop', onLost).on('error', () => {
    streams.delete(stream);
    onLost();
  });
}

/** Resolves when all lines are written, or can not be. Never, where somebody should read them and does not. */
export async function allWritten(): Promise<void> {
  await Promise.all([...streams].map(written));
}

const written = (stream: Stream): Promise<unknown> =>
  new Promise(resolve => {
    stream.once('drain', resolve).once('error', resolve);
    // An empty text has its turn after all others.
    stream.write('');
  });

const maxLength = 4_096;

function allowed(fields: Record<string, unknown>, isAllowed: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (isAllowed.has(name)) kept[name] = plain(fields[name]);
  return kept;
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, maxLength);
  if (Array.isArray(value)) return value.map(item => String(item).slice(0, maxLength));
  return typeof value === 'object' && value !== null ? undefined : value;
}

/** Readable lines by pino-pretty, a development dependency; undefined when it is not installed. */
export async function openPretty(): Promise<LogOptions['destination']> {
  try {
    const { prettyFactory } = await import('pino-pretty');
    const pretty = prettyFactory({ messageKey: 'message', translateTime: 'SYS:HH:MM:ss', singleLine: true });
    const stream = openStream(1);
    return { write: line => void stream.write(pretty(line)) };
  } catch {
    return undefined;
  }
}
