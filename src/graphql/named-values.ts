/** Counts the values that an operation names, in arguments and in texts. */
import { once } from '../sources/once.ts';
import type { RunningCost } from './cost-meter.ts';
import { type CountedIndicators, countIndicators, indicatorIn, textOf } from './counted-indicators.ts';
import { cut } from './echo.ts';
import { operationLimits, tooLarge } from './limits.ts';

/** Counts the values in a text, which is searched once, and each time that it is given. */
export function addText(running: RunningCost, text: string, isPlaced: boolean): CountedIndicators {
  const { texts, valuesOfTexts, unread } = running;
  const bytes = Buffer.byteLength(text);
  if (bytes > operationLimits.textBytes) return countIndicators(0); // refused by its field
  if (!valuesOfTexts.has(text)) {
    valuesOfTexts.set(text, 0);
    running.textBytes += bytes;
  }
  if (running.textBytes > operationLimits.textBytes) {
    running.problem ??= tooLarge(
      `Too long: the texts of one operation may have ${operationLimits.textBytes} bytes together. Send them in parts.`,
    );
    return countIndicators(0);
  }
  const content = running.contentOf(text);
  if (content === undefined) {
    unread.add(text);
    return countIndicators(0);
  }
  texts.set(text, content);
  if (isPlaced) running.places += content.places.length;
  if (running.places > operationLimits.places)
    running.problem ??= tooLarge(
      `More than ${operationLimits.places} places of the texts hold indicators: send them in parts.`,
    );
  const { indicators } = content;
  const { count } = addNamed(running, indicators);
  valuesOfTexts.set(text, (valuesOfTexts.get(text) ?? 0) + count);
  return countIndicators(count, () => indicators);
}

/** Counts the values of an argument, and keeps the first ones as they were written. GraphQL takes a single value for a list. */
export function addNamed(running: RunningCost, given: unknown): CountedIndicators {
  const { named, maxValues, table } = running;
  const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  for (const value of list.slice(0, maxValues - named.length)) named.push(cut(textOf(value)));
  running.values += list.length;
  return countIndicators(
    list.length,
    once(() => list.slice(0, maxValues).flatMap(value => indicatorIn(value, table.parse) ?? [])),
  );
}
