/** What the sentence of a verdict says of the evidence: of the indicator itself, then of what is around it. Pure. */
import type { Indicator } from '../indicator/model.ts';
import { isAccusing, strengthOf } from './level-strength.ts';
import { coveringClause, listsClause } from './list-clauses.ts';
import type { JudgedCovering } from './list-rules.ts';
import type { MissingSource } from './missing-sources.ts';
import type { SourceAnswers, VerdictLevel } from './model.ts';
import { type Finding, ownReasons } from './reasons.ts';
import { scoreClause } from './score-clause.ts';
import { type Detail, joined, shownValue } from './wording.ts';

/** Everything that the sentence says. */
export interface Statement {
  readonly own: SourceAnswers;
  readonly host: SourceAnswers | undefined;
  readonly level: VerdictLevel;
  readonly findings: readonly Finding[];
  readonly hostFindings: readonly Finding[];
  readonly missingSources: readonly MissingSource[];
  readonly isCorroborated: boolean;
  readonly conflicting: boolean;
}

/** What each source says of the indicator itself, then of what is around it. */
export function evidenceClauses(statement: Statement, detail: Detail): readonly string[] {
  const { findings, hostFindings, host, isCorroborated, conflicting } = statement;
  const itself = clausesOf(findings, detail);
  const isAccused = itself.some(({ effect }) => isAccusing(effect));
  const own = itself.map(({ text, effect, kind }) =>
    conflicting && isAccused && kind === 'SCORE' && !isAccusing(effect) ? `but ${text}` : text,
  );
  if (isCorroborated && own.length > 0 && detail.names > 0) own[0] = `independent sources agree, ${own[0]}`;
  return [
    ...own,
    ...coveringClauses(findings, 'it', detail),
    ...(host === undefined ? [] : hostClauses(host.indicator, hostFindings, own.length > 0, detail)),
    ...coveringClauses(hostFindings, 'its host', detail),
  ];
}

interface RankedClause {
  readonly kind: Finding['kind'];
  readonly text: string;
  readonly title: string;
  /** The strongest effect of its evidence. */
  readonly effect: VerdictLevel | null;
}

/** One clause for each source that has evidence about the value itself, the strongest first. */
function clausesOf(findings: readonly Finding[], detail: Detail): readonly RankedClause[] {
  return findings
    .flatMap((finding): readonly RankedClause[] => {
      const { source, report } = finding.answer;
      const { title } = source;
      const { kind } = finding;
      if (finding.kind === 'SCORE') {
        const { evidence, rules } = finding;
        return [{ kind, title, effect: strongestOf(rules), text: scoreClause(title, evidence, rules, detail) }];
      }
      const counted = finding.records.filter(({ effect }) => effect !== null);
      if (counted.length === 0) return [];
      return [
        { kind, title, effect: strongestOf(counted), text: listsClause(title, counted, report.fetchedAt, detail) },
      ];
    })
    .toSorted((a, b) => strengthOf(b.effect) - strengthOf(a.effect));
}

function strongestOf(judged: readonly { readonly effect: VerdictLevel | null }[]): VerdictLevel | null {
  return judged.reduce<VerdictLevel | null>(
    (strongest, { effect }) => (strengthOf(effect) > strengthOf(strongest) ? effect : strongest),
    null,
  );
}

const isCounted = ({ effect }: JudgedCovering): boolean => effect !== null;

function coveringClauses(
  findings: readonly Finding[],
  whose: string,
  detail: Detail,
  isShown = isCounted,
): readonly string[] {
  return findings.flatMap(finding => {
    if (finding.kind === 'SCORE') return [];
    const { source, report } = finding.answer;
    const shown = finding.covering.filter(isShown);
    return shown.length === 0 ? [] : [coveringClause(source.title, shown, report.fetchedAt, whose, detail)];
  });
}

/** Listed parents and blocks that are too wide to count, such as a public suffix. */
export function tooWideClauses(findings: readonly Finding[], detail: Detail): readonly string[] {
  const isTooWide = ({ effect, record }: JudgedCovering) => effect === null && record.state !== 'OLD';
  return coveringClauses(findings, 'it', detail, isTooWide).map(clause => `${clause}, too wide to count`);
}

/** In full where the host is all that is known, else only who accuses it. */
function hostClauses(
  host: Indicator,
  findings: readonly Finding[],
  isBesideOwn: boolean,
  detail: Detail,
): readonly string[] {
  const clauses = clausesOf(findings, detail);
  const [strongest] = clauses;
  if (strongest === undefined) return [];
  const name = detail.names === 0 ? 'its host' : `its host ${shownValue(host, detail)}`;
  const level = strongestOf(ownReasons(findings));
  const adjective = level === 'MALICIOUS' ? 'malicious' : level === 'SUSPICIOUS' ? 'suspicious' : 'known';
  if (!isBesideOwn) return [`${name} is ${adjective}, ${strongest.text}`, ...clauses.slice(1).map(({ text }) => text)];
  const accusers = clauses.filter(({ effect }) => isAccusing(effect)).map(({ title }) => title);
  return accusers.length > 0 ? [`${name} is ${adjective} (${joined(accusers)})`] : [];
}
