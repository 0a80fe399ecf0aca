/** Cuts a text into parts that the gateway takes. Pure. */

/** A piece of a text, in UTF-16 units; `end` is the first one behind it. */
export interface TextPart {
  readonly start: number;
  readonly end: number;
}

/** At most 96 KiB in UTF-8; the gateway takes 256. */
const partLength = 32 * 1024;
/** Shorter text is never too large. */
const shortest = 1_000;

/** Parts end at a line's end where there is one, else at white space or a comma. */
export function partsOf(text: string, { start, end }: TextPart): readonly TextPart[] {
  const parts: TextPart[] = [];
  for (let from = start; from < end; from = parts.at(-1)?.end ?? end)
    parts.push({
      start: from,
      end: end - from <= partLength ? end : from + cutOf(text.slice(from, from + partLength)),
    });
  return parts;
}

/** For a part that the gateway called too large; empty where it is so short that this cannot help. */
export function halvesOf(text: string, { start, end }: TextPart): readonly TextPart[] {
  if (end - start < shortest) return [];
  const middle = start + cutOf(text.slice(start, Math.ceil((start + end) / 2)));
  return [
    { start, end: middle },
    { start: middle, end },
  ];
}

function cutOf(head: string): number {
  for (let at = head.lastIndexOf('\n'); at > 0; at = head.lastIndexOf('\n', at - 1)) {
    // A line of a mail that ends in "=" goes on in the next one.
    if (!/=\r?$/.test(head.slice(at - 2, at))) return at + 1;
  }
  const sign = Math.max(...[' ', '\t', '\r', ',', '"', '<'].map(separator => head.lastIndexOf(separator)));
  if (sign > 0) return sign + 1;
  return /[\ud800-\udbff]$/.test(head) ? head.length - 1 : head.length;
}
