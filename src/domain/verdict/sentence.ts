/** The one sentence of a verdict: at most 300 characters, defanged, names out of upstreams in quotes. Pure. */
import type { Indicator } from '../indicator/model.ts';
import { gateText, notConnected, nothingText } from './absence.ts';
import { coveringClause, listsClause, scoreClause } from './clauses.ts';
import { type MissingSource, missingText } from './missing-sources.ts';
import type { SourceAnswers, VerdictLevel } from './model.ts';
import { type Finding, ownReasons } from './reasons.ts';
import { type Detail, detailLevels, joined, shownValue } from './wording.ts';

const maxLength = 300;

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

/** Takes the most detailed wording that fits. */
export function summarize(statement: Statement): string {
  let sentence = '';
  for (const detail of detailLevels) {
    sentence = sentenceOf(statement, detail);
    if (sentence.length <= maxLength) return sentence;
  }
  return `${sentence.slice(0, maxLength - 2).toWellFormed()}….`;
}

function sentenceOf(statement: Statement, detail: Detail): string {
  const { own, host, level, missingSources } = statement;
  const evidence = evidenceClauses(statement, detail);
  const parts: readonly string[] = {
    NO_MATCH: () => [nothingText(own, host, detail), 'this is no proof that it is harmless'],
    INCONCLUSIVE: () => [
      gateText(missingSources, own, detail),
      ...evidence.map((clause, index) => (index === 0 ? `so far, ${clause}` : clause)),
    ],
    MALICIOUS: () => [...evidence, ...gaps(statement, detail)],
    SUSPICIOUS: () => [...evidence, ...gaps(statement, detail)],
    INFORMATIONAL: () => [...evidence, ...gaps(statement, detail)],
    BENIGN: () => [...evidence, ...gaps(statement, detail)],
  }[level]();
  return `${openingOf(statement, detail)}: ${parts.join('; ')}.`;
}

function openingOf({ own: { indicator }, level, findings, hostFindings }: Statement, detail: Detail): string {
  const value = shownValue(indicator, detail);
  switch (level) {
    case 'MALICIOUS':
      return `${value} is malicious`;
    case 'SUSPICIOUS':
      return `${value} is suspicious`;
    case 'INCONCLUSIVE':
      return `Nothing can be concluded about ${value}`;
    case 'INFORMATIONAL':
      return [...findings, ...hostFindings].some(isListed)
        ? `${value} is only weakly accused`
        : `${value} is known, and nobody accuses it`;
    case 'BENIGN':
      return `${value} is known only as benign`;
    case 'NO_MATCH':
      return `Nothing was found about ${value}`;
    default:
      return level satisfies never;
  }
}

const isListed = (finding: Finding): boolean =>
  finding.kind === 'LISTS' && [...finding.records, ...finding.covering].some(({ effect }) => effect !== null);

const gaps = ({ missingSources, own }: Statement, detail: Detail): readonly string[] => [
  ...(missingSources.length > 0 ? [missingText(missingSources, detail)] : []),
  ...notConnected(own),
];

/** What each source says of the indicator itself, then of what is around it. */
function evidenceClauses(statement: Statement, detail: Detail): readonly string[] {
  const { findings, hostFindings, host, isCorroborated, conflicting } = statement;
  const itself = clausesOf(findings, detail);
  const isAccused = itself.some(({ rank }) => rank >= accusing);
  const own = itself.map(({ text, rank }) => (conflicting && isAccused && rank < accusing ? `but ${text}` : text));
  if (isCorroborated && own.length > 0 && detail.names > 0) own[0] = `independent sources agree, ${own[0]}`;
  return [
    ...own,
    ...coveringClauses(findings, 'it', detail),
    ...(host === undefined ? [] : hostClauses(host.indicator, hostFindings, own.length > 0, detail)),
    ...coveringClauses(hostFindings, 'its host', detail),
  ];
}

interface RankedClause {
  readonly text: string;
  readonly title: string;
  readonly rank: number;
}

const ranks: Readonly<Record<VerdictLevel, number>> = {
  MALICIOUS: 4,
  SUSPICIOUS: 3,
  INCONCLUSIVE: 0,
  INFORMATIONAL: 2,
  BENIGN: 1,
  NO_MATCH: 0,
};
const accusing = ranks.SUSPICIOUS;

/** One clause for each source that has evidence about the value itself, the strongest first. */
function clausesOf(findings: readonly Finding[], detail: Detail): readonly RankedClause[] {
  return findings
    .flatMap((finding): readonly RankedClause[] => {
      const { source, report } = finding.answer;
      const { title } = source;
      if (finding.kind === 'SCORE') {
        const { evidence, rules } = finding;
        return [{ title, rank: highestRank(rules), text: scoreClause(title, evidence, rules, detail) }];
      }
      const counted = finding.records.filter(({ effect }) => effect !== null);
      if (counted.length === 0) return [];
      return [{ title, rank: highestRank(counted), text: listsClause(title, counted, report.fetchedAt, detail) }];
    })
    .toSorted((a, b) => b.rank - a.rank);
}

const highestRank = (judged: readonly { readonly effect: VerdictLevel | null }[]): number =>
  Math.max(0, ...judged.map(({ effect }) => (effect === null ? 0 : ranks[effect])));

function coveringClauses(findings: readonly Finding[], whose: string, detail: Detail): readonly string[] {
  return findings.flatMap(finding => {
    if (finding.kind === 'SCORE') return [];
    const { source, report } = finding.answer;
    const counted = finding.covering.filter(({ effect }) => effect !== null);
    return counted.length === 0 ? [] : [coveringClause(source.title, counted, report.fetchedAt, whose, detail)];
  });
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
  const level = ownReasons(findings).some(({ effect }) => effect === 'MALICIOUS') ? ranks.MALICIOUS : strongest.rank;
  const adjective = level === ranks.MALICIOUS ? 'malicious' : level === accusing ? 'suspicious' : 'known';
  if (!isBesideOwn) return [`${name} is ${adjective}, ${strongest.text}`, ...clauses.slice(1).map(({ text }) => text)];
  const accusers = clauses.filter(({ rank }) => rank >= accusing).map(({ title }) => title);
  return accusers.length > 0 ? [`${name} is ${adjective} (${joined(accusers)})`] : [];
}
