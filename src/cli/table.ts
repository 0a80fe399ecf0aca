import { styleText } from 'node:util';
import { defangInput, lastSeen } from './csv.ts';
import { fitted, visible } from './escape.ts';
import { failuresOf } from './exit-code.ts';
import type { Answer } from './wire.ts';

type Style = Parameters<typeof styleText>[0];
type Level = NonNullable<Answer['indicator']>['verdict']['level'] | 'UNUSABLE';

/** Worst first. What could not be judged stands directly under SUSPICIOUS, in a colour of its own: never green, never grey. */
const styles: Readonly<Record<Level, Style>> = {
  MALICIOUS: ['red', 'bold'],
  SUSPICIOUS: ['yellow', 'bold'],
  INCONCLUSIVE: ['magenta', 'bold'],
  UNUSABLE: ['magenta'],
  INFORMATIONAL: 'blue',
  BENIGN: 'green',
  NO_MATCH: 'dim',
};
const order = Object.keys(styles);
const levelOf = ({ indicator }: Answer): Level => indicator?.verdict.level ?? 'UNUSABLE';

const weightOf = ({ indicator }: Answer) => indicator?.datadog.threat?.score ?? -1;

const worst = (one: Answer, other: Answer) =>
  order.indexOf(levelOf(one)) - order.indexOf(levelOf(other)) || weightOf(other) - weightOf(one);

const titles = ['VERDICT', 'INDICATOR', 'SCORE', 'LISTS', 'LAST SEEN', 'UNHEARD', 'WHY'];

/** As wide as the terminal, and no line longer. `stream` decides about colours, as NO_COLOR and FORCE_COLOR tell it. */
export function toTable(answers: readonly Answer[], columns: number, stream: NodeJS.WriteStream): string {
  const rows = answers.toSorted(worst).map(answer => ({ level: levelOf(answer), cells: cellsOf(answer) }));
  const widths = widthsFor(
    rows.map(({ cells }) => cells),
    columns,
  );
  const line = (cells: readonly string[], style: Style) =>
    cells
      .map((cell, at) => {
        const text = fitted(cell, widths[at] ?? 0);
        return at === 0 ? styleText(style, text, { stream }) : text;
      })
      .join('  ')
      .trimEnd();
  const head = styleText(
    'dim',
    titles
      .map((title, at) => fitted(title, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
    { stream },
  );
  return `${[head, ...rows.map(({ level, cells }) => line(cells, styles[level]))].join('\n')}\n`;
}

function cellsOf(answer: Answer): readonly string[] {
  const { indicator, input, problem } = answer;
  if (!indicator) return ['UNUSABLE', defangInput(input), '', '', '', '', problem ?? ''].map(visible);
  const { verdict, datadog, argus } = indicator;
  return [
    verdict.level,
    indicator.defanged,
    datadog.threat?.score == null ? '-' : String(Math.round(datadog.threat.score * 10) / 10),
    argus.membershipCount === null ? '-' : String(argus.membershipCount),
    lastSeen(indicator)?.slice(0, 10) ?? '-',
    failuresOf(answer).join(' ').toLowerCase(),
    verdict.reasons[0]?.detail ?? verdict.summary,
  ].map(visible);
}

/** Every column as wide as it needs but the last two that bend: the indicator up to half of what is left, the reason the rest. */
function widthsFor(rows: readonly (readonly string[])[], columns: number): readonly number[] {
  const needs = titles.map((title, at) => Math.max(title.length, ...rows.map(cells => cells[at]?.length ?? 0)));
  const gaps = 2 * (titles.length - 1);
  const fixed = needs.reduce((sum, need, at) => (at === 1 || at === 6 ? sum : sum + need), gaps);
  const left = Math.max(30, columns - fixed);
  const indicator = Math.min(needs[1] ?? 0, Math.max(Math.floor(left / 2), left - (needs[6] ?? 0)));
  return needs.map((need, at) => (at === 1 ? indicator : at === 6 ? Math.min(need, left - indicator) : need));
}
