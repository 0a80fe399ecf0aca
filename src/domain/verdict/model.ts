/** What a verdict is made of, and what it says. */
import type { Indicator } from '../indicator/model.ts';
import type { SourceLabel, SourceName, SourceReport } from '../source-report.ts';

export type VerdictLevel = 'MALICIOUS' | 'SUSPICIOUS' | 'INCONCLUSIVE' | 'INFORMATIONAL' | 'BENIGN' | 'NO_MATCH';

/** Thresholds for all sources, 0 to 100, applied to a score and to a list's confidence × 100. */
export interface VerdictPolicy {
  readonly maliciousFrom: number;
  readonly suspiciousFrom: number;
}

/** Evidence of a source that scores an indicator and collects the classification of feeds. */
export interface ScoreEvidence {
  /** 0 to 100. */
  readonly score: number | null;
  readonly maliciousSources: readonly string[];
  readonly suspiciousSources: readonly string[];
  readonly benignSources: readonly string[];
  readonly triageState: 'NOT_REVIEWED' | 'REVIEWED' | 'UNKNOWN' | null;
  readonly logMatches: number | string | null;
}

/** One record, the evidence of a source that keeps lists of indicators. */
export interface ListEvidence {
  readonly list: string;
  /** The list's default confidence, 0 to 1. */
  readonly confidence: number | null;
  readonly state: 'ACTIVE' | 'LATEST' | 'OLD' | 'UNKNOWN';
}

/** What a verdict needs to know about a source in addition to its answers. */
export interface VerdictSource extends SourceLabel {
  /** What a NO_MATCH covers, for the summary: "logs of the last 30 days". */
  readonly coverage: string;
}

/** A source's report and evidence, by the kind of evidence; null unless the report's status is MATCHED. */
export type SourceAnswer = { readonly source: VerdictSource; readonly report: SourceReport } & (
  | { readonly kind: 'SCORE'; readonly evidence: ScoreEvidence | null }
  | { readonly kind: 'LISTS'; readonly evidence: readonly ListEvidence[] | null }
);

/** The answers of every source of the registry about one indicator, in the registry's order. */
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
