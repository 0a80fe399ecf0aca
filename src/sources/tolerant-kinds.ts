/** Kinds of values in answers, read in every form that means one thing. What is not set is null. */
import { z } from 'zod';

/** A number is understood; empty text is null. */
export const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(sent => (String(sent ?? '').trim() === '' ? null : String(sent)));

/** One text is a list of one; null and empty texts are no items. */
export const texts = listOf(text).transform(items => items.filter(item => item !== null));

/** One item by itself is a list of one, and null is an empty list. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(sent => (Array.isArray(sent) ? sent : sent == null ? [] : [sent]), z.array(item));
}

const digits = z.string().regex(/^\s*[-+]?\d+(?:\.\d+)?\s*$/);
const emptyText = z
  .string()
  .regex(/^\s*$/)
  .transform(() => null);
const orNull = <Kind extends z.ZodType>(kind: Kind) =>
  z
    .union([kind, emptyText])
    .nullish()
    .transform(sent => sent ?? null);

/** Digits as text are understood: `"92.5"`. */
export const number = orNull(z.union([z.number(), digits.transform(Number).pipe(z.number())]));

/** A whole number of 64 bits: beyond 2^53-1 it is text. */
export const int64 = orNull(
  z.union([
    z.int(),
    z
      .string()
      .regex(/^-?\d{1,19}$/)
      .transform(sent => (Number.isSafeInteger(Number(sent)) ? Number(sent) : sent)),
  ]),
);

/** As RFC 3339 in UTC; null for "not set": 0, -1 and the year 1. */
export const instant = orNull(
  z.union([z.string(), z.number()]).transform((sent, context) => {
    const read = toInstant(sent);
    if (read === undefined) context.addIssue({ code: 'custom', message: 'no instant' });
    return read ?? null;
  }),
);

const spelling =
  /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i;

/** Undefined: no instant, or one of several. Keeps all digits of a second; a Date would lose the microseconds. */
function toInstant(sent: string | number): string | null | undefined {
  if (typeof sent === 'number' || /^\s*-?\d{1,14}(?:\.\d+)?\s*$/.test(sent)) return fromEpoch(Number(sent));
  const [matched, date = '', time = '00:00', fraction, zone] = spelling.exec(sent) ?? [];
  if (matched === undefined) return undefined;
  const local = fromTime(Date.parse(`${date}T${time}Z`));
  // Date takes the 30th of February for the 2nd of March, and 24:00 for the next day.
  if (local === undefined || !local.startsWith(`${date}T${time}`)) return undefined;
  const inUtc = fromTime(Date.parse(local) - minutesOf(zone) * 60_000);
  if (inUtc === undefined) return undefined;
  if (inUtc.startsWith('0001-') || inUtc.startsWith('0000-')) return null;
  return fraction === undefined ? inUtc : `${inUtc.slice(0, -1)}.${fraction}Z`;
}

/** Seconds, or milliseconds: what is one from 1973 on is the other beyond the year 5000. */
function fromEpoch(sent: number): string | null | undefined {
  if (sent <= 0) return null;
  const milliseconds = sent < 1e11 ? sent * 1000 : sent;
  return milliseconds < 1e11 || milliseconds >= 1e14 ? undefined : new Date(milliseconds).toISOString();
}

const fromTime = (time: number): string | undefined =>
  Number.isNaN(time) || Math.abs(time) > 8.64e15 ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;

/** East of Greenwich. Without a zone it is UTC. */
function minutesOf(zone: string | undefined): number {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
  if (hours === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
