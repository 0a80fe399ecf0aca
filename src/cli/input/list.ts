/** A list, an indicator on each line; `#` begins a comment. */
import { withoutPort } from './host-port.ts';
import type { InputItem, Line } from './model.ts';

const comment = /(?:^|\s)#.*$/s;
/** No indicator is longer. */
const maxLength = 4_096;

export const withoutComment = (line: string): string => line.replace(comment, '').trim();

export async function* listItems(lines: AsyncIterable<Line>, file: string, head?: string): AsyncGenerator<InputItem> {
  let isHeadSeen = head === undefined;
  for await (const { text, number, bytes } of lines) {
    const place = { from: `${file}:${number}`, bytes };
    const input = withoutComment(text);
    if (!isHeadSeen && text === head) {
      isHeadSeen = true;
      yield { ...place, kind: 'left out', why: 'header' };
      continue;
    }
    if (comment.test(text)) yield { ...place, kind: 'left out', why: 'comment' };
    if (input.length > maxLength) yield { ...place, kind: 'text', text: input, input };
    else if (input !== '') yield { ...place, kind: 'value', value: withoutPort(input), input };
  }
}
