/** The answer of "List indicators of compromise": `{ data: { attributes: { data: [row], metadata: { count } } }, errors }`. */
import { int64 } from '../../tolerant-kinds.ts';
import { isObject, type OnUnreadable } from '../../tolerant-read.ts';
import { type IndicatorAnswer, isEmpty, readRow } from '../wire.ts';

export interface ListAnswer {
  readonly rows: readonly IndicatorAnswer[];
  /** How many rows match in all; null: it does not say. */
  readonly count: number | null;
  /** Datadog reports errors beside the rows. */
  readonly isPartial: boolean;
}

/** A row that is no object spoils the list: to leave it out would hide what matched. */
export function readList(body: unknown, onUnreadable: OnUnreadable): ListAnswer | { readonly error: Error } {
  const { data, errors } = objectOr(body);
  const { data: sent, metadata } = objectOr(objectOr(data).attributes);
  const count = int64(objectOr(metadata).count) ?? null;
  const rows = sent === null && count === 0 ? [] : sent;
  if (!Array.isArray(rows) || !rows.every(isObject)) return { error: new Error('no list of rows in it') };
  return {
    rows: rows.map(row => readRow(row, onUnreadable)),
    count: count === null || Number(count) < 0 ? null : Number(count),
    isPartial: !isEmpty(errors),
  };
}

const objectOr = (sent: unknown): Readonly<Record<string, unknown>> => (isObject(sent) ? sent : {});
