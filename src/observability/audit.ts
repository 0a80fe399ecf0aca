import { createHmac, randomBytes } from 'node:crypto';
import type { SourceName } from '../domain/source-report.ts';
import type { Log } from './log.ts';
import type { OperationOutcome } from './metrics.ts';

/** What is known when an operation arrives; `note` adds what becomes known on the way. */
interface AuditEntry {
  readonly requestId: string;
  /** The caller's name; null where nobody was recognised. */
  readonly caller: string | null;
  readonly auth: 'none' | 'api-key' | 'jwt';
  /** The client's, as TRUST_PROXY has it. */
  readonly address: string | null;
  readonly operationName: string | null;
  /** SHA-256 of the operation's text. */
  readonly operationHash: string | null;
  /** Canonical values, as asked; written as their keyed hashes where the policy says so. */
  readonly indicators: readonly string[];
  /** Sources that calls went to on behalf of this operation. */
  readonly contacted: readonly SourceName[];
  /** Where facts came from: none, "LIVE", "CACHE", "STALE_CACHE". */
  readonly servedFrom: readonly string[];
}

interface AuditRecord {
  /** Adds to the record; the last word on each field counts. */
  note(fields: Partial<AuditEntry>): void;
  /** Writes the line. The first call counts, later ones do nothing: an operation ends once, however it ends. */
  close(outcome: OperationOutcome, codes?: readonly string[]): void;
}

export interface Audit {
  open(entry: Partial<AuditEntry> & Pick<AuditEntry, 'requestId' | 'auth'>): AuditRecord;
}

export interface AuditOptions {
  /** A stream of its own, apart from the log on stdout: main passes stderr. */
  readonly destination: { write(line: string): unknown };
  readonly indicators: 'plain' | 'hmac';
  /** Without it a random key is used, and hashes can be compared within one run of one process only. */
  readonly hmacKey?: (() => string) | undefined;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const nothingKnown = {
  caller: null,
  address: null,
  operationName: null,
  operationHash: null,
  indicators: [],
  contacted: [],
  servedFrom: [],
} satisfies Partial<AuditEntry>;

/** One JSON line for each operation, denied and cancelled ones included. A destination that fails fails no operation. */
export function createAudit(options: AuditOptions): Audit {
  const { destination, log, now = Date.now } = options;
  const conceal = options.indicators === 'hmac' ? concealer(options.hmacKey) : (value: string) => value;

  function write(entry: AuditEntry, startedAt: number, outcome: OperationOutcome, codes: readonly string[]): void {
    const { indicators } = entry;
    const line = lineOf({
      time: new Date(startedAt).toISOString(),
      requestId: short(entry.requestId),
      auth: entry.auth,
      caller: short(entry.caller),
      address: short(entry.address),
      operationName: short(entry.operationName),
      operationHash: short(entry.operationHash),
      contacted: entry.contacted,
      servedFrom: entry.servedFrom,
      indicatorCount: indicators.length,
      indicators: indicators.map(value => short(conceal(value))),
      outcome,
      codes,
      durationMs: Math.max(0, now() - startedAt),
    });
    try {
      destination.write(line);
    } catch {
      log.error({ requestId: entry.requestId }, 'The audit record could not be written');
    }
  }

  return {
    open(first) {
      const startedAt = now();
      let entry: AuditEntry | undefined = { ...nothingKnown, ...first };
      return {
        note(fields) {
          if (entry) Object.assign(entry, fields);
        },
        close(outcome, codes = []) {
          if (entry) write(entry, startedAt, outcome, codes);
          entry = undefined;
        },
      };
    },
  };
}

/** 128 bits suffice to tell values apart; without the key they cannot be guessed and tried. */
function concealer(key: (() => string) | undefined): (value: string) => string {
  const ofThisProcess = randomBytes(32);
  return value =>
    createHmac('sha256', key?.() ?? ofThisProcess)
      .update(value)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
}

/**
 * Callers choose names and values. JSON escapes CR, LF and ESC; a terminal also obeys the C1 controls (U+009B begins an
 * ANSI sequence), and line separators and bidirectional marks change what a reader sees.
 */
const active = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function lineOf(record: object): string {
  const text = JSON.stringify(record);
  return `${text.replace(active, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** What callers choose has no end of its own. */
const short = <Text extends string | null>(text: Text): Text => (text === null ? text : (text.slice(0, 2_048) as Text));
