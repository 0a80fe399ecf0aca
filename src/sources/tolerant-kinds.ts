/** Kinds of values in answers, read in every form that means one thing. */

/** Null: not set. Undefined: it cannot be read. */
export type Kind<Value> = (sent: unknown) => Value | null | undefined;

const isBlank = (sent: unknown): boolean => sent == null || (typeof sent === 'string' && sent.trim() === '');

const finite = (sent: number): number | undefined => (Number.isFinite(sent) ? sent : undefined);

/** A number is understood. */
export const text: Kind<string> = sent => {
  if (isBlank(sent)) return null;
  if (typeof sent === 'number') return finite(sent)?.toString();
  return typeof sent === 'string' ? sent : undefined;
};

export const flag: Kind<boolean> = sent => (sent == null ? null : typeof sent === 'boolean' ? sent : undefined);

const digits = /^\s*[-+]?\d+(?:\.\d+)?\s*$/;

/** Digits as text are understood: `"92.5"`. */
export const number: Kind<number> = sent => {
  if (isBlank(sent)) return null;
  if (typeof sent === 'number') return finite(sent);
  return typeof sent === 'string' && digits.test(sent) ? finite(Number(sent)) : undefined;
};

/** A whole number of 64 bits: beyond 2^53-1 it is text. */
export const int64: Kind<number | string> = sent => {
  if (isBlank(sent)) return null;
  if (typeof sent === 'string') return /^-?\d{1,19}$/.test(sent) ? safeOrText(sent) : undefined;
  return typeof sent === 'number' && Number.isSafeInteger(sent) ? sent : undefined;
};

const safeOrText = (sent: string): number | string => (Number.isSafeInteger(Number(sent)) ? Number(sent) : sent);

/** As RFC 3339 in UTC; null for "not set": 0, -1 and the year 1. */
export const instant: Kind<string> = sent => {
  if (isBlank(sent)) return null;
  return typeof sent === 'string' || typeof sent === 'number' ? toInstant(sent) : undefined;
};

/** Already in UTC, on a day that every month has, and not of the year 1: it stays as it is. */
const plain = /^(?!000[01])\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

const spelling =
  /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d+))? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?\s*$/i;

/** Undefined: no instant, or one of several. Keeps all digits of a second; a Date would lose the microseconds. */
function toInstant(sent: string | number): string | null | undefined {
  if (typeof sent === 'number') return fromEpoch(sent);
  if (plain.test(sent)) return sent;
  if (/^\s*-?\d{1,14}(?:\.\d+)?\s*$/.test(sent)) return fromEpoch(Number(sent));
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
