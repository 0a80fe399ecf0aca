/** Times as a caller writes them, resolved in UTC: Argus would resolve relative ones in the time zone of the key's owner. */

const units: Readonly<Record<string, number>> = {
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
};

const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00:00)$/i;
const relative = /^(?:now)?\s*([+-])\s*(\d{1,6})\s*([a-z]+?)s?$/i;
const lastInstant = 8_640_000_000_000_000;

/**
 * Epoch milliseconds of `1777027200000`, `2026-04-24T11:40:00Z`, `now`, `-7d`, `-1 day` or `now+2h`; undefined for
 * anything else, and for a time in another zone.
 */
export function readTime(text: string, now: number): number | undefined {
  const plain = text.trim();
  if (/^now$/i.test(plain)) return now;
  if (/^\d{1,16}$/.test(plain)) return within(Number(plain));
  const [, sign, amount = '', unit = ''] = relative.exec(plain) ?? [];
  if (sign === undefined) return readInstant(plain);
  const size = units[unit.toLowerCase()];
  return size === undefined ? undefined : within(now + (sign === '-' ? -1 : 1) * Number(amount) * size);
}

function readInstant(text: string): number | undefined {
  const [, minute, seconds = '00', fraction = ''] = instant.exec(text) ?? [];
  if (minute === undefined) return undefined;
  const spelled = `${minute.toUpperCase()}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const at = Date.parse(spelled);
  // Date reads the 30th of February as the 2nd of March.
  return Number.isNaN(at) || new Date(at).toISOString() !== spelled ? undefined : at;
}

const within = (at: number): number | undefined => (at >= 0 && at <= lastInstant ? at : undefined);
