import { createHash } from 'node:crypto';
import { hostOf, indicatorKey } from '../indicator/indicator.ts';
import type { SourceName } from '../source-report.ts';
import { applicableAnswers, type MissingSource, missingAboutHost, missingSourcesIn } from './missing-sources.ts';
import type { SourceAnswer, SourceAnswers, Verdict, VerdictPolicy, VerdictReason } from './model.ts';
import { byWeight, reasonsFrom, relatedReasons, type WeighedReason } from './rules.ts';
import { gateReason, nothingReason, summarize } from './sentence.ts';
import { severityBandOf } from './severity-bands.ts';

/**
 * Assesses the answers of all sources; `host` holds the answers about the host of a URL or e-mail address. Pure.
 *
 * The strongest effect wins. Then the gate applies: with a missing source, or without any source that knows the type,
 * everything below SUSPICIOUS becomes INCONCLUSIVE. Two cases that the rules do not show:
 * - For a URL or e-mail address without answers about its host (`host` missing, or about another indicator), every
 *   source counts as missing.
 * - `conflicting`: a source accuses and a feed calls the indicator benign, or one source accuses and the score of
 *   another stays under `suspiciousFrom`. An absent match, a failure and the host never conflict.
 *
 * Throws a RangeError for a policy that `policyProblem` finds fault with.
 */
export function assessVerdict(own: SourceAnswers, host: SourceAnswers | undefined, policy: VerdictPolicy): Verdict {
  const problem = policyProblem(policy);
  if (problem !== undefined) throw new RangeError(problem);
  const ownHost = hostOf(own.indicator);
  const hostAnswers = ownHost && host && indicatorKey(host.indicator) === indicatorKey(ownHost) ? host : undefined;
  const ownReasons = reasonsFrom(own, policy);
  const missingSources = [...missingSourcesIn(own), ...(ownHost ? missingAboutHost(hostAnswers, own) : [])];
  const evidence = [...ownReasons, ...(hostAnswers ? relatedReasons(hostAnswers, policy) : [])];
  const reasons = [...evidence, ...gatewayReasons(evidence, missingSources, own, hostAnswers)]
    .sort(byWeight)
    .map(toReason);
  const level = reasons[0]?.effect ?? 'INCONCLUSIVE';
  const missing = own.answers.map(({ source }) => source.name).filter(name => isMissing(name, missingSources));
  const conclusion = {
    level,
    reasons,
    missing,
    conflicting: isConflicting(ownReasons, own, policy),
    policyVersion: versionOf(policy),
  };
  const summary = summarize({ indicator: own.indicator, level, reasons, missingSources });
  return { id: idOf(own, hostAnswers, conclusion), summary, ...conclusion };
}

const toReason = ({ source, rule, effect, detail }: WeighedReason): VerdictReason => ({ source, rule, effect, detail });

const isMissing = (name: SourceName, missingSources: readonly MissingSource[]): boolean =>
  missingSources.some(({ source }) => source.name === name);

/** A message for the operator about invalid thresholds; undefined if they are valid. */
export function policyProblem({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string | undefined {
  const usable = suspiciousFrom >= 0 && suspiciousFrom <= maliciousFrom && maliciousFrom <= 100;
  return usable ? undefined : 'The verdict thresholds must lie between 0 and 100, suspicious not above malicious.';
}

/** Changes whenever the same evidence could lead to another verdict. */
function versionOf({ maliciousFrom, suspiciousFrom }: VerdictPolicy): string {
  return `1;malicious-from=${maliciousFrom};suspicious-from=${suspiciousFrom}`;
}

/** The rules that apply without accusing evidence: `gate` if a source is missing, else `nothing`. */
function gatewayReasons(
  evidence: readonly WeighedReason[],
  missingSources: readonly MissingSource[],
  own: SourceAnswers,
  host: SourceAnswers | undefined,
): readonly WeighedReason[] {
  const effects = evidence.map(reason => reason.effect);
  if (effects.includes('MALICIOUS') || effects.includes('SUSPICIOUS')) return [];
  const applicable = applicableAnswers(own);
  if (missingSources.length > 0 || applicable.length === 0) return [gateReason(missingSources)];
  if (effects.some(effect => effect !== null)) return [];
  return [nothingReason(own.answers, applicable, host !== undefined)];
}

function isConflicting(reasons: readonly WeighedReason[], { answers }: SourceAnswers, policy: VerdictPolicy): boolean {
  const accusers = reasons.filter(({ effect }) => effect === 'MALICIOUS' || effect === 'SUSPICIOUS');
  return answers.some(answer => {
    if (answer.kind !== 'SCORE' || answer.evidence === null) return false;
    const { score, benignSources } = answer.evidence;
    const isAccusedByAnother = accusers.some(({ source }) => source !== null && source !== answer.source.name);
    const isScoredLow = severityBandOf(score, policy) === 'low';
    return (accusers.length > 0 && benignSources.length > 0) || (isScoredLow && isAccusedByAnother);
  });
}

/** The same evidence under the same policy has the same id, independent of order, cache and time. */
function idOf(
  own: SourceAnswers,
  host: SourceAnswers | undefined,
  conclusion: Omit<Verdict, 'id' | 'summary'>,
): string {
  const parts = [indicatorKey(own.indicator), evidenceIn(own), host ? evidenceIn(host) : null, conclusion];
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
