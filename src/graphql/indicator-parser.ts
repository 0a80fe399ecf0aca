import { LRUCache } from 'lru-cache';
import { type ParsedIndicator, parseIndicator } from '../domain/indicator/indicator.ts';
import type { IndicatorType } from '../domain/indicator/model.ts';

export type ParseIndicator = (text: string, type?: IndicatorType) => ParsedIndicator;

const maxTexts = 10_000;
const longestText = 300;

/** Remembers the texts that were read last: dashboards name the same ones again and again. */
export function createIndicatorParser(): ParseIndicator {
  const known = new LRUCache<string, ParsedIndicator>({ max: maxTexts });
  return (text, type) => {
    if (type !== undefined || text.length > longestText) return parseIndicator(text, type);
    const parsed = known.get(text) ?? parseIndicator(text);
    known.set(text, parsed);
    return parsed;
  };
}
