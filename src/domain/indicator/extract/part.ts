/** A part of a word, with its place in the word. Pure. */

export interface Part {
  readonly text: string;
  readonly start: number;
}

export function trimPunctuation({ text, start }: Part): Part {
  const from = Math.max(0, text.search(/[^.:/+-]/u));
  return { text: text.slice(from).replace(/(?<![.:/+-])[.:/+-]{1,9}$/u, ''), start: start + from };
}

const otherLetter = /(?![\p{ASCII}\uE000])[\p{L}\p{M}]/u;

/** `IPは192.0.2.1`: addresses and hashes are ASCII, and other scripts may adjoin them. Empty where none does. */
export const asciiIn = ({ text, start }: Part): readonly Part[] =>
  otherLetter.test(text)
    ? [...text.matchAll(/[\p{ASCII}\uE000]{3,}/gu)].map(({ 0: run, index }) => ({ text: run, start: start + index }))
    : [];
