import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/sources/argus/records/cursor.ts';
import { type CursorPosition, positionAfter } from '../../src/sources/argus/records/cursor-position.ts';

const key = { partition: 'p', identity: 'i' };

/** As the first release encoded them: clients have kept such texts. */
const released = {
  first:
    'mj5FG0gkjg56T82OAd59G3IaHnsiZGVsaXZlcmVkIjoxLCJ0b3RhbCI6bnVsbCwib2Zmc2V0IjoxLCJlZGdlU2l6ZSI6MCwiZ3JvdXAiOiJhIiwi' +
    'aW5Hcm91cCI6MSwidGFncyI6ImE0YXljXzgwIn0',
  later:
    'EFe-rzWN9wnNkig9Ad59G3IaHnsiZGVsaXZlcmVkIjo0LCJ0b3RhbCI6OSwib2Zmc2V0Ijo3LCJlZGdlU2l6ZSI6MiwiZ3JvdXAiOiJiIiwiaW5H' +
    'cm91cCI6MiwiYmFzZSI6ImEiLCJlZGdlIjoiYSIsInRhZ3MiOiJUZ2RBaFdLLVN5SjNkOVRkIiwiaXNJbmNsdXNpdmUiOnRydWUsInRvIjoyMCwi' +
    'ZnJvbSI6MTB9',
};

const first = positionAfter(
  undefined,
  { recordId: '1', value: 'a' },
  { afterValue: undefined, offset: 1, totalCount: null, isInclusive: undefined },
);

function later(): CursorPosition {
  const rows = [
    ['1', 'a'],
    ['2', 'a'],
    ['3', 'b'],
    ['4', 'B'],
  ] as const;
  const search = { afterValue: 'a', offset: 7, totalCount: 9, isInclusive: true };
  return rows.reduce<CursorPosition | undefined>(
    (position, [recordId, value]) => positionAfter(position, { recordId, value }, search),
    undefined,
  ) as CursorPosition;
}

describe('a cursor', () => {
  it('has the text that it had in every release', () => {
    expect(encodeCursor({ position: first, span: undefined }, key)).toBe(released.first);
    expect(encodeCursor({ position: later(), span: { from: 10, to: 20 } }, key)).toBe(released.later);
  });

  it('is read back as the position that it was made of', () => {
    expect(decodeCursor(released.first, key)).toEqual({ position: first, span: undefined });
    expect(decodeCursor(released.later, key)).toEqual({ position: later(), span: { from: 10, to: 20 } });
  });

  it('tells another query from a text that is not of this key', () => {
    expect(decodeCursor(released.later, { ...key, identity: 'j' })).toBe('of another query');
    expect(decodeCursor(released.later, { ...key, partition: 'q' })).toBe('invalid');
    expect(decodeCursor(`${released.later}x`, key)).toBe('invalid');
  });
});
