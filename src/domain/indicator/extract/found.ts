import type { Indicator } from '../model.ts';
import type { TextSpan } from './mapped-text.ts';

/** An indicator and where it stands; or text that looks like one, and why it is none. */
export type Found = TextSpan &
  (
    | { readonly indicator: Indicator; readonly problem?: undefined }
    | { readonly problem: string; readonly indicator?: undefined }
  );

/** What is found, one after the other; undefined in between, so that a long search can be interrupted. */
export type Steps = Generator<Found | undefined>;

/** What was found in a part of a text, in places of the text. `from`: where the part begins. */
export const shifted = (found: Found, from: number): Found => ({
  ...found,
  start: found.start + from,
  end: found.end + from,
});

export const foundAt = (indicator: Indicator | undefined, start: number, length: number): Found | undefined =>
  indicator && { indicator, start, end: start + length };

/** The last two words, as far as they can be a label. */
export const lastWords = (before: string, word: string): string =>
  `${before.slice(before.lastIndexOf(' ') + 1)} ${word}`.slice(-60);
