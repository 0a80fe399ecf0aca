/** What each record on a list counts for. Pure. */
import { hostOf, specialUseOf } from '../indicator/indicator.ts';
import type { Indicator } from '../indicator/model.ts';
import { coverageOf } from './coverage.ts';
import { strengthOf } from './level-strength.ts';
import type { CoveringEvidence, ListEvidence, VerdictLevel, VerdictPolicy } from './model.ts';
import { type ListRule, recentDaysOf } from './policy.ts';
import { type SeverityBand, severityBandOf, toPercent } from './severity-bands.ts';

/** A record and the rule that it falls under; `effect` null: context only. */
export interface JudgedRecord<Rule = ListRule> {
  readonly record: ListEvidence;
  readonly rule: Rule;
  readonly effect: VerdictLevel | null;
  /** Its list is limited by the operator. */
  readonly isCapped: boolean;
}

export interface JudgedCovering extends JudgedRecord<'covered' | 'capped' | 'special-use' | 'context'> {
  readonly record: CoveringEvidence;
  /** A domain under which anybody can register names. */
  readonly isShared: boolean;
}

type Effect = 'MALICIOUS' | 'SUSPICIOUS' | 'INFORMATIONAL' | null;
interface Weighed<Rule> {
  readonly rule: Rule;
  readonly effect: Effect;
}

/** The strongest first. `answeredAt`: RFC 3339; the ages of records are those at that time. */
export function judgeRecords(
  records: readonly ListEvidence[],
  indicator: Indicator,
  answeredAt: string | null,
  policy: VerdictPolicy,
): readonly JudgedRecord[] {
  const isSpecial = records.length > 0 && isCappedUse(indicator);
  return records
    .map(record => {
      const weighed = weigh(record, answeredAt, policy);
      return { record, ...limited<ListRule>(weighed, record, isSpecial, policy) };
    })
    .sort(byStrength);
}

/** The strongest first. */
export function judgeCovering(
  records: readonly CoveringEvidence[],
  indicator: Indicator,
  policy: VerdictPolicy,
): readonly JudgedCovering[] {
  const isSpecial = records.length > 0 && isCappedUse(indicator);
  const judged = records.map((record): JudgedCovering => {
    const coverage = coverageOf(record.value);
    const isSure = record.state === 'ACTIVE' && bandOf(record, policy) === 'high' && coverage === 'own';
    const isContext = record.state === 'OLD' || coverage === 'none';
    const weighed: Weighed<JudgedCovering['rule']> = isContext
      ? { rule: 'context', effect: null }
      : { rule: 'covered', effect: isSure ? 'SUSPICIOUS' : 'INFORMATIONAL' };
    const isShared = coverage === 'shared';
    return { record, isShared, ...limited<JudgedCovering['rule']>(weighed, record, isSpecial, policy) };
  });
  return judged.sort((a, b) => byStrength(a, b) || compare(a.record.value, b.record.value));
}

const bandOf = ({ confidence }: ListEvidence, policy: VerdictPolicy): SeverityBand =>
  severityBandOf(toPercent(confidence), policy);

function weigh(record: ListEvidence, answeredAt: string | null, policy: VerdictPolicy): Weighed<ListRule> {
  const band = bandOf(record, policy);
  const isRecent = (rule: 'latest-high' | 'latest') => daysSinceSeen(record, answeredAt) <= recentDaysOf(rule);
  switch (record.state) {
    case 'ACTIVE':
      return activeRules[band];
    case 'LATEST': {
      const rule = band === 'high' ? 'latest-high' : 'latest';
      return { rule, effect: band !== 'low' && isRecent(rule) ? 'SUSPICIOUS' : 'INFORMATIONAL' };
    }
    case 'UNKNOWN':
      return { rule: 'unknown', effect: band === 'high' ? 'SUSPICIOUS' : 'INFORMATIONAL' };
    case 'OLD':
      return { rule: 'context', effect: null };
    default:
      return record.state satisfies never;
  }
}

const activeRules: Readonly<Record<SeverityBand, Weighed<ListRule>>> = {
  high: { rule: 'high', effect: 'MALICIOUS' },
  medium: { rule: 'medium', effect: 'SUSPICIOUS' },
  unknown: { rule: 'medium', effect: 'SUSPICIOUS' },
  low: { rule: 'low', effect: 'INFORMATIONAL' },
};

/** Days between the last sighting and the answer; 0 where either is unknown, so that an undated record counts. */
export function daysSinceSeen({ lastSeen }: Pick<ListEvidence, 'lastSeen'>, answeredAt: string | null): number {
  if (lastSeen === null || answeredAt === null) return 0;
  const days = (Date.parse(answeredAt) - Date.parse(lastSeen)) / 86_400_000;
  return Number.isNaN(days) ? 0 : days;
}

const isAbove = (effect: Effect, limit: NonNullable<Effect>): boolean => strengthOf(effect) > strengthOf(limit);

/** Applies what the operator says of the list, and what the indicator is set aside for. */
function limited<Rule>(
  weighed: Weighed<Rule>,
  { shortName }: ListEvidence,
  isSpecial: boolean,
  { listCaps }: VerdictPolicy,
): Weighed<Rule | 'capped' | 'special-use'> & { readonly isCapped: boolean } {
  const cap = Object.hasOwn(listCaps, shortName.toLowerCase()) ? listCaps[shortName.toLowerCase()] : undefined;
  const isCapped = cap !== undefined;
  if (isSpecial && isAbove(weighed.effect, 'INFORMATIONAL'))
    return { rule: 'special-use', effect: 'INFORMATIONAL', isCapped };
  if (isCapped && isAbove(weighed.effect, cap)) return { rule: 'capped', effect: cap, isCapped };
  return { ...weighed, isCapped };
}

const addressUses = new Set([
  'private',
  'loopback',
  'link-local',
  'site-local',
  'multicast',
  'unspecified',
  'this network',
]);
const nameUses = new Set(['loopback', 'link-local']);

/** Of addresses, of names under localhost and local, and of URLs and e-mail addresses at such a host. */
function isCappedUse(indicator: Indicator): boolean {
  const use = specialUseOf(indicator);
  if (use === undefined) return false;
  const { type } = hostOf(indicator) ?? indicator;
  return (type === 'DOMAIN' ? nameUses : addressUses).has(use);
}

/** Total, so that a sentence does not depend on the order of the records. */
function byStrength(a: JudgedRecord<unknown>, b: JudgedRecord<unknown>): number {
  return (
    strengthOf(b.effect) - strengthOf(a.effect) ||
    (b.record.confidence ?? -1) - (a.record.confidence ?? -1) ||
    compare(a.record.list, b.record.list) ||
    compare(a.record.state, b.record.state) ||
    compare(b.record.lastSeen ?? '', a.record.lastSeen ?? '')
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
