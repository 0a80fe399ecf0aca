/** Applies the policy to the answers of all sources. Pure. */
import type { Indicator } from '../indicator/model.ts';
import type { SourceLabel } from '../source-report.ts';
import { strengthOf } from './level-strength.ts';
import { coveringClause, listsClause } from './list-clauses.ts';
import { type JudgedCovering, type JudgedRecord, judgeCovering, judgeRecords } from './list-rules.ts';
import type {
  ScoreEvidence,
  SourceAnswer,
  SourceAnswers,
  VerdictLevel,
  VerdictPolicy,
  VerdictReason,
} from './model.ts';
import { positionOf, ruleName } from './policy.ts';
import { isSameFeed } from './same-feed.ts';
import { scoreReason } from './score-clause.ts';
import { type JudgedScore, judgeScore } from './score-rules.ts';
import { fullDetail, quoted, shownValue } from './wording.ts';

/** A reason with the position of its rule in the policy. */
export interface WeighedReason extends VerdictReason {
  readonly position: number;
}

interface ListsFinding {
  readonly kind: 'LISTS';
  readonly answer: SourceAnswer;
  readonly records: readonly JudgedRecord[];
  readonly covering: readonly JudgedCovering[];
}
interface ScoreFinding {
  readonly kind: 'SCORE';
  readonly answer: SourceAnswer;
  readonly evidence: ScoreEvidence;
  readonly rules: readonly JudgedScore[];
}

/** What the evidence of one source counts for. */
export type Finding = ListsFinding | ScoreFinding;

/** From all evidence, whatever the report beside it says: a stale accusation still counts. */
export function findingsIn({ indicator, answers }: SourceAnswers, policy: VerdictPolicy): readonly Finding[] {
  return answers.flatMap((answer): readonly Finding[] => {
    if (answer.kind === 'SCORE') {
      const { evidence } = answer;
      return evidence === null
        ? []
        : [{ kind: 'SCORE', answer, evidence, rules: judgeScore(evidence, indicator.type, policy) }];
    }
    const records = judgeRecords(answer.evidence ?? [], indicator, answer.report.fetchedAt, policy);
    const covering = judgeCovering(answer.covering ?? [], indicator, policy);
    return records.length + covering.length === 0 ? [] : [{ kind: 'LISTS', answer, records, covering }];
  });
}

/** The reasons of the indicator itself; `coveringReasons` and `relatedReasons` have those of what is around it. */
export function ownReasons(findings: readonly Finding[]): readonly WeighedReason[] {
  return [...findings.flatMap(reasonsOf), ...corroboration(findings)];
}

function reasonsOf(finding: Finding): readonly WeighedReason[] {
  const { source, report } = finding.answer;
  if (finding.kind === 'SCORE') {
    const { evidence, rules } = finding;
    return rules.map(judged =>
      reason('SCORE', judged.rule, source, judged.effect, scoreReason(source.title, judged, evidence)),
    );
  }
  // One reason for each rule and effect, whatever the number of lists: they copy each other, and are not added up.
  return byRule(finding.records).map(([judged, same]) =>
    reason('LISTS', judged.rule, source, judged.effect, listsClause(source.title, same, report.fetchedAt, fullDetail)),
  );
}

function byRule<Judged extends JudgedRecord<string>>(
  records: readonly Judged[],
): readonly (readonly [Judged, readonly Judged[]])[] {
  const groups = Map.groupBy(records, ({ rule, effect }) => `${rule} ${effect}`);
  return [...groups.values()].map(group => [group[0] as Judged, group]);
}

/** Parent domains and enclosing blocks, of the indicator (`whose`: "it") or of its host ("its host"). */
export function coveringReasons(findings: readonly Finding[], whose: string): readonly WeighedReason[] {
  return findings.flatMap(finding => {
    if (finding.kind === 'SCORE') return [];
    const { source, report } = finding.answer;
    return byRule(finding.covering).map(([judged, same]) => {
      const detail = coveringClause(source.title, same, report.fetchedAt, whose, fullDetail);
      return reason('LISTS', judged.rule, source, judged.effect, detail);
    });
  });
}

/** A host counts for at most SUSPICIOUS because hosting is shared; a benign host does not make its URLs benign. */
const relatedEffects: Readonly<Record<VerdictLevel, VerdictLevel | null>> = {
  MALICIOUS: 'SUSPICIOUS',
  SUSPICIOUS: 'SUSPICIOUS',
  INCONCLUSIVE: null,
  INFORMATIONAL: 'INFORMATIONAL',
  BENIGN: 'INFORMATIONAL',
  NO_MATCH: null,
};

/** Reasons of the rule `related`, from findings about the host. */
export function relatedReasons(host: Indicator, findings: readonly Finding[]): readonly WeighedReason[] {
  return ownReasons(findings).flatMap(({ source, effect, detail }) => {
    const related = effect === null ? null : relatedEffects[effect];
    if (related === null) return [];
    const message = `about its host ${shownValue(host, fullDetail)}, ${detail}`;
    return [{ source, rule: 'related', effect: related, detail: message, position: positionOf('ANY', 'related') }];
  });
}

function reason(
  kind: SourceAnswer['kind'] | 'ANY',
  rule: string,
  source: SourceLabel,
  effect: VerdictLevel | null,
  detail: string,
): WeighedReason {
  const position = positionOf(kind, rule);
  return { source: source.name, rule: ruleName(position, source), effect, detail, position };
}

/** Two sources accuse it independently: a feed of one, and a list of another that is not the same feed again. */
function corroboration(findings: readonly Finding[]): readonly WeighedReason[] {
  for (const scored of findings) {
    if (scored.kind !== 'SCORE' || scored.evidence.covering !== undefined) continue;
    for (const listed of findings) {
      if (listed.kind !== 'LISTS') continue;
      const agreed = independentPair(scored.evidence.maliciousSources, listed.records);
      if (agreed === undefined) continue;
      const [feed, list] = agreed.map(name => quoted(name, fullDetail));
      const detail = `two independent sources agree, ${feed} in ${scored.answer.source.title} and ${list} in ${listed.answer.source.title}`;
      return [
        {
          source: null,
          rule: 'corroborated',
          effect: 'MALICIOUS',
          detail,
          position: positionOf('ANY', 'corroborated'),
        },
      ];
    }
  }
  return [];
}

function independentPair(feeds: readonly string[], records: readonly JudgedRecord[]): [string, string] | undefined {
  const sure = records
    .filter(({ rule, isCapped }) => (rule === 'high' || rule === 'medium') && !isCapped)
    .map(({ record }) => record)
    .sort((a, b) => (a.list < b.list ? -1 : 1));
  for (const feed of feeds.toSorted())
    for (const { list, shortName } of sure)
      if (!isSameFeed(feed, list) && !isSameFeed(feed, shortName)) return [feed, list];
  return undefined;
}

/** Strongest effect first, so that the first reason gives the level; then by the order of the policy. */
export function byWeight(a: WeighedReason, b: WeighedReason): number {
  return (
    strengthOf(b.effect) - strengthOf(a.effect) ||
    a.position - b.position ||
    (a.detail < b.detail ? -1 : a.detail > b.detail ? 1 : 0)
  );
}
