const units: Record<string, number> = {
  s: 1000,
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
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};

/**
 * Milliseconds, `2016-11-30T15:47:00Z` (UTC only: other zones are refused), `now`, `-1 day`, `-7d`; undefined for
 * anything else. The grammar of relative times is not documented; these are the forms known from use.
 */
export function readTime(input: number | string, now: number): number | undefined {
  if (typeof input === 'number') return input >= 0 ? input : undefined;
  const text = input.trim();
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/.test(text)) return readInstant(text);
  return readRelative(text.toLowerCase(), now);
}

function readInstant(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function readRelative(text: string, now: number): number | undefined {
  if (text === 'now') return now;
  const [, sign, digits = '', unit = ''] = /^(?:now\s*)?([+-])\s*(\d{1,6})\s*([a-z]+?)s?$/.exec(text) ?? [];
  const size = units[unit];
  if (!sign || size === undefined) return undefined;
  return now + (sign === '-' ? -1 : 1) * Number(digits) * size;
}
