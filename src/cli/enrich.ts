/**
 * `npm run enrich -- FILE`: a command-line client. It uses only the schema and imports nothing of the gateway's code,
 * only what it shares with the other client, the triage board.
 */
import { escapeUnsafe } from '../clients/safe-text.ts';
import { csvHeader, csvLine } from './csv.ts';
import { incompleteSources, isInconclusive, meetsFailOn } from './exit-code.ts';
import { createGatewayClient, type GatewayClient, GatewayError } from './gateway.ts';
import { readInput } from './input.ts';
import { type Format, type Options, readOptions, UsageError, usage } from './options.ts';
import { startProgress } from './progress.ts';
import { toTable } from './table.ts';
import type { LookupResult } from './wire.ts';

/** Values in one query: well under the gateway's limit, and answered in a fraction of a second. */
const chunkSize = 50;

const exitCodes = { answered: 0, incomplete: 1, failed: 2, found: 3 } as const;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) {
    process.stdout.write(usage);
    return exitCodes.answered;
  }
  const input = await readInput(options, process.stdin);
  const progress = startProgress(process.stderr, options.quiet);
  const gateway = createGatewayClient({ ...options, onWait: progress.wait });
  try {
    const values = 'list' in input ? input.list : await gateway.extract(input.text);
    return await enrich(values, gateway, options, progress);
  } finally {
    progress.end();
  }
}

async function enrich(
  values: readonly string[],
  gateway: GatewayClient,
  options: Options,
  progress: ReturnType<typeof startProgress>,
): Promise<number> {
  const format: Format = options.format ?? (process.stdout.isTTY ? 'table' : 'ndjson');
  const sources = format === 'csv' ? await gateway.sources() : [];
  const answers: LookupResult[] = [];
  if (format === 'csv') process.stdout.write(csvHeader(sources));
  for (let at = 0; at < values.length; at += chunkSize) {
    progress.show(answers.length, values.length);
    const chunk = await gateway.lookup(values.slice(at, at + chunkSize));
    answers.push(...chunk);
    if (format === 'csv') process.stdout.write(chunk.map(answer => csvLine(answer, sources)).join(''));
    if (format === 'ndjson')
      process.stdout.write(chunk.map(answer => `${escapeUnsafe(JSON.stringify(answer))}\n`).join(''));
  }
  progress.end();
  if (format === 'table' && answers.length > 0) {
    process.stdout.write(toTable(answers, process.stdout.columns ?? 120, process.stdout));
  }
  if (!options.quiet) process.stderr.write(summaryOf(answers));
  return exitCodeOf(answers, options);
}

function exitCodeOf(answers: readonly LookupResult[], { failOn }: Options): number {
  if (failOn !== undefined && answers.some(answer => meetsFailOn(answer, failOn))) return exitCodes.found;
  const isIncomplete = answers.some(
    answer => answer.indicator === null || isInconclusive(answer) || incompleteSources(answer).length > 0,
  );
  return isIncomplete ? exitCodes.incomplete : exitCodes.answered;
}

function summaryOf(answers: readonly LookupResult[]): string {
  if (answers.length === 0) return 'No indicator was found.\n';
  const count = (is: (answer: LookupResult) => boolean) => answers.filter(is).length;
  const reports = answers.flatMap(({ indicator }) => indicator?.sources ?? []);
  const unconfigured = new Set(reports.filter(({ status }) => status === 'UNCONFIGURED').map(({ source }) => source));
  const parts = [
    `${answers.length} looked up`,
    `${count(({ indicator }) => indicator?.verdict.level === 'MALICIOUS')} malicious`,
    `${count(({ indicator }) => indicator?.verdict.level === 'SUSPICIOUS')} suspicious`,
    `${count(isInconclusive)} inconclusive`,
    `${count(answer => incompleteSources(answer).length > 0)} not answered in full`,
    `${count(({ indicator }) => indicator === null)} unusable`,
    ...[...unconfigured].map(source => `${source.toLowerCase()} is not connected here`),
  ];
  return `${parts.join(', ')}.\n`;
}

// `| head` closes the pipe early, which is not a failure.
process.stdout.on('error', (error: Error) =>
  process.exit('code' in error && error.code === 'EPIPE' ? 0 : exitCodes.failed),
);

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof UsageError)
    process.stderr.write(`${escapeUnsafe(error.message)}\n\nTry "npm run enrich -- --help".\n`);
  else if (error instanceof GatewayError) process.stderr.write(`${escapeUnsafe(error.message)}\n`);
  else throw error;
  return exitCodes.failed;
});
