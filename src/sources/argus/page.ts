/** One page of a search, as far as Argus's answer can be read. Pure. */
import { z } from 'zod';
import { undocumented } from './errors.ts';
import { resultSet } from './wire.ts';

/** Its rows are not validated yet. */
export interface Page {
  readonly rows: readonly unknown[];
  /** Of all that match; null: Argus did not count. */
  readonly count: number | null;
  /** The limit that Argus used, which may be lower than the requested one; at least 1. */
  readonly limit: number;
  /** Argus says, or may say, that it left something out: what is here counts, what is not here proves nothing. */
  readonly partialReason: string | undefined;
}

/** Limits that servers are set to. A page of just so many rows may have been cut, whatever Argus says of its limit. */
const usualLimits: ReadonlySet<number> = new Set([25, 50, 100, 200, 250, 500, 1000, 2000]);
export const mayBeCut = ({ rows, limit }: Pick<Page, 'rows' | 'limit'>): boolean =>
  rows.length >= limit || usualLimits.has(rows.length);

/** Only `data` decides: the numbers beside it are read as far as they make sense. */
export function pageOf(body: unknown, requestedLimit: number): Page {
  const parsed = resultSet.safeParse(body);
  if (!parsed.success) throw undocumented(parsed.error);
  const { responseCode, data, limit: usedLimit } = parsed.data;
  const rows = data ?? [];
  const count = readCount(parsed.data.count, rows.length);
  // A limit outside of 1 to the requested one is not believed. With neither a count nor a limit a short page is no
  // proof that it is the last: the number of rows is then taken for the limit, so that only an empty page ends the search.
  const isPlausible = usedLimit !== null && usedLimit >= 1 && usedLimit <= requestedLimit;
  const assumed = count === null && usedLimit === null ? Math.min(rows.length, requestedLimit) : requestedLimit;
  return {
    rows,
    count,
    limit: isPlausible ? usedLimit : Math.max(1, assumed),
    partialReason: partialReasonOf(parsed.data, rows.length === 0 && data === null && responseCode === null),
  };
}

/** Argus may write 0 for "not counted", and -1 for "not in time". */
const readCount = (sent: number | null, rows: number): number | null =>
  sent === null || sent < 0 || (sent === 0 && rows > 0) ? null : sent;

/** `isUnclear`: it could be an error as well, which has `data: null` too. */
function partialReasonOf({ messages, metaData }: z.output<typeof resultSet>, isUnclear: boolean): string | undefined {
  const warning = messages.find(message => !harmless.safeParse(message).success);
  if (warning !== undefined) return templateIn.safeParse(warning).data?.messageTemplate ?? 'message';
  const flag = Object.entries(metaData).find(([, isSet]) => isSet === true);
  if (flag !== undefined) return `metaData.${/^\w{1,60}$/.exec(flag[0])?.[0] ?? 'flag'}`;
  return isUnclear ? 'responseCode' : undefined;
}

/** A message of any type but these two may be about what is missing. */
const harmless = z.object({ type: z.string().regex(/^(notification|info)$/i) });
/** A constant name, which may be logged. */
const templateIn = z.object({ messageTemplate: z.string().regex(/^[\w.-]{1,100}$/) });
