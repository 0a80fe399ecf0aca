import type { SourceLabel, SourceName } from '../source-report.ts';
import { listWords, relatedWords, scoreWords } from './sentence.ts';
import { type Band, bandOf, percent } from './severity-bands.ts';
import type {
  ListEvidence,
  ScoreEvidence,
  SourceAnswer,
  SourceAnswers,
  VerdictLevel,
  VerdictPolicy,
  VerdictReason,
} from './verdict.ts';

/** A reason, and where its rule stands in the table. */
export interface WeighedReason extends VerdictReason {
  readonly weight: number;
}

/**
 * The policy's table but for the gateway's own rules (nothing, gate), in its order: the kind of evidence, the rule, its
 * effect. A rule of one kind bears the name of the source that it speaks for: `argus-high`. docs/analysts.md prints it.
 */
const table = [
  ['LISTS', 'high', 'MALICIOUS'],
  ['LISTS', 'medium', 'SUSPICIOUS'],
  ['LISTS', 'low', 'INFORMATIONAL'],
  ['LISTS', 'latest-high', 'SUSPICIOUS'],
  ['LISTS', 'latest', 'INFORMATIONAL'],
  ['ANY', 'related', null],
  ['SCORE', 'high', 'MALICIOUS'],
  ['SCORE', 'medium', 'SUSPICIOUS'],
  ['SCORE', 'malicious', 'SUSPICIOUS'],
  ['ANY', 'corroborated', 'MALICIOUS'],
  ['SCORE', 'known', 'INFORMATIONAL'],
  ['SCORE', 'benign', 'BENIGN'],
  ['ANY', 'context', null],
] as const satisfies readonly (readonly [SourceAnswer['kind'] | 'ANY', string, VerdictLevel | null])[];

type Row = (typeof table)[number];
type RuleOf<Kind> = Extract<Row, readonly [Kind, ...unknown[]]>[1];
type ListRule = RuleOf<'LISTS'> | 'context';
export type ScoreRule = RuleOf<'SCORE'> | 'context';

/** Rule to effect, in the order of the table, as they are called for these sources. */
export function effectsFor(
  sources: readonly (SourceLabel & Pick<SourceAnswer, 'kind'>)[],
): Readonly<Record<string, VerdictLevel | null>> {
  const effects: Record<string, VerdictLevel | null> = {};
  for (const [kind, rule, effect] of table) {
    if (kind === 'ANY') effects[rule] = effect;
    for (const source of sources) if (source.kind === kind) effects[ruleName(source, rule)] = effect;
  }
  return effects;
}

const ruleName = ({ name }: SourceLabel, rule: string): string => `${name.toLowerCase().replaceAll('_', '-')}-${rule}`;

/**
 * Which rule a record on a list falls under. In a state that we do not know it may or may not be active: at most
 * SUSPICIOUS, and like an unknown confidence not taken for low.
 */
const listRules: Readonly<Record<ListEvidence['state'], Readonly<Record<Band, ListRule>>>> = {
  ACTIVE: { high: 'high', medium: 'medium', unknown: 'medium', low: 'low' },
  LATEST: { high: 'latest-high', medium: 'latest', unknown: 'latest', low: 'latest' },
  UNKNOWN: { high: 'medium', medium: 'medium', unknown: 'medium', low: 'low' },
  OLD: { high: 'context', medium: 'context', unknown: 'context', low: 'context' },
};

/** Every rule that a score and its feeds may meet; `benign` and `known` stand back behind whatever accuses. */
const scoreRules: readonly (readonly [ScoreRule, (evidence: ScoreEvidence, band: Band) => boolean])[] = [
  ['high', (_, band) => band === 'high'],
  ['medium', (_, band) => band === 'medium'],
  ['malicious', evidence => evidence.maliciousSources.length > 0],
  ['benign', (evidence, band) => !accuses(evidence, band) && isCalledBenign(evidence)],
  ['known', (evidence, band) => !accuses(evidence, band) && !isCalledBenign(evidence)],
  ['context', evidence => evidence.triageState !== null || evidence.logMatches !== null],
];

const accuses = ({ maliciousSources }: ScoreEvidence, band: Band): boolean =>
  band === 'high' || band === 'medium' || maliciousSources.length > 0;

const isCalledBenign = ({ benignSources, suspiciousSources }: ScoreEvidence): boolean =>
  benignSources.length > 0 && suspiciousSources.length === 0;

/** A related host counts for at most SUSPICIOUS (hosting is shared), and its good name says nothing of a path: it is merely known. */
const relatedEffects: Readonly<Record<VerdictLevel, VerdictLevel | null>> = {
  MALICIOUS: 'SUSPICIOUS',
  SUSPICIOUS: 'SUSPICIOUS',
  INCONCLUSIVE: null,
  INFORMATIONAL: 'INFORMATIONAL',
  BENIGN: 'INFORMATIONAL',
  NO_MATCH: null,
};

