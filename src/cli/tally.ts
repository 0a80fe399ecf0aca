/** What a run has met so far, in numbers: its summary and its exit code come from these alone. */
import { z } from 'zod';
import { incompleteSources, isInconclusive } from './exit-code.ts';
import type { InputItem } from './input/model.ts';
import type { EnrichedRow } from './look-up.ts';

const count = z.number().int().min(0);

export const tallyShape = z.object({
  rows: count,
  malicious: count,
  suspicious: count,
  inconclusive: count,
  incomplete: count,
  /** As they stand: some were read as the indicator in them. */
  unusable: count,
  readAs: count,
  undecodable: count,
  /** How many were not looked up, by the reason. */
  leftOut: z.record(z.string(), count),
  unconfigured: z.array(z.string()),
});

export type Tally = z.infer<typeof tallyShape>;

export const emptyTally = (): Tally => ({
  rows: 0,
  malicious: 0,
  suspicious: 0,
  inconclusive: 0,
  incomplete: 0,
  unusable: 0,
  readAs: 0,
  undecodable: 0,
  leftOut: {},
  unconfigured: [],
});

export function countRow(tally: Tally, row: EnrichedRow): void {
  const level = row.indicator?.verdict.level;
  tally.rows += 1;
  tally.malicious += Number(level === 'MALICIOUS');
  tally.suspicious += Number(level === 'SUSPICIOUS');
  tally.inconclusive += Number(isInconclusive(row));
  tally.incomplete += Number(incompleteSources(row).length > 0);
  tally.unusable += Number(row.problem !== null);
  tally.readAs += Number(row.readAs !== null);
  for (const { source, status } of row.indicator?.sources ?? [])
    if (status === 'UNCONFIGURED' && !tally.unconfigured.includes(source)) tally.unconfigured.push(source);
}

export function countItem(tally: Tally, item: InputItem): void {
  if (item.kind === 'undecodable') tally.undecodable += item.lines;
  if (item.kind === 'left out') tally.leftOut[item.why] = (tally.leftOut[item.why] ?? 0) + 1;
}

export function summaryOf(tally: Tally): string {
  const { rows, leftOut, unconfigured } = tally;
  const numbers = [
    `${rows} looked up`,
    `${tally.malicious} malicious`,
    `${tally.suspicious} suspicious`,
    `${tally.inconclusive} inconclusive`,
    `${tally.incomplete} not answered in full`,
    `${tally.unusable} unusable`,
  ];
  const notes = [
    ...(tally.readAs > 0 ? [`${tally.readAs} read as the indicator in them`] : []),
    ...(tally.undecodable > 0 ? [`${tally.undecodable} with bytes that cannot be decoded`] : []),
    ...unconfigured.map(source => `${source.toLowerCase()} is not connected here`),
  ];
  const parts = rows === 0 ? ['No indicator was found', ...notes] : [...numbers, ...notes];
  const others = Object.entries(leftOut).map(([why, number]) => `${number} × ${why}`);
  return `${parts.join(', ')}.\n${others.length > 0 ? `Left out: ${others.join(', ')}.\n` : ''}`;
}
