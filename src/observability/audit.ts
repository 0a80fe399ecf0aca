import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SourceName, SourceStatus } from '../domain/source-report.ts';
import type { Log } from './log.ts';
import type { OperationOutcome } from './metrics.ts';

/** Begun when an operation arrives; `note` adds fields later. */
interface AuditEntry {
  readonly requestId: string;
  /** The caller's name; null: not authenticated. */
  readonly caller: string | null;
  readonly auth: 'none' | 'api-key' | 'jwt';
  /** The client's IP address, after TRUST_PROXY. */
  readonly address: string | null;
  readonly operationName: string | null;
  /** SHA-256 of the operation's text. */
  readonly operationHash: string | null;
  /** Canonical values; the record has their keyed hashes with `indicators: 'hmac'`. */
  readonly indicators: readonly string[];
  /** Sources that were called for this operation. */
  readonly contacted: readonly SourceName[];
  /** Any of "LIVE", "CACHE" and "STALE_CACHE". */
  readonly servedFrom: readonly string[];
}

interface AuditRecord {
  /** Sets fields of the record, replacing earlier values. */
  note(fields: Partial<AuditEntry>): void;
  /** Writes the record. Only the first call counts. */
  close(outcome: OperationOutcome, codes?: readonly string[]): void;
}

/** A value that a caller has changed upstream. */
interface WriteEntry {
  readonly requestId: string;
  readonly caller: string | null;
  /** The field of the mutation. */
  readonly write: string;
  readonly state: string;
  /** Canonical; hashed like those of operations. */
  readonly indicator: string;
  /** What became of it; undefined: it is about to be sent. */
  readonly status: SourceStatus | undefined;
}

export interface Audit {
  /** A line of its own, at once. */
  write(entry: WriteEntry): void;
  open(entry: Partial<AuditEntry> & Pick<AuditEntry, 'requestId' | 'auth'>): AuditRecord;
}

export interface AuditOptions {
  /** Apart from the log on stdout: `main.ts` passes stderr. */
  readonly destination: { write(line: string): unknown };
  readonly indicators: 'plain' | 'hmac';
  /** The default is a random key, so hashes cannot be compared across restarts. */
  readonly hmacKey?: (() => string) | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

const emptyEntry: AuditEntry = {
  requestId: '',
  auth: 'none',
  caller: null,
  address: null,
  operationName: null,
  operationHash: null,
  indicators: [],
  contacted: [],
  servedFrom: [],
};

/** Writes a JSON line for each operation, including denied and cancelled ones. A failing destination fails no operation. */
export function createAudit(options: AuditOptions): Audit {
  const { destination, log, clock } = options;
  const isHashed = options.indicators === 'hmac';
  const hash = isHashed ? createHasher(options.hmacKey) : (value: string) => value;
  if (isHashed && options.hmacKey === undefined) log.warn({ warning: withoutKey }, 'configuration');

  function write(
    entry: AuditEntry,
    time: number,
    startedAt: number,
    outcome: OperationOutcome,
    codes: readonly string[],
  ): void {
    const { indicators, ...others } = entry;
    const line = lineOf({
      time: new Date(time).toISOString(),
      ...others,
      indicatorCount: indicators.length,
      indicators: indicators.map(hash),
      outcome,
      codes,
      durationMs: Math.round(clock.monotonic() - startedAt),
    });
    send(line, entry.requestId);
  }

  function send(line: string, requestId: string): void {
    try {
      destination.write(line);
    } catch {
      log.error({ requestId }, 'The audit record could not be written');
    }
  }

  return {
    write({ indicator, status, ...entry }) {
      const time = new Date(clock.wall()).toISOString();
      const phase = status === undefined ? 'before' : 'after';
      send(lineOf({ time, ...entry, indicator: hash(indicator), phase, status: status ?? null }), entry.requestId);
    },
    open(initial) {
      const time = clock.wall();
      const startedAt = clock.monotonic();
      let entry: AuditEntry | undefined = { ...emptyEntry, ...initial };
      return {
        note(fields) {
          if (entry) Object.assign(entry, fields);
        },
        close(outcome, codes = []) {
          if (entry) write(entry, time, startedAt, outcome, codes);
          entry = undefined;
        },
      };
    },
  };
}

const withoutKey =
  'AUDIT_INDICATORS=hmac without AUDIT_HMAC_KEY: hashes can not be compared across restarts or replicas';

/** 128 bits distinguish values; without the key, guessed values cannot be verified. */
function createHasher(key: (() => string) | undefined): (value: string) => string {
  const randomKey = randomBytes(32);
  return value =>
    createHmac('sha256', key?.() ?? randomKey)
      .update(value)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
}

/**
 * Escaped because callers choose names and values. JSON already escapes CR, LF and ESC; terminals also obey C1 controls
 * (U+009B begins an ANSI sequence), and line separators and bidirectional marks change what a reader sees.
 */
const controlCharacters = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function lineOf(record: object): string {
  const text = JSON.stringify(record, truncate);
  return `${text.replace(controlCharacters, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** Bounds texts that callers choose. */
const truncate = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, 2_048) : value;
