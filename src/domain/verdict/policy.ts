/** The rules of the verdict, as docs/analysts.md prints them, and what an operator can move. */
import type { SourceLabel } from '../source-report.ts';
import type { SourceAnswer, VerdictLevel, VerdictPolicy } from './model.ts';

/** A rule of one kind of evidence is named after its source (`argus-high`), one of `ANY` is not (`related`). */
interface PolicyRule {
  readonly kind: SourceAnswer['kind'] | 'ANY';
  readonly name: string;
  /** "High" and "medium" are the bounds of the policy. */
  readonly when: string;
  /** null: only context, whatever the level. */
  readonly effect: VerdictLevel | null;
  /** The effect in the other case that `when` names. */
  readonly otherwise?: VerdictLevel;
  /** Days before the answer within which a record counts as seen lately. */
  readonly recentDays?: number;
  readonly why: string;
}

export const policyRules = [
  {
    kind: 'LISTS',
    name: 'high',
    when: 'on a list, active, confidence high',
    effect: 'MALICIOUS',
    why: 'the list is sure; lists are never added up, because they copy each other',
  },
  {
    kind: 'LISTS',
    name: 'medium',
    when: 'active, confidence medium or unknown',
    effect: 'SUSPICIOUS',
    why: 'unknown is not low',
  },
  {
    kind: 'LISTS',
    name: 'low',
    when: 'active, confidence low',
    effect: 'INFORMATIONAL',
    why: 'a weak accusation: the list itself is not sure',
  },
  {
    kind: 'LISTS',
    name: 'latest-high',
    when: 'past its active period, confidence high, last seen within 365 days before the answer or on no known day; else',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    recentDays: 365,
    why: 'one step down, and old news after a year',
  },
  {
    kind: 'LISTS',
    name: 'latest',
    when: 'past its active period, confidence medium or unknown, last seen within 90 days or on no known day; else, and with low confidence',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    recentDays: 90,
    why: 'what was listed last month has seldom become harmless',
  },
  {
    kind: 'LISTS',
    name: 'unknown',
    when: 'in a state that we do not know, confidence high; else',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    why: 'it may or may not be active: one step below an active record; it corroborates nobody',
  },
  {
    kind: 'SCORE',
    name: 'high',
    when: 'score high; when every feed that names it calls it benign',
    effect: 'MALICIOUS',
    otherwise: 'SUSPICIOUS',
    why: "an organisation's own mute turns the feeds and leaves the score",
  },
  { kind: 'SCORE', name: 'medium', when: 'score medium', effect: 'SUSPICIOUS', why: 'accused, but not firmly' },
  {
    kind: 'SCORE',
    name: 'malicious',
    when: 'a feed calls it malicious and it is a file hash; else',
    effect: 'MALICIOUS',
    otherwise: 'SUSPICIOUS',
    why: 'one feed errs, but a hash is exactly one thing',
  },
  {
    kind: 'SCORE',
    name: 'suspicious',
    when: 'a feed calls it suspicious',
    effect: 'SUSPICIOUS',
    why: 'low reputation: proxies of botnets and homes, scanners, Tor',
  },
  {
    kind: 'SCORE',
    name: 'signals',
    when: 'security signals of severity critical or high matched it',
    effect: 'SUSPICIOUS',
    why: "the organisation's own detection rules fired",
  },
  {
    kind: 'ANY',
    name: 'corroborated',
    when: 'a feed calls it malicious, and a list of another name has it, active, confidence medium, high or unknown',
    effect: 'MALICIOUS',
    why: 'two independent sources agree; one feed seen twice under two names is one',
  },
  {
    kind: 'ANY',
    name: 'related',
    when: 'the host of a URL or e-mail address, or the IPv4 address that an IPv6 address stands for, is suspicious or worse; is known',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    why: "hosting is shared, and a host's good name says nothing about a path",
  },
  {
    kind: 'ANY',
    name: 'covered',
    when: 'a parent domain, or a block around the address no wider than /16 (IPv6 /32), is on a list, active, confidence high; else, and below a shared domain (a private suffix of the public suffix list)',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    why: 'what is around it counts one step less; a public suffix covers nobody',
  },
  {
    kind: 'ANY',
    name: 'capped',
    when: 'on a list that the operator limits (`VERDICT_LIST_CAPS`) to suspicious; to informational',
    effect: 'SUSPICIOUS',
    otherwise: 'INFORMATIONAL',
    why: 'confidence says how sure a list is, not of what: Tor exits, scanners, sinkholes',
  },
  {
    kind: 'ANY',
    name: 'special-use',
    when: 'on a list, but a private, loopback, link-local, multicast or unspecified address, or a name under localhost or local',
    effect: 'INFORMATIONAL',
    why: 'it is not one host, and feeds carry such junk',
  },
  {
    kind: 'SCORE',
    name: 'known',
    when: 'any other match',
    effect: 'INFORMATIONAL',
    why: 'a match means "seen in our logs", not "bad"',
  },
  {
    kind: 'SCORE',
    name: 'benign',
    when: 'a feed calls it benign, nobody worse, score low or none',
    effect: 'BENIGN',
    why: "in place of the rule before; it may be an organisation's own mute",
  },
  {
    kind: 'ANY',
    name: 'nothing',
    when: 'every source was heard, one of them is known to hold such a thing, and none knows this one',
    effect: 'NO_MATCH',
    why: 'no proof that it is harmless',
  },
  {
    kind: 'ANY',
    name: 'gate',
    when: 'a source is missing, or no source is known to hold such a thing, and the level would be below suspicious',
    effect: 'INCONCLUSIVE',
    why: 'an unheard source could say anything',
  },
  {
    kind: 'ANY',
    name: 'context',
    when: 'superseded and deleted records, reviews, counts, listed public suffixes and wider blocks',
    effect: null,
    why: 'shown beside the verdict: a review records no conclusion',
  },
] as const satisfies readonly PolicyRule[];

