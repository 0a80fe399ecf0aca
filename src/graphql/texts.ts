/** Searches the texts that callers send for indicators: each once, for the limits and for the fields that answer. */
import { LRUCache } from 'lru-cache';
import { findIndicators } from '../domain/indicator/extract/extract.ts';
import type { Found } from '../domain/indicator/extract/found.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { Slices } from '../slices.ts';
import { operationLimits } from './limits.ts';

/** What a text holds. The search ends where it is more than an operation may name. */
export interface TextContent {
  /** The different ones, at most one more than an operation may name. */
  readonly indicators: readonly Indicator[];
  /** At most one more than `operationLimits.places`. */
  readonly places: readonly Found[];
}

export interface TextReader {
  /** Undefined: the text was not searched lately. */
  known(text: string): TextContent | undefined;
  /** Searches in slices; rejects where they end. */
  search(texts: readonly string[], slices: Slices): Promise<ReadonlyMap<string, TextContent>>;
}

/** What was found lately, for texts that are sent again. */
const bytesKept = 8 * 1024 * 1024;
/** Measured: an indicator and where it stands. */
const bytesPerPlace = 300;

/** `maxValues`: how many indicators an operation may name. */
export function createTextReader(maxValues: number): TextReader {
  const contents = new LRUCache<string, TextContent>({
    maxSize: bytesKept,
    sizeCalculation: ({ places }, text) => text.length * 2 + (places.length + 1) * bytesPerPlace,
  });

  function* searchIn(text: string): Generator<void, TextContent> {
    const indicators = new Map<string, Indicator>();
    const places: Found[] = [];
    for (const found of findIndicators(text)) {
      yield;
      if (found === undefined) continue;
      if (places.length <= operationLimits.places) places.push(found);
      if (found.indicator !== undefined) indicators.set(indicatorKey(found.indicator), found.indicator);
      if (indicators.size > maxValues) break;
    }
    const content = { indicators: [...indicators.values()], places };
    contents.set(text, content);
    return content;
  }

  return {
    known: text => contents.get(text),
    async search(texts, slices) {
      const found = new Map<string, TextContent>();
      for (const text of texts) {
        const steps = searchIn(text);
        let step = steps.next();
        for (; step.done !== true; step = steps.next()) if (slices.isOver()) await slices.next();
        found.set(text, step.value);
      }
      return found;
    },
  };
}
