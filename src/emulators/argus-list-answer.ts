/** The answer with a page of records, in each form that its envelope may have. */
import { failure, ok } from './argus-answers.ts';
import type { ArgusBehaviours } from './argus-behaviours.ts';
import { listBody } from './argus-envelope.ts';
import type { BodyRow, EmulatedAnswer } from './protocol.ts';

interface FoundPage {
  readonly data: readonly BodyRow[];
  readonly limit: number;
  readonly offset: number;
  readonly count: number;
  /** Matches on lists that the key may not read. */
  readonly hidden: number;
}

interface Answering {
  readonly behaviours: ArgusBehaviours;
  readonly now: () => number;
}

const counts: Readonly<Record<ArgusBehaviours['count'], (found: FoundPage) => unknown>> = {
  exact: ({ count }) => count,
  zero: () => 0,
  page: ({ data }) => data.length,
  stopsEarly: ({ count }) => Math.min(count, 20),
  unknown: () => -1,
  withHidden: ({ count, hidden }) => count + hidden,
  text: ({ count }) => String(count),
  absent: () => undefined,
};

const sizes: Readonly<Record<ArgusBehaviours['size'], (rows: number) => unknown>> = {
  exact: rows => rows,
  tooLarge: rows => rows + 1,
  text: String,
  absent: () => undefined,
};

const numbers = { number: (value: number) => value, text: String, absent: () => undefined };

export function listAnswer(found: FoundPage, { behaviours, now }: Answering): EmulatedAnswer {
  const { data } = found;
  if (data.length === 0 && behaviours.noMatch === '404') return failure({ now }, 404);
  const body = listBody({ ...found, count: 0 });
  return ok({
    ...body,
    responseCode: numbers[behaviours.responseCode](200),
    limit: numbers[behaviours.echo](found.limit),
    offset: numbers[behaviours.echo](found.offset),
    count: counts[behaviours.count](found),
    metaData: behaviours.partialResult === 'absent' ? {} : { partialResult: behaviours.partialResult === 'true' },
    messages: messagesOf(behaviours.successMessages, now()),
    data: data.length === 0 && behaviours.noMatch === 'nullData' ? null : data,
    size: sizes[behaviours.size](data.length),
  });
}

function messagesOf(type: ArgusBehaviours['successMessages'], timestamp: number): readonly unknown[] | null {
  if (type === 'empty') return [];
  if (type === 'null') return null;
  const [message, messageTemplate] = ['Some sources did not answer in time', 'search.partial'];
  return [{ message, messageTemplate, type, field: null, parameter: null, timestamp }];
}
