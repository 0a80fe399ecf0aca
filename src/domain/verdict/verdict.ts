import { createHash } from 'node:crypto';
import { hostOf, indicatorKey } from '../indicator/indicator.ts';
import type { SourceName } from '../source-report.ts';
import { gateText, hasWitness, nothingText } from './absence.ts';
import { isAccusing } from './level-strength.ts';
import { type MissingSource, missingAboutHost, missingSourcesIn } from './missing-sources.ts';
import type { ListEvidence, SourceAnswer, SourceAnswers, Verdict, VerdictPolicy, VerdictReason } from './model.ts';
import { policyProblem, positionOf, versionOf } from './policy.ts';
import {
  byWeight,
  coveringReasons,
  type Finding,
  findingsIn,
  ownReasons,
  relatedReasons,
  type WeighedReason,
} from './reasons.ts';
import { summarize } from './sentence.ts';
import { severityBandOf } from './severity-bands.ts';
import { fullDetail } from './wording.ts';

/**
 * Assesses the answers of all sources; `host` holds the answers about the host of a URL or e-mail address. Pure.
 *
 * The strongest effect wins. Without an accusation, a missing source makes it INCONCLUSIVE; so does an absence that no
 * source witnesses. Two cases that the rules do not show:
 * - For a URL or e-mail address without answers about its host (`host` missing, or about another indicator), every
 *   source counts as missing.
 * - `conflicting`: the indicator itself is accused, and a feed calls it benign, or one source scores it low without any
 *   accusation while another accuses it. An absent match, a failure and what is around it never conflict.
 *
 * Throws a RangeError for a policy that `policyProblem` finds fault with.
 */
export function assessVerdict(own: SourceAnswers, host: SourceAnswers | undefined, policy: VerdictPolicy): Verdict {
  const problem = policyProblem(policy);
  if (problem !== undefined) throw new RangeError(problem);
  const ownHost = hostOf(own.indicator);
  const hostAnswers = ownHost && host && indicatorKey(host.indicator) === indicatorKey(ownHost) ? host : undefined;
  const findings = findingsIn(own, policy);
  const hostFindings = hostAnswers ? findingsIn(hostAnswers, policy) : [];
  const itself = ownReasons(findings);
  const missingSources = [...missingSourcesIn(own), ...(ownHost ? missingAboutHost(hostAnswers, own) : [])];
  const evidence = [
    ...itself,
    ...coveringReasons(findings, 'it'),
    ...(hostAnswers ? relatedReasons(hostAnswers.indicator, hostFindings) : []),
    ...coveringReasons(hostFindings, 'its host'),
  ];
  const reasons = [...evidence, ...gatewayReasons(evidence, missingSources, own, hostAnswers)]
    .sort(byWeight)
    .map(toReason);
  const level = reasons[0]?.effect ?? 'INCONCLUSIVE';
  const missing = own.answers.map(({ source }) => source.name).filter(name => isMissing(name, missingSources));
  const conflicting = isConflicting(itself, findings, policy);
  const isCorroborated = itself.some(({ rule }) => rule === 'corroborated');
  const conclusion = { level, reasons, missing, conflicting, policyVersion: versionOf(policy) };
  const statement = {
    own,
    host: hostAnswers,
    level,
    findings,
    hostFindings,
    missingSources,
    isCorroborated,
    conflicting,
  };
  const texts = {
    id: () => idOf(own, hostAnswers, conclusion, missingSources),
    summary: () => summarize(statement),
  };
  return Object.assign(Object.create(textsWhenRead), { ...conclusion, [textsOf]: texts });
}

const textsOf = Symbol('texts');

/**
 * Made only where they are selected: they take longer than the judgement. The getters stand on one object for all verdicts,
 * because V8 keeps a description of each object that is made with a getter, until the next full collection.
 */
