/** What a terminal would obey instead of show, or would show as something else: controls, escapes, bidi, invisible. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const escaped = (character: string) =>
  [...Array(character.length).keys()]
    .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** Text from anywhere, safe on a terminal: what is not plainly visible stands there as its escape. JSON stays JSON. */
export const visible = (text: string): string => text.replace(unseen, escaped);

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const widthOf = (parts: readonly string[]) => parts.reduce((sum, part) => sum + (wide.test(part) ? 2 : 1), 0);

/** Exactly `width` terminal columns: cut with an ellipsis, or filled with spaces. */
export function fitted(text: string, width: number): string {
  const parts = [...characters.segment(text)].map(({ segment }) => segment);
  if (widthOf(parts) <= width) return text + ' '.repeat(width - widthOf(parts));
  while (parts.length > 0 && widthOf(parts) > width - 1) parts.pop();
  return `${parts.join('')}…${' '.repeat(width - 1 - widthOf(parts))}`;
}
