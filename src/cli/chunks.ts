/** The input in chunks: what one request can ask, or one part of a report. */
import type { InputItem } from './input/model.ts';
import { partLength } from './input/text.ts';

/** Values in one query: well under the gateway's limit, and answered in a fraction of a second. */
export const chunkSize = 50;

const maxChunk = 1_000;

/** What came lately is left out. */
export async function* chunksOf(
  items: AsyncIterable<InputItem>,
  isNew: (value: string) => boolean,
): AsyncGenerator<readonly InputItem[]> {
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
