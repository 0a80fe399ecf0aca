import { styleText } from 'node:util';
import { explanationIn } from '../clients/explanation.ts';
import { lastSeen } from '../clients/last-seen.ts';
import { countLists, listedAround } from '../clients/listed-around.ts';
import { defangText, escapeUnsafe } from '../clients/safe-text.ts';
import { incompleteSources } from './exit-code.ts';
import type { EnrichedRow } from './look-up.ts';
import { pad } from './pad.ts';
import type { LookupResult } from './wire.ts';

type Style = Parameters<typeof styleText>[0];
type Level = NonNullable<LookupResult['indicator']>['verdict']['level'] | 'UNUSABLE';

/** Worst first. INCONCLUSIVE and UNUSABLE follow SUSPICIOUS, in a colour that does not look harmless. */
const styles: Readonly<Record<Level, Style>> = {
  MALICIOUS: ['red', 'bold'],
  SUSPICIOUS: ['yellow', 'bold'],
  INCONCLUSIVE: ['magenta', 'bold'],
  UNUSABLE: ['magenta'],
  INFORMATIONAL: 'blue',
  BENIGN: 'green',
  NO_MATCH: 'dim',
};
const levelOrder = Object.keys(styles);
const levelOf = ({ indicator }: LookupResult): Level => indicator?.verdict.level ?? 'UNUSABLE';

const scoreOf = ({ indicator }: LookupResult) => indicator?.datadog.threat?.score ?? -1;

const byLevelAndScore = (one: LookupResult, other: LookupResult) =>
  levelOrder.indexOf(levelOf(one)) - levelOrder.indexOf(levelOf(other)) || scoreOf(other) - scoreOf(one);

const columnTitles = ['VERDICT', 'INDICATOR', 'SCORE', 'LISTS', 'LAST SEEN', 'INCOMPLETE', 'WHY'];

/** A table of at most `columns` terminal columns. `stream`, NO_COLOR and FORCE_COLOR decide about colours. */
export function toTable(answers: readonly EnrichedRow[], columns: number, stream: NodeJS.WriteStream): string {
  const rows = answers.toSorted(byLevelAndScore).map(answer => ({ level: levelOf(answer), cells: cellsOf(answer) }));
  const allCells = rows.map(({ cells }) => cells);
  const widths = widthsFor(allCells, columns);
  const styled = (style: Style, text: string) => styleText(style, text, { stream });
  const padded = (cells: readonly string[]) => cells.map((cell, at) => pad(cell, widths[at] ?? 0));
  const line = (cells: readonly string[]) => cells.join('  ').trimEnd();
  const head = styled('dim', line(padded(columnTitles)));
  const lines = rows.map(({ level, cells }) => {
    const [verdict = '', ...others] = padded(cells);
    return line([styled(styles[level], verdict), ...others]);
  });
  return `${[head, ...lines].join('\n')}\n`;
}

function cellsOf(answer: EnrichedRow): readonly string[] {
  const { indicator, input, problem, readAs } = answer;
  if (!indicator) return ['UNUSABLE', defangText(input), '', '', '', '', problem ?? ''].map(escapeUnsafe);
  const { verdict, datadog } = indicator;
  return [
    verdict.conflicting ? `${verdict.level} disputed` : verdict.level,
    indicator.defanged,
    datadog.threat?.score == null ? '-' : String(Math.round(datadog.threat.score * 10) / 10),
    listsOf(indicator),
    lastSeen(indicator)?.slice(0, 10) ?? '-',
    incompleteSources(answer).join(' ').toLowerCase(),
    `${readAs === null ? '' : `(in "${pad(defangText(input), 30).trimEnd()}") `}${explanationIn(verdict.summary)}`,
  ].map(escapeUnsafe);
}

/** "2", "2, 1 around", "1 around": never 0 beside a listed parent, block or host, nor where nobody could look for one. */
function listsOf(indicator: NonNullable<LookupResult['indicator']>): string {
  const count = indicator.argus.membershipCount ?? 0;
  const around = listedAround(indicator);
  const aroundCount = countLists(around ?? []);
  const isKnown = indicator.argus.membershipCount !== null && around !== null;
  const parts = [count > 0 && String(count), aroundCount > 0 && `${aroundCount} around`].filter(part => part !== false);
  return parts.join(', ') || (isKnown ? '0' : '-');
}

/** Every column gets the width it needs, but the indicator at most half of what is left, and the reason the rest. */
function widthsFor(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  const needs = columnTitles.map((title, at) => Math.max(title.length, ...rows.map(cells => cells[at]?.length ?? 0)));
  const gaps = 2 * (columnTitles.length - 1);
  const fixed = needs.reduce((sum, need, at) => (at === 1 || at === 6 ? sum : sum + need), gaps);
  const left = Math.max(30, columns - fixed);
  const indicator = Math.min(needs[1] ?? 0, Math.max(Math.floor(left / 2), left - (needs[6] ?? 0)));
  return needs.map((need, at) => (at === 1 ? indicator : at === 6 ? Math.min(need, left - indicator) : need));
}
