/** What stands around a pasted value and can be no part of it: quotes, brackets, symbols, punctuation of a sentence. Pure. */

/** Symbols, punctuation and invisible characters beyond ASCII; not the ellipsis, which tells that text is cut off. */
const sign = /^[[\p{S}\p{P}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zs}]--[\0-\x7F…]]$/v;
/** ⓔvil.com is no vil.com: some symbols are letters to those who read them. */
const letterInFrame = /^(?:[\u{1F150}-\u{1F189}]|\(?[\p{L}\p{N}]\)?)$/u;
/** A sign that is no letter to the eye, nor ASCII. */
export const isSymbol = (character: string): boolean =>
  sign.test(character) && !letterInFrame.test(character.normalize('NFKC'));
const leadingSigns = new Set('"\'`,;<>|? ');
const trailingSigns = new Set('"`,;!?<>|\\ ');
/** Behind anything but a URL, which may end with them. */
const trailingUnlessUrl = new Set("'*~^");
const pairs = new Set("'*_~");
const closing: ReadonlyMap<string, string> = new Map(
  Object.entries({ ')': '(', ']': '[', '}': '{', '）': '（', '】': '【' }),
);
const opening: ReadonlyMap<string, string> = new Map([...closing].map(([close, open]) => [open, close]));

/** So many layers may lie around a value. */
const maxLayers = 16;

/** Most values: nothing is to be taken off, and the search for it would take longer than all other reading. */
const plainText = /^[a-z\d]$|^[a-z\d](?!\uFE0F?\u20E3).*(?<!%[\da-f]?)[a-z\d]$/iu;

/** Returns the text without what surrounds it. Emoji inside a name stay, and those that are a whole label of it. */
export function trimEdges(text: string): string {
  if (plainText.test(text)) return text;
  let bare = text;
  for (let layer = 0; layer < maxLayers; layer++) {
    const before = bare;
    for (const trim of [withoutPair, trimEnd, trimStart]) if (bare === before) bare = trim(before);
    if (bare === before) break;
  }
  return bare;
}

/** Pairs go first: `(http://evil.example/(x)` is a URL in brackets, or one that ends with one, and the pair decides. */
function withoutPair(text: string): string {
  const [first = ''] = text;
  const close = pairs.has(first) ? first : opensNothing(text) ? opening.get(first) : undefined;
  return text.length > 2 && close !== undefined && text.endsWith(close) ? text.slice(1, -1).trim() : text;
}

/** Escaped spaces and slashes, a rule of dashes, the keycaps of a numbered list. */
const otherBeginnings = /^(?:%(?:20|2f|0[9ad]))+|^-{2,}(?=[a-z\d])|^\d\uFE0F?\u20E3\s*/iu;

function trimStart(text: string): string {
  let start = 0;
  for (const character of text) {
    if (!leadingSigns.has(character) && !isSymbol(character)) break;
    start += character.length;
  }
  // Symbols directly before a dot are a label.
  if (text[start] === '.') start = text.slice(0, start).search(/[^\0-\x7F]*$/u);
  const rest = text.slice(start).replace(otherBeginnings, '');
  return opensNothing(rest) ? rest.slice(1) : rest;
}

/** It begins with a bracket that is closed nowhere, or by the last character. */
function opensNothing(text: string): boolean {
  const [open = ''] = text;
  const close = opening.get(open);
  if (close === undefined) return false;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return false;
  }
  return true;
}

const escapedSpace = /%(?:20|0[9ad])$/iu;

function trimEnd(text: string): string {
  const isUrl = text.includes('://');
  let unopened: ReadonlySet<number> | undefined;
  // What also begins the text is half of a pair.
  const isSurplus = (sign: string, place: number): boolean => {
    if (closing.has(sign)) {
      unopened ??= unopenedIn(text);
      return unopened.has(place);
    }
    return (
      trailingSigns.has(sign) || (!isUrl && trailingUnlessUrl.has(sign) && !text.startsWith(sign)) || isSymbol(sign)
    );
  };
  let end = text.length;
  for (;;) {
    const length = surplusLength(text.slice(Math.max(0, end - 3), end), sign => isSurplus(sign, end - 1));
    if (length === 0) return text.slice(0, end);
    end -= length;
  }
}

/** The length of the last character, or of the escaped space, that is not the value's own; 0: it is. */
function surplusLength(ending: string, isSurplus: (sign: string) => boolean): number {
  if (escapedSpace.test(ending)) return 3;
  const last = [...ending].at(-1) ?? '';
  // :: may end an IPv6 address, and .. a path; more dots tell that something is missing.
  if (last === '.' || last === ':') return ending.at(-2) === last ? 0 : 1;
  return isSurplus(last) ? last.length : 0;
}

/** The places of closing brackets that were not opened before. */
function unopenedIn(text: string): ReadonlySet<number> {
  const open = new Map<string, number>();
  const unopened = new Set<number>();
  for (let place = 0; place < text.length; place++) {
    const sign = text[place] ?? '';
    const opener = closing.get(sign);
    if (opening.has(sign)) open.set(sign, (open.get(sign) ?? 0) + 1);
    if (opener === undefined) continue;
    const count = open.get(opener) ?? 0;
    if (count === 0) unopened.add(place);
    else open.set(opener, count - 1);
  }
  return unopened;
}
