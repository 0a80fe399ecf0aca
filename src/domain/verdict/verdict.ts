import { createHash } from 'node:crypto';
import { hostOf, type Indicator, indicatorKey } from '../indicator/indicator.ts';
import type { SourceLabel, SourceName, SourceReport } from '../source-report.ts';
import { applicableIn, type Gap, gapsAboutHost, gapsIn } from './missing-sources.ts';
import { byWeight, reasonsFrom, relatedTo, type WeighedReason } from './rules.ts';
import { gateReason, nothingReason, summarize } from './sentence.ts';
import { bandOf } from './severity-bands.ts';

export type VerdictLevel = 'MALICIOUS' | 'SUSPICIOUS' | 'INCONCLUSIVE' | 'INFORMATIONAL' | 'BENIGN' | 'NO_MATCH';

/** One cut for all sources: a score, and a list's confidence × 100. */
export interface VerdictPolicy {
  readonly maliciousFrom: number;
  readonly suspiciousFrom: number;
}

/** What a source brings that scores an indicator and collects what feeds call it. */
export interface ScoreEvidence {
  /** 0 to 100. */
  readonly score: number | null;
  readonly maliciousSources: readonly string[];
  readonly suspiciousSources: readonly string[];
  readonly benignSources: readonly string[];
  readonly triageState: 'NOT_REVIEWED' | 'REVIEWED' | 'UNKNOWN' | null;
  readonly logMatches: number | string | null;
}

/** One record of a source that keeps lists of indicators. */
export interface ListEvidence {
  readonly list: string;
  /** The list's default confidence, 0 to 1. */
  readonly confidence: number | null;
  readonly state: 'ACTIVE' | 'LATEST' | 'OLD' | 'UNKNOWN';
}

/** What a verdict has to know of a source beside its answers. */
export interface VerdictSource extends SourceLabel {
  /** What its silence covers, for the sentence: "logs of the last 30 days". */
  readonly coverage: string;
}

/** A source's report and what it brought, by the kind of evidence; null unless the report says MATCHED. */
export type SourceAnswer = { readonly source: VerdictSource; readonly report: SourceReport } & (
  | { readonly kind: 'SCORE'; readonly evidence: ScoreEvidence | null }
  | { readonly kind: 'LISTS'; readonly evidence: readonly ListEvidence[] | null }
);

/** What every source of the registry said about one indicator, in the registry's order. */
export interface SourceAnswers {
  readonly indicator: Indicator;
  readonly answers: readonly SourceAnswer[];
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
 * - `conflicting`: somebody accuses and a feed calls the indicator benign, or one source accuses and the score of
 *   another stays under `suspiciousFrom`. Silence, absence and failure contradict nobody; nor does the host.
 *
 * Throws a RangeError for a policy that `policyProblem` finds fault with.
 */
export function judge(own: SourceAnswers, host: SourceAnswers | undefined, policy: VerdictPolicy): Verdict {
  const problem = policyProblem(policy);
  if (problem !== undefined) throw new RangeError(problem);
  const ownHost = hostOf(own.indicator);
  const heardHost = ownHost && host && indicatorKey(host.indicator) === indicatorKey(ownHost) ? host : undefined;
  const ownReasons = reasonsFrom(own, policy);
  const gaps = [...gapsIn(own), ...(ownHost ? gapsAboutHost(heardHost, own) : [])];
  const evidence = [...ownReasons, ...(heardHost ? relatedTo(heardHost, policy) : [])];
  const reasons = [...evidence, ...conclude(evidence, gaps, own, heardHost)].sort(byWeight).map(toReason);
  const level = reasons[0]?.effect ?? 'INCONCLUSIVE';
  const missing = own.answers.map(({ source }) => source.name).filter(name => isMissing(name, gaps));
  const judged = {
    level,
    reasons,
    missing,
    conflicting: isConflicting(ownReasons, own, policy),
    policyVersion: versionOf(policy),
  };
  const summary = summarize({ indicator: own.indicator, level, reasons, gaps });
  return { id: idOf(own, heardHost, judged), summary, ...judged };
}

const toReason = ({ source, rule, effect, detail }: WeighedReason): VerdictReason => ({ source, rule, effect, detail });

const isMissing = (name: SourceName, gaps: readonly Gap[]): boolean => gaps.some(({ source }) => source.name === name);

/** What is wrong with the thresholds, for whoever configured them; undefined when all is well. */
export function policyProblem({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string | undefined {
  const usable = suspiciousFrom >= 0 && suspiciousFrom <= maliciousFrom && maliciousFrom <= 100;
  return usable ? undefined : 'The verdict thresholds must lie between 0 and 100, suspicious not above malicious.';
}

/** Changes whenever the same evidence could be judged otherwise. */
function versionOf({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string {
  return `1;malicious-from=${maliciousFrom};suspicious-from=${suspiciousFrom}`;
}

/** What follows from the absence of evidence, or of answers: the rules `nothing` and `gate`. */
function conclude(
  evidence: readonly WeighedReason[],
  gaps: readonly Gap[],
  own: SourceAnswers,
  host: SourceAnswers | undefined,
): readonly WeighedReason[] {
  const effects = evidence.map(reason => reason.effect);
  if (effects.includes('MALICIOUS') || effects.includes('SUSPICIOUS')) return [];
  const asked = applicableIn(own);
  if (gaps.length > 0 || asked.length === 0) return [gateReason(gaps)];
  if (effects.some(effect => effect !== null)) return [];
  return [nothingReason(own.answers, asked, host !== undefined)];
}

function isConflicting(reasons: readonly WeighedReason[], { answers }: SourceAnswers, policy: VerdictPolicy): boolean {
  const accusers = reasons.filter(({ effect }) => effect === 'MALICIOUS' || effect === 'SUSPICIOUS');
  return answers.some(answer => {
    if (answer.kind !== 'SCORE' || answer.evidence === null) return false;
    const { score, benignSources } = answer.evidence;
    const isAccusedByAnother = accusers.some(({ source }) => source !== null && source !== answer.source.name);
    const isScoredLow = bandOf(score, policy) === 'low';
    return (accusers.length > 0 && benignSources.length > 0) || (isScoredLow && isAccusedByAnother);
  });
}

/** The same evidence under the same policy has the same id, in whatever order, from wherever and whenever it came. */
function idOf(own: SourceAnswers, host: SourceAnswers | undefined, judged: Omit<Verdict, 'id' | 'summary'>): string {
  const parts = [indicatorKey(own.indicator), evidenceIn(own), host ? evidenceIn(host) : null, judged];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27);
}

const evidenceIn = ({ answers }: SourceAnswers): readonly unknown[] =>
  answers.flatMap(answer => [answer.report.status, ...partsOf(answer)]);

function partsOf(answer: SourceAnswer): readonly unknown[] {
  if (answer.kind === 'LISTS') {
    const records = answer.evidence?.map(({ list, confidence, state }) => JSON.stringify([list, confidence, state]));
    return [records?.sort() ?? null];
  }
  const { score = null, maliciousSources = [], suspiciousSources = [], benignSources = [] } = answer.evidence ?? {};
  const feeds = [maliciousSources, suspiciousSources, benignSources].map(names => names.toSorted());
  const { triageState = null, logMatches = null } = answer.evidence ?? {};
  return [score, feeds, triageState, logMatches];
}
