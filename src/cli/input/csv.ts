/** The indicators of a table. */
import { cellsOf, createJoiner, isComment, type TableRow } from './cells.ts';
import type { Columns } from './columns.ts';
import { withoutPort } from './host-port.ts';
import type { InputItem, Line, Place } from './model.ts';
import { mentionsIndicator } from './names.ts';

async function* rowsIn(lines: AsyncIterable<Line>, delimiter: string): AsyncGenerator<TableRow> {
  const joiner = createJoiner(delimiter);
  for await (const line of lines) yield* joiner.add(line);
  yield* joiner.end();
}

export async function* csvItems(lines: AsyncIterable<Line>, file: string, columns: Columns): AsyncGenerator<InputItem> {
  let isHeadSeen = columns.head === undefined;
  for await (const { line, text } of rowsIn(lines, columns.delimiter)) {
    const place = { from: `${file}:${line.number}`, bytes: line.bytes };
    const isHead = !isHeadSeen && text === columns.head;
    isHeadSeen ||= isHead;
    if (text.trim() === '') continue;
    if (isHead || isComment(text)) {
      yield { ...place, kind: 'left out', why: isHead ? 'header' : 'comment' };
      continue;
    }
    yield* rowItems(text, cellsOf(text, columns.delimiter).cells, columns, place);
  }
}

function* rowItems(
  text: string,
  cells: readonly string[],
  { width, columns, searched }: Columns,
  place: Place,
): Generator<InputItem> {
  const isRagged = cells.length !== width;
  const values = isRagged ? [] : columns.flatMap(at => cells[at] || []);
  const mentions = searched.map(at => cells[at] ?? '').filter(mentionsIndicator);
  for (const input of values) yield { ...place, kind: 'value', value: withoutPort(input), input };
  if (values.length === 0) {
    const problem = isRagged
      ? `The row has ${cells.length} cells in place of ${width}.`
      : 'The row has nothing in the columns that hold indicators.';
    yield { ...place, kind: 'text', text, input: text, problem };
  } else if (mentions.length > 0) yield { ...place, kind: 'text', text: mentions.join('\n') };
}
