import { type Expected, expectedOf, falseAlarms, falseCleans, type Lived } from './judge.ts';
import type { Night } from './night.ts';
import { readRules } from './rules.ts';

export interface Told {
  /** In Markdown. */
  readonly table: string;
  /** Everything that was not as it must be. */
  readonly findings: readonly string[];
}

const head = ['outage', 'from s', 'to s', 'alert', 'fired after s', 'due after s', '', 'asked', 'failed'];

export function tellOf({ night, firings, answers, factor }: Night): Told {
  const beganAt = night[0]?.from ?? 0;
  const seconds = (at: number) => String(Math.round((at - beganAt) / 1_000));
  const ruleOf = readRules();
  const rows = night.flatMap(lived => {
    const own = answers.filter(({ sentAt }) => sentAt >= lived.from && sentAt < lived.until);
    const failed = own.filter(({ failure }) => failure !== undefined).length;
    const expected = expectedOf(lived, firings, ruleOf, factor);
    const columns = expected.length === 0 ? [['none', '', '', '']] : expected.map(columnsOf);
    return columns.map((alert, at) =>
      at === 0
        ? [lived.what, seconds(lived.from), seconds(lived.to), ...alert, String(own.length), String(failed)]
        : ['', '', '', ...alert, '', ''],
    );
  });
  return {
    table: [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n'),
    findings: [
      ...night.flatMap(lived => wrongOf(lived, expectedOf(lived, firings, ruleOf, factor))),
      ...falseAlarms(night, firings).map(({ alert, at }) => `false alarm: ${alert} at ${seconds(at)} s`),
      ...falseCleans(night, answers).map(clean => `false clean: ${clean}`),
      ...answers.flatMap(({ failure, sentAt }) => (failure ? [`failed at ${seconds(sentAt)} s: ${failure}`] : [])),
    ],
  };
}

const columnsOf = ({ alert, firedAfter, dueAfter, isLate }: Expected): readonly string[] => [
  alert,
  firedAfter?.toFixed(0) ?? 'never',
  dueAfter.toFixed(0),
  firedAfter === undefined ? 'missed' : isLate ? 'late' : 'in time',
];

const wrongOf = ({ what }: Lived, expected: readonly Expected[]): readonly string[] =>
  expected.flatMap(({ alert, firedAfter, isLate }) => {
    if (firedAfter === undefined) return [`missed: ${alert} while ${what}`];
    return isLate ? [`late: ${alert} while ${what}`] : [];
  });
