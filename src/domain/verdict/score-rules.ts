/** What a score, its feeds and its signals count for. Pure. */
import type { IndicatorType } from '../indicator/model.ts';
import type { ScoreEvidence, SignalCount, VerdictLevel, VerdictPolicy } from './model.ts';
import { policyRules, type ScoreRule } from './policy.ts';
import { type SeverityBand, severityBandOf } from './severity-bands.ts';

export interface JudgedScore {
  readonly rule: ScoreRule;
  readonly effect: VerdictLevel | null;
}

const accusingRules: readonly (readonly [ScoreRule, (evidence: ScoreEvidence, band: SeverityBand) => boolean])[] = [
  ['high', (_, band) => band === 'high'],
  ['medium', (_, band) => band === 'medium'],
  ['malicious', ({ maliciousSources }) => maliciousSources.length > 0],
  ['suspicious', ({ suspiciousSources }) => suspiciousSources.length > 0],
  ['signals', evidence => urgentSignals(evidence).length > 0],
];

/** Every rule that applies, in the order of the policy. */
export function judgeScore(
  evidence: ScoreEvidence,
  type: IndicatorType,
  policy: VerdictPolicy,
): readonly JudgedScore[] {
  const band = severityBandOf(evidence.score, policy);
  const accusing = accusingRules.filter(([, applies]) => applies(evidence, band)).map(([rule]) => rule);
  const calm: ScoreRule = evidence.benignSources.length > 0 ? 'benign' : 'known';
  const hasContext = evidence.triageState !== null || evidence.logMatches !== null || evidence.lacksSeverities === true;
  const rules = [...(accusing.length > 0 ? accusing : [calm]), ...(hasContext ? (['context'] as const) : [])];
  return rules.map(rule => ({ rule, effect: lowered(effectOf(rule, evidence, type), evidence) }));
}

function effectOf(rule: ScoreRule, evidence: ScoreEvidence, type: IndicatorType): VerdictLevel | null {
  if (rule === 'high' && isOnlyBenign(evidence)) return 'SUSPICIOUS';
  if (rule === 'malicious' && !hashTypes.has(type)) return 'SUSPICIOUS';
  return policyRules.find(row => row.name === rule && row.kind !== 'LISTS')?.effect ?? null;
}

/** What is around it counts one step less. */
const lowered = (effect: VerdictLevel | null, { covering }: ScoreEvidence): VerdictLevel | null =>
  covering !== undefined && effect === 'MALICIOUS' ? 'SUSPICIOUS' : effect;

const hashTypes: ReadonlySet<IndicatorType> = new Set(['MD5', 'SHA1', 'SHA256', 'SHA512']);

const isOnlyBenign = ({ benignSources, maliciousSources, suspiciousSources }: ScoreEvidence): boolean =>
  benignSources.length > 0 && maliciousSources.length + suspiciousSources.length === 0;

/** Signals of the severities that count; a count that is not known counts. */
export const urgentSignals = ({ signalSeverity }: Pick<ScoreEvidence, 'signalSeverity'>): readonly SignalCount[] =>
  signalSeverity.filter(
    ({ severity, count }) => /^(?:critical|high)$/i.test(severity ?? '') && (count === null || Number(count) > 0),
  );
