/** The alerts beside what they are for, and the verdicts beside what could be known. */
import type { Answer } from './load.ts';
import type { Rule } from './rules.ts';
import type { Happening } from './timeline.ts';

/** Times as of `Date.now()`. */
export interface Lived extends Happening {
  readonly from: number;
  readonly to: number;
  /** When the next one begins. */
  readonly until: number;
}

export interface Firing {
  /** With its source, where it has one: `DATADOG SourceDown`. */
  readonly alert: string;
  readonly at: number;
}

/** In seconds after the beginning. */
export interface Expected {
  readonly alert: string;
  /** undefined: it was missed. */
  readonly firedAfter: number | undefined;
  /** When its condition holds at the latest, its `for`, one scrape and one evaluation. */
  readonly dueAfter: number;
  /** By more than another `for`. */
  readonly isLate: boolean;
}

/** One scrape, one evaluation, and a second's rounding. */
const lookSeconds = 4;

export function expectedOf(
  { alerts = [], from, until }: Lived,
  firings: readonly Firing[],
  ruleOf: (alert: string) => Rule,
  factor: number,
): readonly Expected[] {
  return alerts.map(alert => {
    const { holdsAfter, for: forMinutes } = ruleOf(alert);
    const fired = firings.find(({ alert: name, at }) => name === alert && at >= from && at < until);
    const firedAfter = fired && (fired.at - from) / 1_000;
    const dueAfter = ((holdsAfter + forMinutes) * 60) / factor + lookSeconds;
    return { alert, firedAfter, dueAfter, isLate: (firedAfter ?? 0) > dueAfter + (forMinutes * 60) / factor };
  });
}

/** Fired while nothing happened that explains it. */
export function falseAlarms(night: readonly Lived[], firings: readonly Firing[]): readonly Firing[] {
  const isExplained = ({ alert, at }: Firing) =>
    night.some(
      ({ from, until, alerts = [], perhaps = [] }) =>
        at >= from && at < until && [...alerts, ...perhaps].includes(alert),
    );
  return firings.filter(firing => !isExplained(firing));
}

const quietLevels = ['NO_MATCH', 'BENIGN', 'INFORMATIONAL'];

/** Something quiet, of what is malicious, or of what a source that answered nothing had never been asked about. */
export function falseCleans(night: readonly Lived[], answers: readonly Answer[]): readonly string[] {
  return answers.flatMap(({ sentAt, receivedAt, verdicts }) => {
    const unheard = night
      .filter(({ from, to }) => sentAt >= from && receivedAt <= to)
      .flatMap(({ unheard = [] }) => unheard);
    return verdicts
      .filter(({ level }) => quietLevels.includes(level))
      .filter(({ isBad, isNew, missing }) => isBad || (isNew && unheard.some(source => !missing.includes(source))))
      .map(({ value, level, missing }) => `${value}: ${level}, missing ${JSON.stringify(missing)}`);
  });
}
