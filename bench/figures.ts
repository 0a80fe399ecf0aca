/** Medians with their spread, as a table, beside those of an earlier run. */
import { readFileSync } from 'node:fs';

/** Each figure of each round, by name. */
export type Round = Readonly<Record<string, number>>;

export interface Figure {
  readonly median: number;
  /** Half the distance between the quartiles. */
  readonly spread: number;
}

export type Figures = Readonly<Record<string, Readonly<Record<string, Figure>>>>;

export function summarise(rounds: readonly Round[]): Readonly<Record<string, Figure>> {
  const names = [...new Set(rounds.flatMap(Object.keys))];
  return Object.fromEntries(names.map(name => [name, figureOf(rounds.flatMap(round => round[name] ?? []))]));
}

function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2 };
}

/** By column and scenario: what stands in a table beside its figures. */
type Remarks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A table on stdout, beside the figures of the file `compare`. */
export function tell(
  figures: Figures,
  { compare }: { readonly compare: string | undefined },
  remarks: Remarks = {},
): void {
  const earlier: Figures = compare === undefined ? {} : JSON.parse(readFileSync(compare, 'utf8'));
  const names = [...new Set(Object.values(figures).flatMap(Object.keys))];
  if (names.length === 0) return;
  const rows = Object.entries(figures).map(([scenario, own]) => [
    scenario,
    ...names.map(name => cell(own[name], earlier[scenario]?.[name])),
    ...Object.values(remarks).map(column => column[scenario] ?? ''),
  ]);
  const columns = [...names, ...Object.keys(remarks)];
  const lines = [['scenario', ...columns], ['---', ...columns.map(() => '---:')], ...rows];
  process.stdout.write(`${lines.map(line => `| ${line.join(' | ')} |`).join('\n')}\n`);
}

function cell(now: Figure | undefined, before: Figure | undefined): string {
  if (now === undefined) return '';
  const text = now.spread === 0 ? short(now.median) : `${short(now.median)} ± ${short(now.spread)}`;
  if (before === undefined) return text;
  // Both runs' spreads together are noise.
  const hasMoved = Math.abs(now.median - before.median) > 2 * (now.spread + before.spread);
  return hasMoved ? `${text} **(was ${short(before.median)})**` : text;
}

const short = (value: number): string =>
  value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
