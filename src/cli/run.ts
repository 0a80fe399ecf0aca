/** One run: from the input, in chunks, to the output. Nothing is kept of what was written but numbers. */
import { escapeUnsafe } from '../clients/safe-text.ts';
import { chunkSize, chunksOf } from './chunks.ts';
import { exitCodeOf, exitCodes, meetsFailOn } from './exit-code.ts';
import { createGatewayClient, GatewayError } from './gateway.ts';
import type { InputItem } from './input/model.ts';
import { inputItems, sizeOf } from './input/open.ts';
import { answersFor } from './look-up.ts';
import { type Format, type Options, UsageError } from './options.ts';
import { createFormatter, createOutput } from './output.ts';
import { startProgress } from './progress.ts';
import { createRecent } from './recent.ts';
import { createItemCounter, readState, remaining, removeState, startState, writeState } from './resume.ts';
import { countItem, countRow, summaryOf } from './tally.ts';

type ChosenOptions = Options & { readonly format: Format };
type RunProgress = ReturnType<typeof startProgress>;
type Streams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>;

/** Values that are looked up once where they come again. */
const recentValues = 50_000;

/** Resolves to the exit code. Rejects with an error of options, input, output or gateway, whose message is for the user. */
export async function run(given: Options, streams: Streams): Promise<number> {
  const options: ChosenOptions = { ...given, format: given.format ?? (streams.stdout.isTTY ? 'table' : 'ndjson') };
  if (options.files.length === 0 && streams.stdin.isTTY) throw new UsageError('Name a FILE, or pipe indicators in.');
  const progress = startProgress(streams.stderr, options.quiet);
  try {
    return await enrich(options, streams, progress);
  } catch (error) {
    if (options.resume !== undefined && error instanceof GatewayError)
      progress.tell('The run is not complete. The same command goes on where it stopped.');
    throw error;
  } finally {
    progress.end();
  }
}

async function enrich(options: ChosenOptions, streams: Streams, progress: RunProgress): Promise<number> {
  const opened = await open(options, streams, progress);
  for await (const chunk of opened.chunks) {
    if (!(await answer(chunk, opened))) return exitCodeWithoutReader(options);
    await opened.save();
  }
  progress.end();
  const { tally, output, formatter, counter } = opened;
  if (counter.read().items === 0) throw new UsageError('There is nothing in the input.');
  await output.write(formatter.end());
  if (options.resume !== undefined && output.hasReader()) await removeState(options.resume);
  if (!options.quiet) streams.stderr.write(summaryOf(tally));
  return exitCodeOf(tally, options.failOn);
}

/** Everything that a run works with. */
async function open(options: ChosenOptions, streams: Streams, progress: RunProgress) {
  const { resume, format } = options;
  const files = options.files.length === 0 ? ['-'] : options.files;
  const size = await sizeOf(files);
  const state = (resume === undefined ? undefined : await readState(resume, options)) ?? startState(options);
  const output = createOutput(streams.stdout);
  const counter = createItemCounter();
  const save = async (done = counter.read()) => {
    if (resume !== undefined && output.hasReader())
      await writeState(resume, { ...state, ...done, outputBytes: output.bytes() });
  };
  // What a crash left behind the last state may end within a line.
  if (state.items > 0 && output.bytes() && output.bytes() !== state.outputBytes) await output.write('\n');
  await save(state);
  const gateway = createGatewayClient({ ...options, onWait: progress.wait });
  const sources = format === 'csv' ? await gateway.sources() : [];
  const formatter = createFormatter(format, sources, state.items > 0, streams.stdout);
  const { isNew } = createRecent(recentValues);
  const items = inputItems({ ...options, files, tell: text => progress.tell(escapeUnsafe(text)) }, streams.stdin);
  const chunks = chunksOf(remaining(state, items, counter), isNew);
  const { tally } = state;
  const showProgress = (bytes: number) => progress.show(tally.rows, size && bytes / size);
  return { options, tally, output, counter, save, gateway, formatter, isNew, chunks, showProgress };
}

/** Resolves to false where nobody reads the rest and the rest can change nothing. */
async function answer(chunk: readonly InputItem[], opened: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { options, tally, output, gateway, formatter, isNew, showProgress } = opened;
  for (const item of chunk) countItem(tally, item);
  const asked = chunk.filter(item => item.kind === 'value' || item.kind === 'text');
  if (tally.rows > 0 || asked.length >= chunkSize) showProgress(chunk[0]?.bytes ?? 0);
  for await (const rows of answersFor(asked, gateway, isNew)) {
    for (const row of rows) countRow(tally, row);
    await output.write(formatter.rows(rows));
    if (!output.hasReader() && (options.failOn === undefined || meetsFailOn(tally, options.failOn))) return false;
    if (tally.rows >= chunkSize) showProgress(chunk.at(-1)?.bytes ?? 0);
  }
  return true;
}

const exitCodeWithoutReader = ({ failOn }: Options) => (failOn === undefined ? exitCodes.answered : exitCodes.found);
