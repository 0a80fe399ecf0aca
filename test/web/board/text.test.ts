/** The parts of a pasted text, and the words for what became of them. */
import { describe, expect, it } from 'vitest';
import { LookupError } from '../../../src/web/board/entry.ts';
import { halvesOf, partsOf, type TextPart } from '../../../src/web/board/text/parts.ts';
import { outcomeOf, toPastedText, unreadWords, withPart } from '../../../src/web/board/text/pasted-text.ts';

const piecesOf = (text: string) => partsOf(text, { start: 0, end: text.length }).map(cutFrom(text));
const cutFrom =
  (text: string) =>
  ({ start, end }: TextPart) =>
    text.slice(start, end);

describe('the parts of a text', () => {
  it.each([
    ['lines', 'see evil.example.org\r\n'.repeat(5_000), /\n$/],
    ['a mail whose lines go on', `${'http://evil.example.=\norg/x '.repeat(3_000)}\n`.repeat(2), /[^=]\n$| $/],
    ['one line', '{"host":"evil.example.org"},'.repeat(4_000), /[,"]$/],
    ['text without any separator', '🚨'.repeat(40_000), /🚨$/u],
  ])('are together the text, and end where no indicator is cut: %s', (_, text, end) => {
    const pieces = piecesOf(text);
    expect(pieces.join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(32 * 1024);
      expect(piece).toMatch(end);
    }
  });

  it('are halved at a line end, and not any more where they are short', () => {
    const text = 'see evil.example.org\n'.repeat(101);
    const halves = halvesOf(text, { start: 0, end: text.length }).map(cutFrom(text));
    expect(halves.map(half => half.split('\n').length - 1)).toEqual([50, 51]);
    expect(halves.join('')).toBe(text);
    expect(halvesOf(text, { start: 0, end: 999 })).toEqual([]);
  });
});

describe('what is told of a text', () => {
  const failure = new LookupError('The gateway answered 503', 1, false);
  const afterFailures = (text: string, ...failed: readonly TextPart[]) =>
    failed.reduce(
      (pasted, part) => withPart(pasted, { ...part, failure }),
      withPart(toPastedText(1, text), { start: 0, end: text.length, places: [] }),
    );
  const text = 'one\r\ntwo\r\nthree\r\nfour\r\n';

  it.each([
    ['; line 2 was not read: The gateway answered 503', [{ start: 5, end: 10 }]],
    [
      '; lines 2 to 4 were not read: The gateway answered 503',
      [
        { start: 10, end: 23 },
        { start: 5, end: 10 },
      ],
    ],
    ['; line 3 from character 1 to 3 was not read: The gateway answered 503', [{ start: 10, end: 13 }]],
  ])('is each part that was not read, neighbours as one: %s', (words, failed) => {
    expect(unreadWords(afterFailures(text, ...failed))).toBe(words);
  });

  it('is nothing of a part that was read at the second attempt', () => {
    const failed = afterFailures(text, { start: 5, end: 10 });
    expect(unreadWords(withPart(failed, { start: 5, end: 10, places: [] }))).toBe('');
  });

  it('is not a line without an indicator in a report, where such lines are the rule', () => {
    const report = 'see 192.0.2.1\nNothing here.\nNor here.';
    const places = [{ start: 4, end: 13, value: '192.0.2.1' }];
    const read = withPart(toPastedText(1, report), { start: 0, end: report.length, places });
    expect(outcomeOf(read)).toBe('1 indicator found in the text');
  });
});