export type RuleRow = (typeof policyRules)[number];
export type ListRule = Extract<RuleRow, { kind: 'LISTS' }>['name'] | 'capped' | 'special-use' | 'context';
export type ScoreRule = Extract<RuleRow, { kind: 'SCORE' }>['name'] | 'context';

/** The position of a rule in the table. A source's rule and one of `ANY` never share a name. */
export const positionOf = (kind: PolicyRule['kind'], name: string): number =>
  policyRules.findIndex(rule => rule.name === name && (rule.kind === kind || rule.kind === 'ANY'));

/** The name that callers see: `argus-high` for a rule of one kind of evidence, `related` for one of any. */
export function ruleName(position: number, { name: source }: SourceLabel): string {
  const { kind, name } = policyRules[position] as PolicyRule;
  return kind === 'ANY' ? name : `${source.toLowerCase().replaceAll('_', '-')}-${name}`;
}

export const recentDaysOf = (rule: 'latest-high' | 'latest'): number =>
  policyRules.find((row): row is Extract<RuleRow, { recentDays: number }> => row.name === rule)?.recentDays ?? 0;

/** A message for the operator about invalid bounds; undefined if they are valid. */
export function policyProblem({
  maliciousFrom,
  suspiciousFrom,
}: Pick<VerdictPolicy, 'maliciousFrom' | 'suspiciousFrom'>): string | undefined {
  const usable = suspiciousFrom >= 0 && suspiciousFrom <= maliciousFrom && maliciousFrom <= 100;
  return usable ? undefined : 'The verdict thresholds must lie between 0 and 100, suspicious not above malicious.';
}

/** Changes whenever the same evidence could lead to another verdict. */
export function versionOf({ maliciousFrom, suspiciousFrom, listCaps }: VerdictPolicy): string {
  const caps = Object.entries(listCaps)
    .map(([list, level]) => `${list}=${level}`)
    .sort();
  const ages = `latest-high-days=${recentDaysOf('latest-high')};latest-days=${recentDaysOf('latest')}`;
  return `2;malicious-from=${maliciousFrom};suspicious-from=${suspiciousFrom};${ages};caps=${caps.join(',')}`;
}
