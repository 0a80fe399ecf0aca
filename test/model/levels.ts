/** What a verdict may say of what the sources said: the table of docs/analysts.md, for what this world holds. */
import { type Known, type Listed, lists } from './world.ts';

const order = ['NO_MATCH', 'INFORMATIONAL', 'SUSPICIOUS', 'MALICIOUS'] as const;
export type Level = (typeof order)[number] | 'INCONCLUSIVE';
type Plain = (typeof order)[number];

export const isQuiet = (level: string): boolean => level === 'NO_MATCH' || level === 'INFORMATIONAL';
export const strengthOf = (level: string): number => (order as readonly string[]).indexOf(level);

export const strongest = (levels: readonly Plain[]): Plain =>
  order[Math.max(0, ...levels.map(level => order.indexOf(level)))] ?? 'NO_MATCH';

export function levelOfScore(known: Known | undefined): Plain {
  if (known === undefined) return 'NO_MATCH';
  if (known.score >= 70) return 'MALICIOUS';
  return known.score >= 30 ? 'SUSPICIOUS' : 'INFORMATIONAL';
}

const counts = ({ state, isDeleted }: Listed): boolean => state !== 'old' && !isDeleted;

export const levelOfRecords = (records: readonly Listed[]): Plain =>
  strongest(
    records.filter(counts).map(({ list, state }) => {
      const [confidence] = lists[list];
      if (confidence < 0.3) return 'INFORMATIONAL';
      return confidence >= 0.7 && state === 'active' ? 'MALICIOUS' : 'SUSPICIOUS';
    }),
  );

export const levelOfAround = (records: readonly Listed[]): Plain =>
  strongest(
    records
      .filter(counts)
      .map(({ list, state }) => (lists[list][0] >= 0.7 && state === 'active' ? 'SUSPICIOUS' : 'INFORMATIONAL')),
  );

/** What the host of a URL or e-mail address is worth to it. */
export const levelOfHost = (host: Plain): Plain => (host === 'MALICIOUS' ? 'SUSPICIOUS' : host);

/** With a source missing, only an accusation counts. */
export const gated = (level: Plain, isAnyMissing: boolean): Level =>
  isAnyMissing && isQuiet(level) ? 'INCONCLUSIVE' : level;
