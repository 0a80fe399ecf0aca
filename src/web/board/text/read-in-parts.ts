/** Has the gateway find what a text holds, part by part, so that a text may be of any length. */
import { LookupError } from '../entry.ts';
import { halvesOf, partsOf, type TextPart } from './parts.ts';

/** A place of a text that holds an indicator, or what looks like one and could not be used. */
export type FoundPlace = TextPart &
  ({ readonly value: string; readonly problem?: undefined } | { readonly problem: string; readonly value?: undefined });

/** Rejects with LookupError. */
export type Extract = (text: string) => Promise<readonly FoundPlace[]>;

export type PartRead = TextPart &
  (
    | { readonly places: readonly FoundPlace[]; readonly failure?: undefined }
    | { readonly failure: LookupError; readonly places?: undefined }
  );

/** Yields the parts in order. One that is too large is halved; one that failed does not end the reading. */
export async function* readInParts(
  text: string,
  parts: readonly TextPart[],
  extract: Extract,
): AsyncGenerator<PartRead> {
  const waiting = parts.flatMap(part => partsOf(text, part));
  let refusal: LookupError | undefined;
  for (let part = waiting.shift(); part; part = waiting.shift()) {
    const read: PartRead = refusal ? { ...part, failure: refusal } : await readPart(text, part, extract);
    const halves = read.failure?.reason === 'TOO_LARGE' ? halvesOf(text, part) : [];
    if (read.failure?.reason === 'KEY_REQUIRED') refusal = read.failure;
    if (halves.length > 0) waiting.unshift(...halves);
    else yield read;
  }
}

async function readPart(text: string, { start, end }: TextPart, extract: Extract): Promise<PartRead> {
  try {
    const found = await extract(text.slice(start, end));
    return { start, end, places: found.map(one => ({ ...one, start: one.start + start, end: one.end + start })) };
  } catch (error) {
    const failure =
      error instanceof LookupError ? error : new LookupError('The gateway did not answer', undefined, false);
    return { start, end, failure };
  }
}
