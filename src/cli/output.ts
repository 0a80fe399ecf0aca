/** Rows in the chosen format, written no faster than they are read. */
import { fstatSync } from 'node:fs';
import { escapeUnsafe } from '../clients/safe-text.ts';
import { csvHeader, csvLine } from './csv.ts';
import type { EnrichedRow } from './look-up.ts';
import type { Format } from './options.ts';
import { toTable } from './table.ts';

/** Turns rows into text: some at once, the rest at the end. */
export interface Formatter {
  rows(rows: readonly EnrichedRow[]): string;
  end(): string;
}

/** A table is sorted, so its rows are kept; a longer one comes in several. */
const tableRows = 10_000;

/** `sources`: those of the gateway, needed for CSV alone. `isContinued`: the header is there already. */
export function createFormatter(
  format: Format,
  sources: readonly string[],
  isContinued: boolean,
  terminal: NodeJS.WriteStream,
): Formatter {
  if (format === 'ndjson') return { rows: rows => rows.map(ndjsonLine).join(''), end: () => '' };
  if (format === 'csv') {
    let header = isContinued ? '' : csvHeader(sources);
    const take = () => {
      const taken = header;
      header = '';
      return taken;
    };
    return { rows: rows => take() + rows.map(row => csvLine(row, sources)).join(''), end: take };
  }
  return tableFormatter(terminal);
}

const ndjsonLine = (row: EnrichedRow) => `${escapeUnsafe(JSON.stringify(row))}\n`;

function tableFormatter(terminal: NodeJS.WriteStream): Formatter {
  let kept: EnrichedRow[] = [];
  function page() {
    const text = kept.length > 0 ? toTable(kept, terminal.columns ?? 120, terminal) : '';
    kept = [];
    return text;
  }
  return {
    rows(rows) {
      kept.push(...rows);
      return kept.length >= tableRows ? page() : '';
    },
    end: page,
  };
}

/** `| head` closes the pipe early, which is not a failure: what is written after that is lost, and `hasReader` false. */
export function createOutput(stream: NodeJS.Process['stdout']) {
  let hasReader = true;
  let failure: Error | undefined;
  stream.on('error', (error: Error) => {
    if ('code' in error && error.code === 'EPIPE') hasReader = false;
    else failure = error;
  });
  return {
    hasReader: () => hasReader,
    /** null: it is no file. */
    bytes: () => sizeOfFileAt(stream.fd),
    /** Resolves when the text has left. Rejects where it cannot be written, to a full disk for example. */
    async write(text: string): Promise<void> {
      if (text === '' || !hasReader) return;
      await new Promise<void>(resolve => stream.write(text, () => resolve()));
      // The event comes after the callback.
      await new Promise(resolve => setImmediate(resolve));
      if (failure !== undefined) throw new OutputError(`The output cannot be written: ${failure.message}.`);
    },
  };
}

function sizeOfFileAt(descriptor: number): number | null {
  const found = fstatSync(descriptor);
  return found.isFile() ? found.size : null;
}

export class OutputError extends Error {}
