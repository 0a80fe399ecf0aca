/** One run: from the input, in chunks, to the output. Nothing is kept of what was written but numbers. */
import { escapeUnsafe } from '../clients/safe-text.ts';
import { exitCodeOf, exitCodes, meetsFailOn } from './exit-code.ts';
import { createGatewayClient, GatewayError } from './gateway.ts';
import type { InputItem } from './input/model.ts';
import { inputItems, sizeOf } from './input/open.ts';
import { partLength } from './input/text.ts';
import { answersFor, chunkSize } from './look-up.ts';
import { type Format, type Options, UsageError } from './options.ts';
import { createFormatter, createOutput } from './output.ts';
import { startProgress } from './progress.ts';
import { createRecent } from './recent.ts';
import { createItemCounter, readState, remaining, removeState, startState, writeState } from './resume.ts';
import { countItem, countRow, summaryOf } from './tally.ts';

type ChosenOptions = Options & { readonly format: Format };
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

async function enrich(options: ChosenOptions, streams: Streams, progress: ReturnType<typeof startProgress>) {
  const { resume, failOn, format } = options;
  const files = options.files.length === 0 ? ['-'] : options.files;
  const size = await sizeOf(files);
  const state = (resume === undefined ? undefined : await readState(resume, options)) ?? startState(options);
  const { tally } = state;
  const counter = createItemCounter();
  const items = inputItems({ ...options, files, tell: text => progress.tell(escapeUnsafe(text)) }, streams.stdin);
  const gateway = createGatewayClient({ ...options, onWait: progress.wait });
  const sources = format === 'csv' ? await gateway.sources() : [];
  const formatter = createFormatter(format, sources, state.items > 0, streams.stdout);
  const output = createOutput(streams.stdout);
  const recent = createRecent(recentValues);
  // What a crash left behind the last state may end within a line.
  if (state.items > 0 && output.bytes() && output.bytes() !== state.outputBytes) await output.write('\n');
  let bytes = 0;
  const showProgress = () => progress.show(tally.rows, size && bytes / size);
  for await (const chunk of chunksOf(remaining(state, items, counter), recent.isNew)) {
    for (const item of chunk) countItem(tally, item);
    const asked = chunk.filter(item => item.kind === 'value' || item.kind === 'text');
    if (tally.rows > 0 || asked.length >= chunkSize) showProgress();
    bytes = chunk.at(-1)?.bytes ?? bytes;
    for await (const rows of answersFor(asked, gateway, recent.isNew)) {
      for (const row of rows) countRow(tally, row);
      await output.write(formatter.rows(rows));
      if (!output.hasReader() && (failOn === undefined || meetsFailOn(tally, failOn))) {
        return failOn === undefined ? exitCodes.answered : exitCodes.found;
      }
      if (tally.rows >= chunkSize) showProgress();
    }
    if (resume !== undefined && output.hasReader())
      await writeState(resume, { ...state, ...counter.read(), outputBytes: output.bytes() });
  }
  progress.end();
  if (counter.read().items === 0) throw new UsageError('There is nothing in the input.');
  await output.write(formatter.end());
  if (resume !== undefined && output.hasReader()) await removeState(resume);
  if (!options.quiet) streams.stderr.write(summaryOf(tally));
  return exitCodeOf(tally, failOn);
}

const maxChunk = 1_000;

/** What one request can ask, or one part of a report. Values that came lately are left out. */
async function* chunksOf(items: AsyncIterable<InputItem>, isNew: (value: string) => boolean) {
  let [chunk, asked] = [[] as InputItem[], 0];
  for await (const item of items) {
    const input = item.kind === 'value' || item.kind === 'text' ? item.input : undefined;
    const isRepeat = input !== undefined && !isNew(input);
    chunk.push(isRepeat ? { from: item.from, bytes: item.bytes, kind: 'left out', why: 'repeat' } : item);
    if (input !== undefined && !isRepeat) asked += 1;
    if (item.kind === 'text' && item.input === undefined)
      asked += Math.ceil((chunkSize * item.text.length) / partLength);
    if (asked < chunkSize && chunk.length < maxChunk) continue;
    yield chunk;
    [chunk, asked] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}
