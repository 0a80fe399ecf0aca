/** Formats numbers and times. Times are UTC, so that analysts in two countries read the same. Pure. */

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** 12s, 4m, 3h, 20d: one unit is enough to judge freshness by. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, size] = units.find(([, least]) => whole >= least) ?? units[3];
  return `${Math.floor(whole / size)}${unit}`;
}

export const secondsSince = (at: string, now: number) => (now - Date.parse(at)) / 1000;

export const day = (at: string) => new Date(at).toISOString().slice(0, 10);

/** To the second; the full instant, microseconds and all, stays in the export. */
export const moment = (at: string) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** An Int64 is a string beyond 2^53: BigInt reads both. */
export const count = (value: number | string) => BigInt(value).toLocaleString('en');

const compactly = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
export const compact = (value: number | string) =>
  BigInt(value) < 10n ** 15n ? compactly.format(BigInt(value)) : '>999T';

export const plural = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
