/** `npm run enrich -- FILE`: the gateway from a shell. A client like any other: it knows the schema and nothing of our code. */
import { csvHeader, csvLine } from './csv.ts';
import { visible } from './escape.ts';
import { failuresOf, meets } from './exit-code.ts';
import { connect, type Gateway, GatewayError } from './gateway.ts';
import { readInput } from './input.ts';
import { type Format, type Options, readOptions, UsageError, usage } from './options.ts';
import { startProgress } from './progress.ts';
import { toTable } from './table.ts';
import type { Answer } from './wire.ts';

/** Well under what one operation may name, and a share of a second each. */
const chunkSize = 50;

const exits = { answered: 0, unheard: 1, failed: 2, found: 3 } as const;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === undefined) {
    process.stdout.write(usage);
    return exits.answered;
  }
  const input = await readInput(options, process.stdin);
  const progress = startProgress(process.stderr, options.quiet);
  const gateway = connect({ ...options, onWait: progress.wait });
  try {
    const values = 'list' in input ? input.list : await gateway.extract(input.text);
    return await enrich(values, gateway, options, progress);
  } finally {
    progress.end();
  }
}

async function enrich(
  values: readonly string[],
  gateway: Gateway,
  options: Options,
  progress: ReturnType<typeof startProgress>,
): Promise<number> {
  const format: Format = options.format ?? (process.stdout.isTTY ? 'table' : 'ndjson');
  const sources = format === 'csv' ? await gateway.sources() : [];
  const answers: Answer[] = [];
  if (format === 'csv') process.stdout.write(`${csvHeader(sources)}\r\n`);
  for (let at = 0; at < values.length; at += chunkSize) {
    progress.show(answers.length, values.length);
    const chunk = await gateway.lookup(values.slice(at, at + chunkSize));
    answers.push(...chunk);
    if (format === 'csv') process.stdout.write(chunk.map(answer => `${csvLine(answer, sources)}\r\n`).join(''));
    if (format === 'ndjson') process.stdout.write(chunk.map(answer => `${visible(JSON.stringify(answer))}\n`).join(''));
  }
  progress.end();
  if (format === 'table' && answers.length > 0) {
    process.stdout.write(toTable(answers, process.stdout.columns ?? 120, process.stdout));
  }
  if (!options.quiet) process.stderr.write(summaryOf(answers));
  return exitOf(answers, options);
}

function exitOf(answers: readonly Answer[], { failOn }: Options): number {
  if (failOn !== undefined && answers.some(answer => meets(answer, failOn))) return exits.found;
  const isUnheard = answers.some(answer => answer.indicator === null || failuresOf(answer).length > 0);
  return isUnheard ? exits.unheard : exits.answered;
}

function summaryOf(answers: readonly Answer[]): string {
  if (answers.length === 0) return 'No indicator was found.\n';
  const count = (is: (answer: Answer) => boolean) => answers.filter(is).length;
  const reports = answers.flatMap(({ indicator }) => indicator?.sources ?? []);
  const unset = new Set(reports.filter(({ status }) => status === 'UNCONFIGURED').map(({ source }) => source));
  const parts = [
    `${answers.length} asked`,
    `${count(({ indicator }) => indicator?.verdict.level === 'MALICIOUS')} malicious`,
    `${count(({ indicator }) => indicator?.verdict.level === 'SUSPICIOUS')} suspicious`,
    `${count(answer => failuresOf(answer).length > 0)} not wholly answered`,
    `${count(({ indicator }) => indicator === null)} unusable`,
    ...[...unset].map(source => `${source.toLowerCase()} is not set up`),
  ];
  return `${parts.join(', ')}.\n`;
}

// `| head` closes the pipe early: that is the reader's right and no failure.
process.stdout.on('error', (error: Error) =>
  process.exit('code' in error && error.code === 'EPIPE' ? 0 : exits.failed),
);

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof UsageError)
    process.stderr.write(`${visible(error.message)}\n\nTry "npm run enrich -- --help".\n`);
  else if (error instanceof GatewayError) process.stderr.write(`${visible(error.message)}\n`);
  else throw error;
  return exits.failed;
});
