import { createHash } from 'node:crypto';
import { hostOf, type Indicator, indicatorKey } from './indicator.ts';
import { type SourceName, type SourceReport, sourceNames } from './report.ts';
import { bandOf } from './verdict-bands.ts';
import { applicableTo, type Gap, gapsAboutHost, gapsIn } from './verdict-gaps.ts';
import { byWeight, reasonsFrom, relatedTo } from './verdict-rules.ts';
import { gateReason, nothingReason, summarize } from './verdict-words.ts';

export type VerdictLevel = 'MALICIOUS' | 'SUSPICIOUS' | 'INCONCLUSIVE' | 'INFORMATIONAL' | 'BENIGN' | 'NO_MATCH';

/** One cut for both sources: Datadog's score, and Argus's list confidence × 100. */
export interface VerdictPolicy {
  readonly maliciousFrom: number;
  readonly suspiciousFrom: number;
}

export interface DatadogEvidence {
  readonly score: number | null;
  readonly maliciousSources: readonly string[];
  readonly suspiciousSources: readonly string[];
  readonly benignSources: readonly string[];
  readonly triageState: 'NOT_REVIEWED' | 'REVIEWED' | 'UNKNOWN' | null;
  readonly logMatches: number | string | null;
}

export interface ArgusEvidence {
  readonly list: string;
  /** The list's default confidence, 0 to 1. */
  readonly confidence: number | null;
  readonly state: 'ACTIVE' | 'LATEST' | 'OLD' | 'UNKNOWN';
}

/** A source's report and what it brought; `evidence` is null unless the report says MATCHED. */
export interface Heard<Evidence> {
  readonly report: SourceReport;
  readonly evidence: Evidence | null;
}

export interface Testimony {
  readonly indicator: Indicator;
  readonly datadog: Heard<DatadogEvidence>;
  readonly argus: Heard<readonly ArgusEvidence[]>;
}

export interface VerdictReason {
  readonly source: SourceName | null;
  readonly rule: string;
  readonly effect: VerdictLevel | null;
  readonly detail: string;
}

export interface Verdict {
  readonly id: string;
  readonly level: VerdictLevel;
  readonly summary: string;
  readonly reasons: readonly VerdictReason[];
  readonly missing: readonly SourceName[];
  readonly conflicting: boolean;
  readonly policyVersion: string;
}

/**
 * Facts and reports to a verdict; `host` is what was heard about the host of a URL or e-mail address. Pure.
 *
 * The strongest effect wins, then the gate: with a source unheard, or nobody who could be asked, whatever is below
 * SUSPICIOUS is INCONCLUSIVE. Two edges that the table leaves open:
 * - A URL or e-mail address whose host was not heard (`host` missing, or about something else) counts as unheard.
 * - `conflicting`: somebody accuses and a feed of Datadog calls the indicator benign, or Argus accuses and Datadog's own
 *   score stays under `suspiciousFrom`. Silence, absence and failure contradict nobody; nor does the host.
 *
 * Throws a RangeError for a policy that `policyProblem` finds fault with.
 */
export function judge(testimony: Testimony, host: Testimony | undefined, policy: VerdictPolicy): Verdict {
  const problem = policyProblem(policy);
  if (problem !== undefined) throw new RangeError(problem);
  const ownHost = hostOf(testimony.indicator);
  const heardHost = ownHost && host && indicatorKey(host.indicator) === indicatorKey(ownHost) ? host : undefined;
  const own = reasonsFrom(testimony, policy);
  const gaps = [...gapsIn(testimony), ...(ownHost ? gapsAboutHost(heardHost) : [])];
  const evidence = [...own, ...(heardHost ? relatedTo(heardHost, policy) : [])];
  const reasons = [...evidence, ...conclude(evidence, gaps, testimony, heardHost)].sort(byWeight);
  const level = reasons[0]?.effect ?? 'INCONCLUSIVE';
  const missing = sourceNames.filter(source => gaps.some(gap => gap.source === source));
  const judged = {
    level,
    reasons,
    missing,
    conflicting: isConflicting(own, testimony, policy),
    policyVersion: versionOf(policy),
  };
  const summary = summarize({ indicator: testimony.indicator, level, reasons, gaps });
  return { id: idOf(testimony, heardHost, judged), summary, ...judged };
}

/** What is wrong with the thresholds, for whoever configured them; undefined when all is well. */
export function policyProblem({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string | undefined {
  const usable = suspiciousFrom >= 0 && suspiciousFrom <= maliciousFrom && maliciousFrom <= 100;
  return usable ? undefined : 'The verdict thresholds must lie between 0 and 100, suspicious not above malicious.';
}

/** Changes whenever the same evidence could be judged otherwise. */
function versionOf({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string {
  return `1;malicious-from=${maliciousFrom};suspicious-from=${suspiciousFrom}`;
}

/** Rules 13 and 14: what follows from the absence of evidence, or of answers. */
function conclude(
  evidence: readonly VerdictReason[],
  gaps: readonly Gap[],
  testimony: Testimony,
  host: Testimony | undefined,
): readonly VerdictReason[] {
  const effects = evidence.map(reason => reason.effect);
  if (effects.includes('MALICIOUS') || effects.includes('SUSPICIOUS')) return [];
  const asked = applicableTo(testimony);
  if (gaps.length > 0 || asked.length === 0) return [gateReason(gaps)];
  return effects.some(effect => effect !== null) ? [] : [nothingReason(asked, host !== undefined)];
}

function isConflicting(own: readonly VerdictReason[], { datadog }: Testimony, policy: VerdictPolicy): boolean {
  const accusers = own.filter(({ effect }) => effect === 'MALICIOUS' || effect === 'SUSPICIOUS');
  const calledBenign = (datadog.evidence?.benignSources.length ?? 0) > 0;
  const scoredLow = bandOf(datadog.evidence?.score ?? null, policy) === 'low';
  return (accusers.length > 0 && calledBenign) || (scoredLow && accusers.some(({ source }) => source === 'ARGUS'));
}

/** The same evidence under the same policy has the same id, in whatever order, from wherever and whenever it came. */
function idOf(testimony: Testimony, host: Testimony | undefined, judged: Omit<Verdict, 'id' | 'summary'>): string {
  const parts = [indicatorKey(testimony.indicator), evidenceOf(testimony), host ? evidenceOf(host) : null, judged];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27);
}

function evidenceOf({ datadog, argus }: Testimony): unknown {
  const { score = null, maliciousSources = [], suspiciousSources = [], benignSources = [] } = datadog.evidence ?? {};
  const sources = [maliciousSources, suspiciousSources, benignSources].map(names => names.toSorted());
  const lists = argus.evidence?.map(({ list, confidence, state }) => JSON.stringify([list, confidence, state])).sort();
  const { triageState = null, logMatches = null } = datadog.evidence ?? {};
  return [datadog.report.status, score, sources, triageState, logMatches, argus.report.status, lists ?? null];
}
