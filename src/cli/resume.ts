/** The file in which a run remembers how far it has come (`--resume`). */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { InputItem } from './input/model.ts';
import { type Options, UsageError } from './options.ts';
import { emptyTally, tallyShape } from './tally.ts';

const stateShape = z.object({
  /** What the answers depend on, beside the input. */
  options: z.record(z.string(), z.string()),
  /** Items of the input that are done. */
  items: z.number().int().min(0),
  /** A hash of these items. */
  hash: z.string(),
  tally: tallyShape,
  /** Bytes of the output file by then; null: it is no file. */
  outputBytes: z.number().nullable(),
});

type State = z.infer<typeof stateShape>;

/** The state at its start. */
export const startState = (options: Options): State => ({
  options: optionsOf(options),
  items: 0,
  hash: '',
  tally: emptyTally(),
  outputBytes: null,
});

/** The options of which another value would make another output. */
const optionsOf = ({ format, reads, encoding, failOn, live }: Options) => ({
  '--csv': String(format === 'csv'),
  '--list, --text': reads ?? 'neither',
  '--encoding': encoding ?? 'none',
  '--fail-on': failOn?.toLowerCase() ?? 'none',
  '--live': String(live),
});

/** undefined: there is no such file, the run begins. Rejects with a UsageError where the file is of another run. */
export async function readState(path: string, options: Options): Promise<State | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(`${path} cannot be read: ${error.code}.`);
  });
  if (text === undefined) return undefined;
  const { data } = stateShape.safeParse(parse(text));
  if (data === undefined)
    throw new UsageError(`${path} is no state of an interrupted run: name a file that is not there yet.`);
  const other = Object.entries(optionsOf(options)).find(([name, value]) => data.options[name] !== value);
  if (other === undefined) return data;
  const [name, value] = other;
  throw new UsageError(
    `${path} is of a run with another ${name} (${data.options[name]}, now ${value}): give the same options, or remove it to start anew.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step: a crash leaves the old state or the new one. */
export async function writeState(path: string, state: State): Promise<void> {
  const next = `${path}.${process.pid}.new`;
  try {
    await writeFile(next, JSON.stringify(state), { mode: 0o600 });
    await rename(next, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UsageError(`${path} cannot be written: ${code}.`);
  }
}

export const removeState = (path: string): Promise<void> => rm(path, { force: true });

/** Counts and hashes items: the beginning of another input has another hash, the same under another path has not. */
export function createItemCounter() {
  const hash = createHash('sha256');
  let items = 0;
  return {
    add({ from: _from, bytes: _bytes, ...item }: InputItem): void {
      hash.update(`${JSON.stringify(item)}\n`);
      items += 1;
    },
    read: () => ({ items, hash: hash.copy().digest('base64url') }),
  };
}

/** The items that are not done. Ends with a UsageError where those that are were others at the time. */
export async function* remaining(
  { items, hash }: State,
  all: AsyncIterable<InputItem>,
  counter: ReturnType<typeof createItemCounter>,
): AsyncGenerator<InputItem> {
  let at = 0;
  for await (const item of all) {
    counter.add(item);
    at += 1;
    if (at > items) yield item;
    else if (at === items && counter.read().hash !== hash) throw new UsageError(otherInput);
  }
  if (at < items) throw new UsageError(otherInput);
}

const otherInput =
  'The input is not the one of the interrupted run: its beginning has changed. Give the same input, or remove the state file to start anew.';
