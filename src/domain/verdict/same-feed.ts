/** Whether two names are those of one feed: "abuse.ch URLhaus" and "urlhaus". Pure. */

/** Words that say who publishes or that it is a list, not which one. */
const commonWords = new Set(
  'a abuse ch and blacklist blocklist by data database feed feeds for from indicator indicators intel intelligence ioc iocs list lists of online recent the threat threats'.split(
    ' ',
  ),
);

function distinctiveWords(name: string): ReadonlySet<string> {
  const folded = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = folded.split(/[^\p{L}\p{N}]+/u).filter(word => word !== '');
  const distinctive = words.filter(word => !commonWords.has(word));
  return new Set(distinctive.length > 0 ? distinctive : words);
}

/** True if the words of one name are all in the other, or if they are equal when written together. */
export function isSameFeed(a: string, b: string): boolean {
  const [left, right] = [distinctiveWords(a), distinctiveWords(b)];
  if (left.size === 0 || right.size === 0) return a === b;
  return left.isSubsetOf(right) || right.isSubsetOf(left) || [...left].join('') === [...right].join('');
}