/** All that the sources bring. Evidence counts whatever the report beside it says: a stale accusation still accuses. */
export function reasonsFrom({ answers }: SourceAnswers, policy: VerdictPolicy): readonly WeighedReason[] {
  const reasons = answers.flatMap(answer => reasonsOf(answer, policy));
  return [...reasons, ...corroboration(answers, reasons)];
}

function reasonsOf(answer: SourceAnswer, policy: VerdictPolicy): readonly WeighedReason[] {
  switch (answer.kind) {
    case 'LISTS':
      return listReasons(answer.source, answer.evidence ?? [], policy);
    case 'SCORE':
      return answer.evidence === null ? [] : scoreReasons(answer.source, answer.evidence, policy);
    default:
      return answer satisfies never;
  }
}

/** One reason for each rule, however many lists it rests on: lists copy each other, so they are never added up. */
function listReasons(
  source: SourceLabel,
  records: readonly ListEvidence[],
  policy: VerdictPolicy,
): readonly WeighedReason[] {
  const byRule = Map.groupBy(records, ({ state, confidence }) => listRules[state][bandOf(percent(confidence), policy)]);
  return [...byRule].map(([rule, met]) => reasonOf('LISTS', rule, source, listWords(source, met)));
}

function scoreReasons(source: SourceLabel, evidence: ScoreEvidence, policy: VerdictPolicy): readonly WeighedReason[] {
  const band = bandOf(evidence.score, policy);
  return scoreRules
    .filter(([, when]) => when(evidence, band))
    .map(([rule]) => reasonOf('SCORE', rule, source, scoreWords(source, rule, evidence)));
}

function reasonOf(
  kind: SourceAnswer['kind'],
  rule: ListRule | ScoreRule,
  source: SourceLabel,
  detail: string,
): WeighedReason {
  const weight = weightOf(kind, rule);
  const [of, , effect] = table[weight] as Row;
  return { source: source.name, rule: of === 'ANY' ? rule : ruleName(source, rule), effect, detail, weight };
}

/** Two vendors accuse it in two different ways: a feed of one, and a list of another. */
function corroboration(answers: readonly SourceAnswer[], reasons: readonly WeighedReason[]): readonly WeighedReason[] {
  const isBy = (weights: readonly number[]) => reasons.find(({ weight }) => weights.includes(weight))?.source;
  const titleOf = (name: SourceName) => answers.find(({ source }) => source.name === name)?.source.title;
  const [feed, list] = [isBy(feedWeights), isBy(listWeights)];
  if (feed == null || list == null) return [];
  const detail = `Two vendors agree: a feed in ${titleOf(feed)} calls it malicious, and ${titleOf(list)} has it on a list`;
  return [{ source: null, rule: 'corroborated', effect: 'MALICIOUS', detail, weight: corroboratedWeight }];
}

const weightOf = (kind: SourceAnswer['kind'] | 'ANY', rule: Row[1]): number =>
  table.findIndex(row => row[1] === rule && (row[0] === kind || row[0] === 'ANY'));
const corroboratedWeight = weightOf('ANY', 'corroborated');
const relatedWeight = weightOf('ANY', 'related');
const feedWeights = [weightOf('SCORE', 'malicious')];
const listWeights = [weightOf('LISTS', 'high'), weightOf('LISTS', 'medium')];

/** The rule `related`. */
export function relatedTo(host: SourceAnswers, policy: VerdictPolicy): readonly WeighedReason[] {
  return reasonsFrom(host, policy).flatMap(({ source, effect, detail }) => {
    const related = effect === null ? null : relatedEffects[effect];
    if (related === null) return [];
    const words = relatedWords(host.indicator, detail);
    return [{ source, rule: 'related', effect: related, detail: words, weight: relatedWeight }];
  });
}

const strength: Readonly<Record<VerdictLevel, number>> = {
  MALICIOUS: 6,
  SUSPICIOUS: 5,
  INCONCLUSIVE: 4,
  INFORMATIONAL: 3,
  BENIGN: 2,
  NO_MATCH: 1,
};
const strengthOf = (effect: VerdictLevel | null): number => (effect === null ? 0 : strength[effect]);

/** Strongest first, so that the first reason carries the level; then in the order of the policy's table. */
export function byWeight(a: WeighedReason, b: WeighedReason): number {
  return (
    strengthOf(b.effect) - strengthOf(a.effect) ||
    a.weight - b.weight ||
    (a.detail < b.detail ? -1 : a.detail > b.detail ? 1 : 0)
  );
}
