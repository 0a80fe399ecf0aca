import type { VerdictPolicy } from './verdict.ts';

export type Band = 'high' | 'medium' | 'low' | 'unknown';

/** On the scale of 0 to 100 that both sources are measured on. */
export function bandOf(score: number | null, { maliciousFrom, suspiciousFrom }: VerdictPolicy): Band {
  if (score === null || Number.isNaN(score)) return 'unknown';
  if (score >= maliciousFrom) return 'high';
  return score >= suspiciousFrom ? 'medium' : 'low';
}

/** A list's confidence on that scale; plainly multiplied, 0.57 would be 56.99999999999999. */
export function percent(confidence: number | null): number | null {
  return confidence === null ? null : Math.round(confidence * 1e8) / 1e6;
}
