/** The shipped rules, as far as it matters when they fire. */
import { readChartYaml } from '../../packaging/chart.ts';

/** In minutes. */
export interface Rule {
  readonly for: number;
  /** How long everything has to fail until its condition holds: its threshold's share of its window. */
  readonly holdsAfter: number;
}

/** Of the others it holds with the next scrape. */
const holdsAfter: Readonly<Record<string, number>> = { AnswersPartial: 3, SourceDown: 3, CacheReadsFailing: 10 };

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly for?: string }[] }[];
}

/** By the alert's name, with or without a source in front of it. Throws where no such rule is shipped. */
export function readRules(): (alert: string) => Rule {
  const { groups } = readChartYaml('files/alerts.yaml') as Rules;
  const minutes = new Map(
    groups.flatMap(({ rules }) => rules.map(rule => [rule.alert, Number.parseInt(rule.for ?? '0', 10)])),
  );
  return alert => {
    const name = alert.split(' ').at(-1) ?? '';
    const wait = minutes.get(`IndicatorGateway${name}`);
    if (wait === undefined) throw new Error(`no rule is shipped for ${alert}`);
    return { for: wait, holdsAfter: holdsAfter[name] ?? 0 };
  };
}
