/** What Datadog's answers count for in a verdict. Pure. */
import type { ScoreEvidence, SignalCount } from '../../domain/verdict/model.ts';
import type { ThreatFact } from './mapping.ts';
import { mayHaveSignals } from './need.ts';

/** Undefined: not known to Datadog. */
const evidenceIn = ({ threat, covering, isRow }: ThreatFact): ScoreEvidence | undefined =>
  threat === null
    ? undefined
    : {
        ...(covering !== undefined && { covering }),
        ...(isRow && mayHaveSignals(threat) && { lacksSeverities: true }),
        score: threat.score,
        maliciousSources: threat.maliciousSources,
        suspiciousSources: threat.suspiciousSources,
        benignSources: threat.benignSources,
        categories: threat.categories,
        signalSeverity: threat.signalSeverity,
        triageState: threat.triageState,
        logMatches: threat.logMatches,
      };

/** What several matchers say together; null: none knows it. */
export function evidenceOf(facts: readonly ThreatFact[]): ScoreEvidence | null {
  const all = facts.map(evidenceIn).filter(evidence => evidence !== undefined);
  return all.length === 0 ? null : all.reduce(joinEvidence);
}

/** The worst of both. They may have matched the same logs, so numbers are not added up. */
function joinEvidence(a: ScoreEvidence, b: ScoreEvidence): ScoreEvidence {
  const names = (list: 'maliciousSources' | 'suspiciousSources' | 'benignSources' | 'categories') => [
    ...new Set([...a[list], ...b[list]]),
  ];
  const covering = a.covering ?? b.covering;
  return {
    ...(covering !== undefined && { covering }),
    ...((a.lacksSeverities || b.lacksSeverities) && { lacksSeverities: true }),
    score: larger(a.score, b.score),
    maliciousSources: names('maliciousSources'),
    suspiciousSources: names('suspiciousSources'),
    benignSources: names('benignSources'),
    categories: names('categories'),
    signalSeverity: joinSignals([...a.signalSeverity, ...b.signalSeverity]),
    triageState: a.triageState === 'REVIEWED' ? 'REVIEWED' : (b.triageState ?? a.triageState),
    logMatches: larger(a.logMatches, b.logMatches),
  };
}

/** One count of each severity, the largest; one that is not known counts for more than any. */
function joinSignals(signals: readonly SignalCount[]): readonly SignalCount[] {
  const groups = Map.groupBy(signals, ({ severity }) => severity);
  return [...groups].map(([severity, counts]) => ({
    severity,
    count: counts.some(({ count }) => count === null)
      ? null
      : counts.map(({ count }) => count).reduce((most, count) => larger(most, count)),
  }));
}

const larger = <Amount extends number | string>(a: Amount | null, b: Amount | null): Amount | null =>
  a === null || (b !== null && Number(b) > Number(a)) ? b : a;
