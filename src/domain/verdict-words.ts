import { defang, defangText } from './defang.ts';
import type { Indicator } from './indicator.ts';
import { type SourceName, sourceNames } from './report.ts';
import type { ArgusEvidence, DatadogEvidence, VerdictLevel, VerdictReason } from './verdict.ts';
import { percent } from './verdict-bands.ts';
import type { Gap } from './verdict-gaps.ts';
import type { Rule } from './verdict-rules.ts';

const spoken: Readonly<Record<SourceName, string>> = { DATADOG: 'Datadog', ARGUS: 'Argus' };

/** What a source's silence means, whichever fields were selected. */
const scope: Readonly<Record<SourceName, string>> = {
  DATADOG: 'Datadog (logs of the last 30 days)',
  ARGUS: 'Argus (active and latest records on the lists this key can read)',
};

const states: Readonly<Record<ArgusEvidence['state'], string>> = {
  ACTIVE: 'active',
  LATEST: 'past its active period',
  OLD: 'old',
  UNKNOWN: 'state unknown',
};

export function argusWords(records: readonly ArgusEvidence[]): string {
  const listed = records.toSorted(byConfidenceAndName).map(({ list, confidence, state }) => {
    return `${quoted(list)} (${states[state]}, confidence ${percent(confidence) ?? 'unknown'})`;
  });
  return `Argus: on ${someOf([...new Set(listed)])}`;
}

function byConfidenceAndName(a: ArgusEvidence, b: ArgusEvidence): number {
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

export function datadogWords(rule: Rule, evidence: DatadogEvidence): string {
  const score = evidence.score === null ? 'without a score' : `score ${evidence.score}`;
  if (rule === 'datadog-malicious') return `Datadog: called malicious by ${feeds(evidence.maliciousSources)}`;
  if (rule === 'datadog-benign') return `Datadog: called benign by ${feeds(evidence.benignSources)}, ${score}`;
  if (rule === 'context') return `Datadog: ${contextOf(evidence)}`;
  if (rule !== 'datadog-known' || evidence.suspiciousSources.length === 0) return `Datadog: ${score}`;
  return `Datadog: ${score}, called suspicious by ${feeds(evidence.suspiciousSources)}`;
}

function contextOf({ triageState, logMatches }: DatadogEvidence): string {
  const parts = [triageState && `triage ${triage[triageState]}`, logMatches !== null && `log matches: ${logMatches}`];
  return parts.filter(Boolean).join(', ');
}

const feeds = (names: readonly string[]): string => someOf([...new Set(names)].sort().map(quoted));

export function relatedWords(host: Indicator, detail: string): string {
  return `Its host ${shown(host)}: ${detail}`;
}

export function gateReason(gaps: readonly Gap[]): VerdictReason {
  const detail = gaps.length > 0 ? gapWords(gaps) : 'No source knows indicators of this type';
  return { source: null, rule: 'gate', effect: 'INCONCLUSIVE', detail };
}

export function nothingReason(asked: readonly SourceName[], withHost: boolean): VerdictReason {
  const silent = sourceNames
    .filter(source => !asked.includes(source))
    .map(source => `${spoken[source]} does not know this type`);
  const looked = `No match in ${asked.map(source => scope[source]).join(' or ')}${withHost ? ', nor for its host' : ''}`;
  return { source: null, rule: 'nothing', effect: 'NO_MATCH', detail: [looked, ...silent].join('; ') };
}

function gapWords(gaps: readonly Gap[]): string {
  const told = gaps.map(
    ({ source, cause, aboutHost }) => `${spoken[source]} ${cause}${aboutHost ? ' (about its host)' : ''}`,
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
