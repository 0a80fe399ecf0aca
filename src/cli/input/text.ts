/** A report, in parts that the gateway takes. */
import { cutAtSpace } from './lines.ts';
import type { InputItem, Line } from './model.ts';

/** Characters: the gateway takes 256 KiB, and after an interruption one part is asked again. */
export const partLength = 32 * 1024;

export async function* textItems(lines: AsyncIterable<Line> | Iterable<Line>, file: string): AsyncGenerator<InputItem> {
  let [part, bytes] = ['', 0];
  const toItem = (text: string): InputItem => ({ from: file, bytes, kind: 'text', text });
  for await (const line of lines) {
    // A line of a mail that ends in "=" goes on in the next one.
    if (part.length > partLength && !part.endsWith('=\n')) {
      yield toItem(part);
      part = '';
    }
    part += `${line.text}${line.isWhole ? '\n' : ''}`;
    bytes = line.bytes;
    while (part.length > 2 * partLength) {
      const [head, rest] = cutAtSpace(part, partLength);
      yield toItem(head);
      part = rest;
    }
  }
  if (part.trim() !== '') yield toItem(part);
}
