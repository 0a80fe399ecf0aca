/** Tells a list (one indicator per line) from a text that the gateway must parse. Pure. */

/** The lines without space around them, each once. Empty lines are left out. */
export const linesOf = (text: string): readonly string[] => [
  ...new Set(
    text
      .split(/\r\n|[\n\r]/)
      .map(line => line.trim())
      .filter(line => line !== ''),
  ),
];

/** It is a list if no line has a space, comma or semicolon inside. */
export const isList = (lines: readonly string[]): boolean => !lines.some(line => /[\s,;]/.test(line));
