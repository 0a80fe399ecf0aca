import { defang, defangText } from '../indicator/defang.ts';
import type { Indicator } from '../indicator/model.ts';
import type { SourceLabel } from '../source-report.ts';
import type { MissingSource } from './missing-sources.ts';
import type { ListEvidence, ScoreEvidence, SourceAnswer, VerdictLevel, VerdictReason } from './model.ts';
import type { ScoreRule, WeighedReason } from './rules.ts';
import { toPercent } from './severity-bands.ts';

const stateTexts: Readonly<Record<ListEvidence['state'], string>> = {
  ACTIVE: 'active',
  LATEST: 'past its active period',
  OLD: 'old',
  UNKNOWN: 'state unknown',
};

export function listMessage({ title }: SourceLabel, records: readonly ListEvidence[]): string {
  const listed = records.toSorted(byConfidenceAndName).map(({ list, confidence, state }) => {
    return `${quoted(list)} (${stateTexts[state]}, confidence ${toPercent(confidence) ?? 'unknown'})`;
  });
  return `${title}: on ${firstThree([...new Set(listed)])}`;
}

function byConfidenceAndName(a: ListEvidence, b: ListEvidence): number {
  return (
    (b.confidence ?? -1) - (a.confidence ?? -1) ||
    (a.list < b.list ? -1 : a.list > b.list ? 1 : a.state < b.state ? -1 : 1)
  );
}

const triageTexts = {
  NOT_REVIEWED: 'not reviewed',
  REVIEWED: 'reviewed, without a conclusion on record',
  UNKNOWN: 'unknown',
} as const;

export function scoreMessage({ title }: SourceLabel, rule: ScoreRule, evidence: ScoreEvidence): string {
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
  const parts = [
    triageState && `triage ${triageTexts[triageState]}`,
    logMatches !== null && `log matches: ${logMatches}`,
  ];
  return parts.filter(Boolean).join(', ');
}

const feeds = (names: readonly string[]): string => firstThree([...new Set(names)].sort().map(quoted));

export function relatedMessage(host: Indicator, detail: string): string {
  return `Its host ${defangedAndShort(host)}: ${detail}`;
}

/** The gateway's own rules are not in the table; they come before every rule of the same strength. */
const ownWeight = -1;

export function gateReason(missingSources: readonly MissingSource[]): WeighedReason {
  const detail = missingSources.length > 0 ? missingMessage(missingSources) : 'No source knows indicators of this type';
  return { source: null, rule: 'gate', effect: 'INCONCLUSIVE', detail, weight: ownWeight };
}

/** `applicable`: those of `answers` whose source knows the type. */
export function nothingReason(
  answers: readonly SourceAnswer[],
  applicable: readonly SourceAnswer[],
  withHost: boolean,
): WeighedReason {
  const others = answers.filter(answer => !applicable.includes(answer));
  const notApplicable = others.map(({ source }) => `${source.title} does not know this type`);
  const searched = applicable.map(({ source }) => `${source.title} (${source.coverage})`).join(' or ');
  const detail = [`No match in ${searched}${withHost ? ', nor for its host' : ''}`, ...notApplicable].join('; ');
  return { source: null, rule: 'nothing', effect: 'NO_MATCH', detail, weight: ownWeight };
}

function missingMessage(missingSources: readonly MissingSource[]): string {
  const parts = missingSources.map(
    ({ source, cause, aboutHost }) => `${source.title} ${cause}${aboutHost ? ' (about its host)' : ''}`,
  );
  return [...new Set(parts)].join('; ');
}

const openings: Readonly<Record<VerdictLevel, (indicator: string) => string>> = {
  MALICIOUS: indicator => `${indicator} is malicious`,
  SUSPICIOUS: indicator => `${indicator} is suspicious`,
  INCONCLUSIVE: indicator => `Nothing can be concluded about ${indicator}`,
  INFORMATIONAL: indicator => `${indicator} is known, though nothing makes it suspicious`,
  BENIGN: indicator => `${indicator} is known only as benign`,
  NO_MATCH: indicator => `Nothing was found about ${indicator}`,
};

/** One sentence for a ticket, with every indicator and name defanged. */
export function summarize(verdict: {
  readonly indicator: Indicator;
  readonly level: VerdictLevel;
  readonly reasons: readonly VerdictReason[];
  readonly missingSources: readonly MissingSource[];
}): string {
  const { indicator, level, reasons, missingSources } = verdict;
  const why = reasons.filter(({ effect }) => effect === level).slice(0, 2);
  const rest =
    level === 'INCONCLUSIVE' ? reasons.filter(({ effect }) => effect !== null && effect !== level).slice(0, 1) : [];
  const missing =
    level !== 'INCONCLUSIVE' && missingSources.length > 0 ? [`not heard: ${missingMessage(missingSources)}`] : [];
  const caution = level === 'NO_MATCH' ? ['this is no proof that it is harmless'] : [];
  const parts = [
    ...why.map(({ detail }) => detail),
    ...rest.map(({ detail }) => `so far, ${detail}`),
    ...missing,
    ...caution,
  ];
  return `${openings[level](defangedAndShort(indicator))}: ${parts.join('; ')}.`;
}

const maxShownLength = 200;

function defangedAndShort(indicator: Indicator): string {
  if (indicator.value.length <= maxShownLength) return defang(indicator);
  return `${defangText(indicator.value.slice(0, maxShownLength).toWellFormed())}…`;
}

/** Names come from upstream: they are put on one line, shortened and defanged. */
function quoted(name: string): string {
  const line = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return `"${defangText(line.length <= 80 ? line : `${line.slice(0, 79)}…`.toWellFormed())}"`;
}

function firstThree(items: readonly string[]): string {
  const rest = items.length - 3;
  return rest > 0 ? `${items.slice(0, 3).join(', ')} and ${rest} more` : items.join(', ');
}
