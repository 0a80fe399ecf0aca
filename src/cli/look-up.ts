/** From what the input holds to rows of answers. */
import { chunkSize } from './chunks.ts';
import { GatewayError } from './gateway.ts';
import { cutAtSpace } from './input/lines.ts';
import type { ItemToAsk } from './input/model.ts';
import { type LookupResult, maxTexts } from './wire.ts';

export interface EnrichedRow extends LookupResult {
  /** Where it stands: "list.txt:12". */
  readonly from: string;
  /** What was looked up in place of the input; null: the input as it is. Where the input was unusable, `problem` stays. */
  readonly readAs: string | null;
}

/** What the gateway is asked for. Texts: at most `maxTexts`. */
interface Asks {
  lookup(values: readonly string[]): Promise<readonly LookupResult[]>;
  extract(texts: readonly string[]): Promise<readonly (readonly string[])[]>;
}

/** Characters of the texts in one query. */
const textsLength = 64 * 1024;

interface ValueToAsk extends Pick<EnrichedRow, 'input' | 'from'> {
  readonly value: string;
  /** Why the input could not be used as it is. */
  readonly problem?: string | null | undefined;
}

/**
 * Yields rows in the order of the items. What is unusable as it is, is searched for indicators; each has a row of its own. Of
 * a report only indicators that are `isNew` have one.
 */
export async function* answersFor(
  items: readonly ItemToAsk[],
  gateway: Asks,
  isNew: (value: string) => boolean,
): AsyncGenerator<readonly EnrichedRow[]> {
  const values = items.filter(item => item.kind === 'value');
  const answers = new Map((await lookUp(gateway, values)).map((row, at) => [values[at] as ItemToAsk, row]));
  const searched = items.filter(item => item.kind === 'text' || answers.get(item)?.indicator === null);
  const found = await extractAll(
    gateway,
    searched.map(item => (item.kind === 'text' ? item.text : item.input)),
  );
  const within = new Map(searched.map((item, at) => [item, found[at] ?? []]));
  const rows = items.flatMap((item): readonly (ValueToAsk | EnrichedRow)[] => {
    const { input, from } = item;
    const answer = answers.get(item);
    const held = within.get(item) ?? [];
    if (input === undefined) return held.filter(isNew).map(value => ({ value, input: value, from }));
    const problem = item.kind === 'text' ? item.problem : answer?.problem;
    if (held.length > 0) return held.map(value => ({ value, input, from, problem }));
    return [answer ?? { input, from, readAs: null, problem: problem ?? noneInIt, indicator: null }];
  });
  for (let at = 0; at < rows.length; at += chunkSize) yield await complete(rows.slice(at, at + chunkSize), gateway);
}

const noneInIt = 'No indicator was found in it.';

async function complete(rows: readonly (ValueToAsk | EnrichedRow)[], gateway: Asks): Promise<readonly EnrichedRow[]> {
  const wanted = rows.filter(row => 'value' in row);
  const answers = new Map((await lookUp(gateway, wanted)).map((row, at) => [wanted[at], row]));
  return rows.map(row => ('value' in row ? (answers.get(row) as EnrichedRow) : row));
}

async function lookUp(gateway: Asks, wanted: readonly ValueToAsk[]): Promise<readonly EnrichedRow[]> {
  const answers = await inParts(
    wanted.map(({ value }) => value),
    values => gateway.lookup(values),
  );
  return wanted.map(({ value, input, from, problem }, at) => {
    const answer = answers[at];
    if (answer === undefined) throw new GatewayError('The gateway answered fewer values than it was asked about.');
    const readAs = value === input ? null : value;
    return { input, from, readAs, problem: answer.problem ?? problem ?? null, indicator: answer.indicator };
  });
}

/** Asks, and asks about each half where the gateway finds it too much for one operation. */
async function inParts<Value, Answer>(
  values: readonly Value[],
  ask: (values: readonly Value[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  if (values.length === 0) return [];
  try {
    return await ask(values);
  } catch (error) {
    if (!isTooLarge(error) || values.length === 1) throw error;
    const middle = Math.ceil(values.length / 2);
    return [...(await inParts(values.slice(0, middle), ask)), ...(await inParts(values.slice(middle), ask))];
  }
}

const isTooLarge = (error: unknown) => error instanceof GatewayError && error.code === 'OPERATION_TOO_LARGE';

/** The indicators of each text. */
async function extractAll(gateway: Asks, texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (texts.length > maxTexts || (texts.length > 1 && length > textsLength)) return inHalves(texts, gateway);
  if (texts.length > 1)
    return inParts(texts, some => (some.length > 1 ? gateway.extract(some) : extractAll(gateway, some)));
  const [text] = texts;
  return text === undefined ? [] : [await extractOne(gateway, text)];
}

async function inHalves(texts: readonly string[], gateway: Asks) {
  const middle = Math.ceil(texts.length / 2);
  return [...(await extractAll(gateway, texts.slice(0, middle))), ...(await extractAll(gateway, texts.slice(middle)))];
}

async function extractOne(gateway: Asks, text: string): Promise<readonly string[]> {
  if (text.length > textsLength) return extractHalves(gateway, text);
  try {
    return (await gateway.extract([text])).flat();
  } catch (error) {
    if (!isTooLarge(error) || text.length < 2) throw error;
    return extractHalves(gateway, text);
  }
}

async function extractHalves(gateway: Asks, text: string): Promise<readonly string[]> {
  const [head, tail] = cut(text);
  return [...new Set([...(await extractOne(gateway, head)), ...(await extractOne(gateway, tail))])];
}

function cut(text: string): readonly [string, string] {
  const end = text.lastIndexOf('\n', text.length / 2) + 1;
  return end > 0 ? [text.slice(0, end), text.slice(end)] : cutAtSpace(text, Math.ceil(text.length / 2));
}
