import type { Indicator } from './indicator.ts';
import type { SourceName, SourceReport } from './report.ts';

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

/** Facts and reports to a verdict; `host` is what was heard about the host of a URL or e-mail address. Pure. */
export declare function judge(testimony: Testimony, host: Testimony | undefined, policy: VerdictPolicy): Verdict;
