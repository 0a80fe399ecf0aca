/** Tells a pasted list (one indicator per line) from a text that the gateway must parse. Pure. */

/** More rows than anybody triages by eye, and as many as a page of tables shows without stutter. */
export const maxRows = 1_000;

export type Pasted = { readonly list: readonly string[] } | { readonly report: string };

/** A text is a list if no line of it has a space inside; anything else is parsed by the gateway as a report. */
export function readPasted(text: string): Pasted {
  const lines = linesOf(text);
  return lines.some(line => /[\s,;]/.test(line)) ? { report: text } : { list: lines };
}

export const linesOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/\r\n|[\n\r]/)
      .map(line => line.trim())
      .filter(line => line !== ''),
  ),
];
