import { defang, defangText } from '../indicator/defang.ts';
import type { Indicator } from '../indicator/indicator.ts';
import type { SourceLabel } from '../source-report.ts';
import type { Gap } from './missing-sources.ts';
import type { ScoreRule, WeighedReason } from './rules.ts';
import { percent } from './severity-bands.ts';
import type { ListEvidence, ScoreEvidence, SourceAnswer, VerdictLevel, VerdictReason } from './verdict.ts';

const states: Readonly<Record<ListEvidence['state'], string>> = {
  ACTIVE: 'active',
  LATEST: 'past its active period',
  OLD: 'old',
  UNKNOWN: 'state unknown',
};

export function listWords({ title }: SourceLabel, records: readonly ListEvidence[]): string {
  const listed = records.toSorted(byConfidenceAndName).map(({ list, confidence, state }) => {
    return `${quoted(list)} (${states[state]}, confidence ${percent(confidence) ?? 'unknown'})`;
  });
  return `${title}: on ${someOf([...new Set(listed)])}`;
}

function byConfidenceAndName(a: ListEvidence, b: ListEvidence): number {
  return (
    (b.confidence ?? -1) - (a.confidence ?? -1) ||
    (a.list < b.list ? -1 : a.list > b.list ? 1 : a.state < b.state ? -1 : 1)
  );
}

const triage = {
  NOT_REVIEWED: 'not reviewed',
  REVIEWED: 'reviewed, without a conclusion on record',
  UNKNOWN: 'unknown',
} as const;

export function scoreWords({ title }: SourceLabel, rule: ScoreRule, evidence: ScoreEvidence): string {
  const score = evidence.score === null ? 'without a score' : `score ${evidence.score}`;
  switch (rule) {
    case 'malicious':
      return `${title}: called malicious by ${feeds(evidence.maliciousSources)}`;
    case 'benign':
      return `${title}: called benign by ${feeds(evidence.benignSources)}, ${score}`;
    case 'context':
      return `${title}: ${contextOf(evidence)}`;
    case 'known': {
      const suspicious = evidence.suspiciousSources;
      return `${title}: ${score}${suspicious.length > 0 ? `, called suspicious by ${feeds(suspicious)}` : ''}`;
    }
    case 'high':
    case 'medium':
      return `${title}: ${score}`;
    default:
      return rule satisfies never;
  }
}

function contextOf({ triageState, logMatches }: ScoreEvidence): string {
  const parts = [triageState && `triage ${triage[triageState]}`, logMatches !== null && `log matches: ${logMatches}`];
  return parts.filter(Boolean).join(', ');
}

const feeds = (names: readonly string[]): string => someOf([...new Set(names)].sort().map(quoted));

export function relatedWords(host: Indicator, detail: string): string {
  return `Its host ${shown(host)}: ${detail}`;
}

/** The gateway's own rules stand in no row of the table, and before every row of the same strength. */
const ownWeight = -1;

export function gateReason(gaps: readonly Gap[]): WeighedReason {
  const detail = gaps.length > 0 ? gapWords(gaps) : 'No source knows indicators of this type';
  return { source: null, rule: 'gate', effect: 'INCONCLUSIVE', detail, weight: ownWeight };
}

/** `asked`: those of `answers` whose source knows the type. */
export function nothingReason(
  answers: readonly SourceAnswer[],
  asked: readonly SourceAnswer[],
  withHost: boolean,
): WeighedReason {
  const others = answers.filter(answer => !asked.includes(answer));
  const silent = others.map(({ source }) => `${source.title} does not know this type`);
  const looked = asked.map(({ source }) => `${source.title} (${source.coverage})`).join(' or ');
  const detail = [`No match in ${looked}${withHost ? ', nor for its host' : ''}`, ...silent].join('; ');
  return { source: null, rule: 'nothing', effect: 'NO_MATCH', detail, weight: ownWeight };
}

function gapWords(gaps: readonly Gap[]): string {
  const told = gaps.map(
    ({ source, cause, aboutHost }) => `${source.title} ${cause}${aboutHost ? ' (about its host)' : ''}`,
  );
  return [...new Set(told)].join('; ');
}

const openings: Readonly<Record<VerdictLevel, (indicator: string) => string>> = {
  MALICIOUS: indicator => `${indicator} is malicious`,
  SUSPICIOUS: indicator => `${indicator} is suspicious`,
  INCONCLUSIVE: indicator => `Nothing can be concluded about ${indicator}`,
  INFORMATIONAL: indicator => `${indicator} is known, though nothing makes it suspicious`,
  BENIGN: indicator => `${indicator} is known only as benign`,
  NO_MATCH: indicator => `Nothing was found about ${indicator}`,
};

/** One defanged sentence for a ticket. */
export function summarize(said: {
  readonly indicator: Indicator;
  readonly level: VerdictLevel;
  readonly reasons: readonly VerdictReason[];
  readonly gaps: readonly Gap[];
}): string {
  const { indicator, level, reasons, gaps } = said;
  const why = reasons.filter(({ effect }) => effect === level).slice(0, 2);
  const rest =
    level === 'INCONCLUSIVE' ? reasons.filter(({ effect }) => effect !== null && effect !== level).slice(0, 1) : [];
  const unheard = level !== 'INCONCLUSIVE' && gaps.length > 0 ? [`not heard: ${gapWords(gaps)}`] : [];
  const caution = level === 'NO_MATCH' ? ['this is no proof that it is harmless'] : [];
  const parts = [
    ...why.map(({ detail }) => detail),
    ...rest.map(({ detail }) => `so far, ${detail}`),
    ...unheard,
    ...caution,
  ];
  return `${openings[level](shown(indicator))}: ${parts.join('; ')}.`;
}

const longestShown = 200;

function shown(indicator: Indicator): string {
  if (indicator.value.length <= longestShown) return defang(indicator);
  return `${defangText(indicator.value.slice(0, longestShown).toWellFormed())}…`;
}

/** Names come from upstream: kept on one line, short, and as harmless to paste as the rest. */
function quoted(name: string): string {
  const line = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return `"${defangText(line.length <= 80 ? line : `${line.slice(0, 79)}…`.toWellFormed())}"`;
}

function someOf(items: readonly string[]): string {
  const rest = items.length - 3;
  return rest > 0 ? `${items.slice(0, 3).join(', ')} and ${rest} more` : items.join(', ');
}
