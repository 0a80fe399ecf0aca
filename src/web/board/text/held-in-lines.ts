/** Which indicator each line of a list holds, for lines that are none themselves. */
import { onlyValueIn, textLines } from './lines.ts';
import { type Extract, type FoundPlace, readInParts } from './read-in-parts.ts';

/** The value in each line that holds exactly one. One request, or as few as the gateway takes. Rejects with LookupError. */
export async function findInLines(lines: readonly string[], extract: Extract): Promise<ReadonlyMap<string, string>> {
  const text = lines.join('\n');
  const places: FoundPlace[] = [];
  for await (const part of readInParts(text, [{ start: 0, end: text.length }], extract)) {
    if (part.failure) throw part.failure;
    places.push(...part.places);
  }
  return new Map(
    textLines(text, places).flatMap(line => {
      const value = onlyValueIn(line);
      return value === undefined ? [] : [[line.text, value] as const];
    }),
  );
}
