import type { VerdictPolicy } from './model.ts';

export type SeverityBand = 'high' | 'medium' | 'low' | 'unknown';

/** The band of a score on the common scale of 0 to 100; `unknown` without a score. */
export function severityBandOf(score: number | null, { maliciousFrom, suspiciousFrom }: VerdictPolicy): SeverityBand {
  if (score === null || Number.isNaN(score)) return 'unknown';
  if (score >= maliciousFrom) return 'high';
  return score >= suspiciousFrom ? 'medium' : 'low';
}

/** Converts a list's confidence (0 to 1) to that scale. Rounded because 0.57 × 100 is 56.99999999999999. */
export function toPercent(confidence: number | null): number | null {
  return confidence === null ? null : Math.round(confidence * 1e8) / 1e6;
}
