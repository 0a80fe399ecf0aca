/** What a verdict is made of, and what it says. */
import type { Indicator, IndicatorType } from '../indicator/model.ts';
import type { SourceLabel, SourceName, SourceReport } from '../source-report.ts';

export type VerdictLevel = 'MALICIOUS' | 'SUSPICIOUS' | 'INCONCLUSIVE' | 'INFORMATIONAL' | 'BENIGN' | 'NO_MATCH';

/** What an operator may limit a list's effect to. */
export type ListCap = 'SUSPICIOUS' | 'INFORMATIONAL';

export interface VerdictPolicy {
  /** Bounds for all sources, 0 to 100, applied to a score and to a confidence × 100. */
  readonly maliciousFrom: number;
  readonly suspiciousFrom: number;
  /** Short name of a list, in lower case → the most that a record on it counts for. */
  readonly listCaps: Readonly<Record<string, ListCap>>;
}

/** Security signals of one severity that matched an indicator. */
export interface SignalCount {
  readonly severity: string | null;
  readonly count: number | string | null;
}

/** Evidence of a source that scores an indicator and collects the classification of feeds. */
export interface ScoreEvidence {
  /** The parent domain, host or block that the source answered about in place of the indicator. */
  readonly covering?: string;
  /** 0 to 100. */
  readonly score: number | null;
  readonly maliciousSources: readonly string[];
  readonly suspiciousSources: readonly string[];
  readonly benignSources: readonly string[];
  /** What the feeds call it: "hosting_proxy", "tor". */
  readonly categories: readonly string[];
  readonly signalSeverity: readonly SignalCount[];
  /** Signals matched, and nobody asked how severe they are: they could change no level. */
  readonly lacksSeverities?: true;
  readonly triageState: 'NOT_REVIEWED' | 'REVIEWED' | 'UNKNOWN' | null;
  readonly logMatches: number | string | null;
}

/** One record, the evidence of a source that keeps lists of indicators. */
export interface ListEvidence {
  /** For a person. */
  readonly list: string;
  readonly shortName: string;
  /** The record's own confidence, else its list's, 0 to 1. */
  readonly confidence: number | null;
  /** A deleted record is OLD. */
  readonly state: 'ACTIVE' | 'LATEST' | 'OLD' | 'UNKNOWN';
  /** RFC 3339, UTC. */
  readonly lastSeen: string | null;
}

/** A record that covers an indicator: that of a parent domain, or of a block or range around an address. */
export interface CoveringEvidence extends ListEvidence {
  readonly value: string;
}

/** Whether a source is known to hold indicators of a type: `IF_LISTED` where it says so itself. */
export type Witness = 'YES' | 'IF_LISTED' | 'NO';

/** What a verdict needs to know about a source in addition to its answers. */
export interface VerdictSource extends SourceLabel {
  /** What a NO_MATCH covers, for the summary: "logs of the last 30 days". */
  readonly coverage: string;
  /** The types whose absence this source can witness. */
  readonly witnesses: Readonly<Record<IndicatorType, Witness>>;
}

/** The evidence of a source, by its kind; null unless the report's status is MATCHED. */
export type Evidence =
  | { readonly kind: 'SCORE'; readonly evidence: ScoreEvidence | null }
  | {
      readonly kind: 'LISTS';
      readonly evidence: readonly ListEvidence[] | null;
      /** Of parent domains and enclosing blocks, also where the indicator itself is not listed; null: not to be found out. */
      readonly covering: readonly CoveringEvidence[] | null;
    };

export type SourceAnswer = Evidence & {
  readonly source: VerdictSource;
  readonly report: SourceReport;
  /** The source is known to hold indicators of this type, so that its NO_MATCH is an absence. */
  readonly isWitness: boolean;
};

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
