/** The files of the command line, or standard input, one after the other. */
import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { decode, isDamaged } from './decode.ts';
import { linesIn } from './lines.ts';
import { InputError, type InputItem, type Line } from './model.ts';
import { type HowToRead, readItems } from './recognise.ts';

export interface InputOptions extends Pick<HowToRead, 'reads'> {
  /** Paths; `-` is standard input. */
  readonly files: readonly string[];
  readonly encoding: string | undefined;
  readonly tell: (sentence: string) => void;
}

/** `bytes` of an item: of all files so far. Ends with an InputError that names a file that cannot be read. */
export async function* inputItems(options: InputOptions, stdin: NodeJS.ReadStream): AsyncGenerator<InputItem> {
  let before = 0;
  for (const file of options.files) {
    let bytes = 0;
    for await (const item of itemsOfFile(file, options, stdin)) {
      bytes = item.bytes;
      yield { ...item, bytes: before + bytes };
    }
    before += bytes;
  }
}

/** The sizes of all files together; undefined where one is a pipe. Rejects with an InputError that names one that cannot be read. */
export async function sizeOf(files: readonly string[]): Promise<number | undefined> {
  const sizes = await Promise.all(files.map(file => (file === '-' ? 0 : sizeOfFile(file))));
  return sizes.includes(0) ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOfFile(file: string): Promise<number> {
  try {
    await access(file, constants.R_OK);
    const found = await stat(file);
    if (found.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    return found.size;
  } catch (error) {
    throw asInputError(file, error);
  }
}

const shownNames: Readonly<Record<string, string>> = {
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows-1252',
};

async function* itemsOfFile(path: string, { reads, encoding, tell }: InputOptions, stdin: NodeJS.ReadStream) {
  const file = path === '-' ? 'stdin' : path;
  const damage = { lines: 0, first: 0, bytes: 0, isMixed: false };
  const findings = {
    onEncoding(name: string) {
      if (name !== 'utf-8') tell(`${file}: read as ${shownNames[name] ?? name}.`);
    },
    onMixed(byte: number) {
      if (!damage.isMixed)
        tell(
          `${file}: it goes on in UTF-8 behind byte ${byte}: convert it to one encoding, or name one with --encoding.`,
        );
      damage.isMixed = true;
    },
  };
  try {
    const pieces = decode(path === '-' ? stdin : createReadStream(path), encoding, findings);
    const lines = countDamage(linesIn(pieces), damage);
    yield* readItems(lines, { reads, file, tell: what => tell(`${file}: ${what}.`) });
  } catch (error) {
    throw asInputError(file, error);
  }
  if (damage.lines === 0 && !damage.isMixed) return;
  if (damage.lines > 0)
    tell(`${file}: lines with bytes that cannot be decoded: ${damage.lines}, the first is line ${damage.first}.`);
  const undecodable: InputItem = { from: file, bytes: damage.bytes, kind: 'undecodable', lines: damage.lines || 1 };
  yield undecodable;
}

async function* countDamage(lines: AsyncIterable<Line>, damage: { lines: number; first: number; bytes: number }) {
  for await (const line of lines) {
    damage.bytes = line.bytes;
    if (isDamaged(line.text)) {
      damage.lines += 1;
      damage.first ||= line.number;
    }
    yield line;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
};

function asInputError(file: string, error: unknown): unknown {
  if (error instanceof InputError) return new InputError(`${file} ${error.message}`);
  if (error instanceof RangeError) return new InputError(`${file} cannot be read: it is nested too deeply.`);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return code === undefined ? error : new InputError(`${file} cannot be read: ${reasons[code] ?? code}.`);
}
