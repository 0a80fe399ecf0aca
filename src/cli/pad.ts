const wideGrapheme =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const widthOf = (parts: readonly string[]) => parts.reduce((sum, part) => sum + (wideGrapheme.test(part) ? 2 : 1), 0);

/** Returns text of exactly `width` terminal columns: cut with an ellipsis, or padded with spaces. */
export function pad(text: string, width: number): string {
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  if (widthOf(parts) <= width) return text + ' '.repeat(width - widthOf(parts));
  while (parts.length > 0 && widthOf(parts) > width - 1) parts.pop();
  return `${parts.join('')}…${' '.repeat(width - 1 - widthOf(parts))}`;
}