const textsWhenRead: Pick<Verdict, 'id' | 'summary'> &
  ThisType<{ readonly [textsOf]: { id(): string; summary(): string } }> = {
  get id() {
    return this[textsOf].id();
  },
  get summary() {
    return this[textsOf].summary();
  },
};

const toReason = ({ source, rule, effect, detail }: WeighedReason): VerdictReason => ({ source, rule, effect, detail });

const isMissing = (name: SourceName, missingSources: readonly MissingSource[]): boolean =>
  missingSources.some(({ source }) => source.name === name);

/** The rules that apply without an accusation: `gate` or `nothing`. */
function gatewayReasons(
  evidence: readonly WeighedReason[],
  missingSources: readonly MissingSource[],
  own: SourceAnswers,
  host: SourceAnswers | undefined,
): readonly WeighedReason[] {
  const effects = evidence.map(({ effect }) => effect);
  if (effects.some(isAccusing)) return [];
  const isKnown = effects.some(effect => effect !== null);
  if (missingSources.length > 0 || !(isKnown || hasWitness(own, host))) {
    const detail = gateText(missingSources, own, fullDetail);
    return [{ source: null, rule: 'gate', effect: 'INCONCLUSIVE', detail, position: positionOf('ANY', 'gate') }];
  }
  if (isKnown) return [];
  const detail = nothingText(own, host, fullDetail);
  return [{ source: null, rule: 'nothing', effect: 'NO_MATCH', detail, position: positionOf('ANY', 'nothing') }];
}

function isConflicting(itself: readonly WeighedReason[], findings: readonly Finding[], policy: VerdictPolicy): boolean {
  const accusers = itself.filter(({ effect }) => isAccusing(effect));
  if (accusers.length === 0) return false;
  return findings.some(finding => {
    if (finding.kind !== 'SCORE') return false;
    const { name } = finding.answer.source;
    const isAccuser = accusers.some(({ source }) => source === name);
    const isAccusedByAnother = accusers.some(({ source }) => source !== null && source !== name);
    const isScoredLow = severityBandOf(finding.evidence.score, policy) === 'low';
    return finding.evidence.benignSources.length > 0 || (isScoredLow && !isAccuser && isAccusedByAnother);
  });
}

/** The same evidence under the same policy has the same id, independent of order, cache and time. */
function idOf(
  own: SourceAnswers,
  host: SourceAnswers | undefined,
  conclusion: Omit<Verdict, 'id' | 'summary'>,
  missingSources: readonly MissingSource[],
): string {
  const missing = missingSources.map(({ source, cause, aboutHost }) => [source.name, cause, aboutHost]);
  const parts = [indicatorKey(own.indicator), evidenceIn(own), host ? evidenceIn(host) : null, conclusion, missing];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27);
}

const evidenceIn = ({ answers }: SourceAnswers): readonly unknown[] =>
  answers.flatMap(answer => [answer.report.status, answer.isWitness, isByDefault(answer), ...partsOf(answer)]);

const isByDefault = ({ report }: SourceAnswer): boolean => report.limits.includes('DEFAULT_MATCHER_ONLY');

function partsOf(answer: SourceAnswer): readonly unknown[] {
  if (answer.kind === 'LISTS') {
    const textOf = ({ list, shortName, confidence, state, lastSeen }: ListEvidence, value = '') =>
      JSON.stringify([list, shortName, confidence, state, lastSeen, value]);
    const covering = answer.covering?.map(record => textOf(record, record.value));
    return [answer.evidence?.map(record => textOf(record)).sort() ?? null, covering?.sort() ?? null];
  }
  if (answer.evidence === null) return [null];
  const { score, triageState, logMatches, signalSeverity, covering = null, ...named } = answer.evidence;
  const { maliciousSources, suspiciousSources, benignSources, categories } = named;
  const names = [maliciousSources, suspiciousSources, benignSources, categories].map(list => list.toSorted());
  return [score, names, triageState, logMatches, covering, signalSeverity.map(signal => JSON.stringify(signal)).sort()];
}
