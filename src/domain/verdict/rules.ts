import type { SourceLabel, SourceName } from '../source-report.ts';
import type {
  ListEvidence,
  ScoreEvidence,
  SourceAnswer,
  SourceAnswers,
  VerdictLevel,
  VerdictPolicy,
  VerdictReason,
} from './model.ts';
import { listMessage, relatedMessage, scoreMessage } from './sentence.ts';
import { type SeverityBand, severityBandOf, toPercent } from './severity-bands.ts';

/** A reason with the position of its rule in the table. */
export interface WeighedReason extends VerdictReason {
  readonly weight: number;
}

/**
 * The policy's rules in order: the kind of evidence, the rule, its effect. The gateway's own rules (nothing, gate) are
 * not in it. A rule of one kind is named after its source (`argus-high`). docs/analysts.md shows the same table.
 */
const ruleTable = [
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

type RuleRow = (typeof ruleTable)[number];
type RuleOf<Kind> = Extract<RuleRow, readonly [Kind, ...unknown[]]>[1];
type ListRule = RuleOf<'LISTS'> | 'context';
export type ScoreRule = RuleOf<'SCORE'> | 'context';

/** Maps the names of the rules for these sources to their effects, in the order of the table. */
export function effectsFor(
  sources: readonly (SourceLabel & Pick<SourceAnswer, 'kind'>)[],
): Readonly<Record<string, VerdictLevel | null>> {
  const effects: Record<string, VerdictLevel | null> = {};
  for (const [kind, rule, effect] of ruleTable) {
    if (kind === 'ANY') effects[rule] = effect;
    for (const source of sources) if (source.kind === kind) effects[ruleName(source, rule)] = effect;
  }
  return effects;
}

const ruleName = ({ name }: SourceLabel, rule: string): string => `${name.toLowerCase().replaceAll('_', '-')}-${rule}`;

/**
 * The rule for a record on a list, by state and severity band. A record in an unknown state may or may not be active, so
 * it is at most SUSPICIOUS; an unknown confidence counts as medium and not as low.
 */
const listRules: Readonly<Record<ListEvidence['state'], Readonly<Record<SeverityBand, ListRule>>>> = {
  ACTIVE: { high: 'high', medium: 'medium', unknown: 'medium', low: 'low' },
  LATEST: { high: 'latest-high', medium: 'latest', unknown: 'latest', low: 'latest' },
  UNKNOWN: { high: 'medium', medium: 'medium', unknown: 'medium', low: 'low' },
  OLD: { high: 'context', medium: 'context', unknown: 'context', low: 'context' },
};

/** The rules for a score and its feeds; `benign` and `known` do not apply where another rule accuses. */
const scoreRules: readonly (readonly [ScoreRule, (evidence: ScoreEvidence, band: SeverityBand) => boolean])[] = [
  ['high', (_, band) => band === 'high'],
  ['medium', (_, band) => band === 'medium'],
  ['malicious', evidence => evidence.maliciousSources.length > 0],
  ['benign', (evidence, band) => !isAccusing(evidence, band) && isCalledBenign(evidence)],
  ['known', (evidence, band) => !isAccusing(evidence, band) && !isCalledBenign(evidence)],
  ['context', evidence => evidence.triageState !== null || evidence.logMatches !== null],
];

const isAccusing = ({ maliciousSources }: ScoreEvidence, band: SeverityBand): boolean =>
  band === 'high' || band === 'medium' || maliciousSources.length > 0;

const isCalledBenign = ({ benignSources, suspiciousSources }: ScoreEvidence): boolean =>
  benignSources.length > 0 && suspiciousSources.length === 0;

/** A host counts for at most SUSPICIOUS because hosting is shared; a benign host does not make its URLs benign. */
const relatedEffects: Readonly<Record<VerdictLevel, VerdictLevel | null>> = {
  MALICIOUS: 'SUSPICIOUS',
  SUSPICIOUS: 'SUSPICIOUS',
  INCONCLUSIVE: null,
  INFORMATIONAL: 'INFORMATIONAL',
  BENIGN: 'INFORMATIONAL',
  NO_MATCH: null,
};

/** The reasons from all evidence, whatever the report beside it says: a stale accusation still counts. */
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

/** One reason for each rule, whatever the number of lists: lists copy each other, so they are not added up. */
function listReasons(
  source: SourceLabel,
  records: readonly ListEvidence[],
  policy: VerdictPolicy,
): readonly WeighedReason[] {
  const byRule = Map.groupBy(
    records,
    ({ state, confidence }) => listRules[state][severityBandOf(toPercent(confidence), policy)],
  );
  return [...byRule].map(([rule, met]) => reasonOf('LISTS', rule, source, listMessage(source, met)));
}

function scoreReasons(source: SourceLabel, evidence: ScoreEvidence, policy: VerdictPolicy): readonly WeighedReason[] {
  const band = severityBandOf(evidence.score, policy);
  return scoreRules
    .filter(([, when]) => when(evidence, band))
    .map(([rule]) => reasonOf('SCORE', rule, source, scoreMessage(source, rule, evidence)));
}

function reasonOf(
  kind: SourceAnswer['kind'],
  rule: ListRule | ScoreRule,
  source: SourceLabel,
  detail: string,
): WeighedReason {
  const weight = weightOf(kind, rule);
  const [of, , effect] = ruleTable[weight] as RuleRow;
  return { source: source.name, rule: of === 'ANY' ? rule : ruleName(source, rule), effect, detail, weight };
}

/** Two vendors accuse it independently: one by a feed, another by a list. */
function corroboration(answers: readonly SourceAnswer[], reasons: readonly WeighedReason[]): readonly WeighedReason[] {
  const sourceWith = (weights: readonly number[]) => reasons.find(({ weight }) => weights.includes(weight))?.source;
  const titleOf = (name: SourceName) => answers.find(({ source }) => source.name === name)?.source.title;
  const [feed, list] = [sourceWith(feedWeights), sourceWith(listWeights)];
  if (feed == null || list == null) return [];
  const detail = `Two vendors agree: a feed in ${titleOf(feed)} calls it malicious, and ${titleOf(list)} has it on a list`;
  return [{ source: null, rule: 'corroborated', effect: 'MALICIOUS', detail, weight: corroboratedWeight }];
}

const weightOf = (kind: SourceAnswer['kind'] | 'ANY', rule: RuleRow[1]): number =>
  ruleTable.findIndex(row => row[1] === rule && (row[0] === kind || row[0] === 'ANY'));
const corroboratedWeight = weightOf('ANY', 'corroborated');
const relatedWeight = weightOf('ANY', 'related');
const feedWeights = [weightOf('SCORE', 'malicious')];
const listWeights = [weightOf('LISTS', 'high'), weightOf('LISTS', 'medium')];

/** Reasons of the rule `related`, from answers about the host. */
export function relatedReasons(host: SourceAnswers, policy: VerdictPolicy): readonly WeighedReason[] {
  return reasonsFrom(host, policy).flatMap(({ source, effect, detail }) => {
    const related = effect === null ? null : relatedEffects[effect];
    if (related === null) return [];
    const message = relatedMessage(host.indicator, detail);
    return [{ source, rule: 'related', effect: related, detail: message, weight: relatedWeight }];
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

/** Strongest effect first, so that the first reason gives the level; then by the order of the policy's table. */
export function byWeight(a: WeighedReason, b: WeighedReason): number {
  return (
    strengthOf(b.effect) - strengthOf(a.effect) ||
    a.weight - b.weight ||
    (a.detail < b.detail ? -1 : a.detail > b.detail ? 1 : 0)
  );
}
