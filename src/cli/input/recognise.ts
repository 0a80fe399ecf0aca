/** Recognises from its first lines what an input is, and reads it as that. */
import { type Columns, columnsIn } from './columns.ts';
import { csvItems } from './csv.ts';
import { jsonLineItems, parseJson, readDocument } from './json.ts';
import { listItems, withoutComment } from './list.ts';
import type { InputItem, Line } from './model.ts';
import { isIndicatorName } from './names.ts';
import { textItems } from './text.ts';

export interface HowToRead {
  /** undefined: as what it is recognised as. */
  readonly reads: 'list' | 'text' | undefined;
  /** What the user knows the input by. */
  readonly file: string;
  /** Tells the user what the input was taken for, where it is no plain list or text. */
  readonly tell: (what: string) => void;
}

const sampleLines = 200;
const sampleLength = 64 * 1024;
/** Characters of a document that is parsed whole. A larger one is read as text. */
const documentLength = 64 * 1024 * 1024;

export async function* readItems(lines: AsyncGenerator<Line>, how: HowToRead): AsyncGenerator<InputItem> {
  const { reads, file, tell } = how;
  const sample = await take(lines, sampleLength, sampleLines);
  const all = chain(sample, lines);
  if (reads === 'list') return yield* listItems(all, file);
  if (reads === 'text') return yield* textItems(all, file);
  if (areJsonLines(sample)) {
    tell('read as JSON lines');
    return yield* jsonLineItems(all, file);
  }
  if (!mayBeDocument(sample)) return yield* linewise(sample, all, how);
  const whole = await take(all, documentLength, Number.POSITIVE_INFINITY);
  const document = parseJson(whole.map(({ text, isWhole }) => (isWhole ? `${text}\n` : text)).join(''));
  if (document === undefined) return yield* linewise(sample, chain(whole, all), how);
  const { kind, items } = readDocument(document, { from: file, bytes: whole.at(-1)?.bytes ?? 0 });
  tell(`read as ${kind}`);
  return yield* items;
}

async function* linewise(sample: readonly Line[], all: AsyncGenerator<Line>, { file, tell }: HowToRead) {
  const texts = sample.map(({ text }) => text);
  const columns = columnsIn(sample);
  if (columns !== undefined) {
    tell(described(columns));
    return yield* csvItems(all, file, columns);
  }
  const head = texts.find(line => withoutComment(line) !== '');
  if (isMostlyList(texts)) return yield* listItems(all, file, head && isIndicatorName(head) ? head : undefined);
  return yield* textItems(all, file);
}

const described = ({ names, otherNames }: Columns) => {
  const others = otherNames.length > 0 ? `; not looked up: ${otherNames.join(', ')}` : '';
  return `read as CSV, indicators in ${names.join(', ')}${others}`;
};

/** Takes what one line too many belongs to, so that the sum stays near `length`. */
async function take(lines: AsyncGenerator<Line>, length: number, count: number): Promise<readonly Line[]> {
  const taken: Line[] = [];
  for (let size = 0; size < length && taken.length < count; ) {
    const { value, done } = await lines.next();
    if (done) break;
    taken.push(value);
    size += value.text.length;
  }
  return taken;
}

async function* chain(first: readonly Line[], rest: AsyncGenerator<Line>): AsyncGenerator<Line> {
  yield* first;
  yield* rest;
}

/** A line may hold a sentence, or a value with a note: it is a text where they are the rule. */
function isMostlyList(lines: readonly string[]): boolean {
  const values = lines.map(withoutComment).filter(line => line !== '');
  return values.length > 0 && values.filter(line => /[\s,;]/.test(line)).length * 4 <= values.length;
}

function areJsonLines(sample: readonly Line[]): boolean {
  const [first, second] = sample.filter(({ text }) => text.trim() !== '');
  return second !== undefined && /^\s*[{["]/.test(first?.text ?? '') && parseJson(first?.text ?? '') !== undefined;
}

const mayBeDocument = (sample: readonly Line[]) =>
  /^\s*(?:\{\s*["}]|\[\s*[{["\]])/.test(sample.map(({ text }) => text).join('\n'));
