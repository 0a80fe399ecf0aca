import { parseArgs } from 'node:util';

export type Format = 'table' | 'ndjson' | 'csv';
export type FailOn = 'MALICIOUS' | 'SUSPICIOUS';

export interface Options {
  /** Paths to read; `-` is standard input. None: standard input. */
  readonly files: readonly string[];
  readonly url: URL;
  readonly token: string | undefined;
  /** undefined: a table on a terminal, NDJSON elsewhere. */
  readonly format: Format | undefined;
  /** undefined: as what the input is recognised as. */
  readonly reads: 'list' | 'text' | undefined;
  /** undefined: the encoding that it shows. */
  readonly encoding: string | undefined;
  /** Path of the file that remembers how far the run has come. */
  readonly resume: string | undefined;
  readonly failOn: FailOn | undefined;
  readonly live: boolean;
  readonly quiet: boolean;
}

/** The arguments are wrong; the message says what would be right. */
export class UsageError extends Error {}

const isCheckout = import.meta.url.endsWith('.ts');

/** How it is called. */
export const command = isCheckout ? 'npm run -s enrich --' : 'indicator-gateway enrich';

const ofNpm = `Without -s npm prints a banner of its own into the output; without -- it keeps the options for itself, and may
print its version and exit with 0.
`;

export const usage = `Usage: ${command} [options] [FILE ...]

Looks the indicators of FILE or of standard input ("-") up in a running gateway. Writes a table on a terminal, NDJSON
elsewhere.
${isCheckout ? ofNpm : ''}
  --url URL                the gateway's GraphQL address (GATEWAY_URL; http://127.0.0.1:4000/graphql)
  --csv, --ndjson, --table write that, wherever it goes
  --list, --text           each line is one indicator / find the indicators in a text (default: what it looks like)
  --encoding NAME          how the input is encoded (default: UTF-8, UTF-16 or Windows-1252, as it shows)
  --live                   fetch from every source anew, past the gateway's caches
  --fail-on LEVEL          malicious or suspicious: exit with 3 where a verdict is that bad or worse
  --resume STATE           remember in the file STATE how far the run has come, and go on there the next time
  --quiet                  no progress, notes and summary on standard error
  --help                   this

An input is a list (one indicator a line, "host:port" and "value # comment" too), a table with commas, semicolons or tabs, JSON,
JSON lines, a STIX bundle, a MISP event, or else a text of any size. A line that is no indicator but holds some is read as these
("readAs"). What was left out is counted on standard error. A value that comes again soon is looked up once.

Each answer has the verdict's level and sentence, whether sources contradict each other ("conflicting", in the table
"disputed"), which sources are missing from it, and what is listed around the value: a parent domain, a block, the host of a
URL ("covering"; in the table "4 around" under LISTS). docs/reference.md lists the columns.

An interrupted run: ${command} --resume STATE FILE >> OUT.ndjson, the same command again. At most the answers of one
request are written twice, none is lost. STATE is removed when the run is complete.

GATEWAY_TOKEN is sent as a bearer token. It is not an option: other users of a machine can read those.

Exit: 0 every source answered; 1 a source failed or did not answer in full, a verdict is INCONCLUSIVE, or an input was
unusable or could not be decoded; 2 wrong usage, input that is no text, or no answer from the gateway; 3 a verdict met
--fail-on, whatever else happened, also when the reader of a pipe has left.
`;

const formats = ['csv', 'ndjson', 'table'] as const;

/** Reads arguments and environment; returns undefined when help is requested. Throws a UsageError. */
export function readOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>) {
  const { values, positionals } = parseArguments(args);
  if (values.help) return undefined;
  const chosen = formats.filter(format => values[format]);
  if (chosen.length > 1) throw new UsageError(`--${chosen.join(' and --')} exclude each other.`);
  if (values.resume !== undefined && chosen[0] === 'table')
    throw new UsageError('--resume goes on with NDJSON or CSV: a table is sorted and cannot be continued.');
  if (values.list && values.text) throw new UsageError('--list and --text exclude each other.');
  const options: Options = {
    files: positionals,
    url: parseUrl(values.url ?? (environment.GATEWAY_URL || 'http://127.0.0.1:4000/graphql')),
    token: environment.GATEWAY_TOKEN || undefined,
    format: chosen[0],
    reads: values.list ? 'list' : values.text ? 'text' : undefined,
    encoding: parseEncoding(values.encoding),
    resume: values.resume,
    failOn: parseFailOn(values['fail-on']),
    live: values.live ?? false,
    quiet: values.quiet ?? false,
  };
  return options;
}

function parseArguments(args: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: text,
        'fail-on': text,
        encoding: text,
        resume: text,
        csv: flag,
        ndjson: flag,
        table: flag,
        list: flag,
        text: flag,
        live: flag,
        quiet: flag,
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'The arguments cannot be read.',
    );
  }
}

/** Accepts the gateway's address with or without the path `/graphql`. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.pathname === '/') url.pathname = '/graphql';
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new UsageError('--url (or GATEWAY_URL) must be an http or https address, as http://127.0.0.1:4000/graphql.');
}

function parseFailOn(text: string | undefined): FailOn | undefined {
  if (text === undefined) return undefined;
  const level = text.toUpperCase();
  if (level === 'MALICIOUS' || level === 'SUSPICIOUS') return level;
  throw new UsageError('--fail-on takes "malicious" or "suspicious".');
}

function parseEncoding(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    throw new UsageError(`--encoding does not know "${name}": name one as utf-8, utf-16le, windows-1252 or shift_jis.`);
  }
}
