import { findIndicators } from '../../src/domain/indicator/extract/extract.ts';
import { indicatorKey } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';

/** The different indicators of a text, in order of first appearance; the search stops at `limit`. */
export function extractIndicators(text: string, limit = Number.POSITIVE_INFINITY): readonly Indicator[] {
  const found = new Map<string, Indicator>();
  if (limit <= 0) return [];
  for (const one of findIndicators(text)) {
    if (one?.indicator === undefined || found.has(indicatorKey(one.indicator))) continue;
    found.set(indicatorKey(one.indicator), one.indicator);
    if (found.size >= limit) break;
  }
  return [...found.values()];
}
