import { describe, expect, it } from 'vitest';
import { instant, int64, number, text } from '../../src/sources/tolerant-kinds.ts';
import {
  fieldOf,
  isObject,
  listOf,
  lose,
  partOf,
  type SentPart,
  tellLost,
  textsOf,
  wholeOf,
} from '../../src/sources/tolerant-read.ts';

const nothing = { score: null, comment: null, tags: [], total: null, seen: null };

function usersIn(part: SentPart) {
  const users = partOf(part, 'users');
  return (
    users && Object.fromEntries(Object.entries(users.sent).map(([name, sent]) => [name, textsOf(part, 'users', sent)]))
  );
}

const propertiesIn = (part: SentPart) =>
  listOf(part, 'properties')?.flatMap(sent => {
    const property = isObject(sent) ? partOf(part, 'properties', sent) : lose(part, 'properties');
    return property === null ? [] : [{ value: fieldOf(property, 'value', text) }];
  }) ?? null;

const answerIn = (part: SentPart) => ({
  score: fieldOf(part, 'score', number),
  comment: fieldOf(part, 'comment', text),
  tags: textsOf(part, 'tags'),
  total: fieldOf(part, 'total', int64),
  seen: fieldOf(part, 'seen', instant),
  users: usersIn(part),
  properties: propertiesIn(part),
});

function read(sent: SentPart['sent']) {
  const unreadable: string[] = [];
  const whole = wholeOf(sent);
  const data = answerIn(whole);
  tellLost(whole, field => unreadable.push(field));
  return { data, unreadable };
}

describe('an answer of which a part is not as documented', () => {
  it.each([
    ['a field of another type', { comment: {} }, { comment: null }, ['comment']],
    ['one item of a list', { tags: ['a', {}, null, 'b', [1]] }, { tags: ['a', 'b'] }, ['tags']],
    ['an object for a list', { tags: { a: true } }, { tags: [] }, ['tags']],
    ['a list for an object', { users: [] }, { users: null }, ['users']],
    [
      'one entry of a record',
      { users: { admin: ['x', {}], other: {} } },
      { users: { admin: ['x'], other: [] } },
      ['users'],
    ],
    ['a part of an item', { properties: [{ value: {} }] }, { properties: [{ value: null }] }, ['properties.value']],
    [
      'several fields, each once',
      { comment: [], tags: [{}, {}], total: 12.5 },
      { comment: null, tags: [], total: null },
      ['comment', 'tags', 'total'],
    ],
  ])('loses only that part: %s', (_, sent, expected, unreadable) => {
    const answer = read(sent);
    expect(answer.data).toMatchObject({ ...nothing, ...expected });
    expect(answer.unreadable).toEqual(unreadable);
  });

  it('leaves out the item that is none, and no other', () => {
    const sent = [{ value: 'a' }, 7, null, [], { value: {} }];
    expect(read({ properties: sent })).toMatchObject({
      data: { properties: [{ value: 'a' }, { value: null }] },
      unreadable: ['properties', 'properties.value'],
    });
  });

  it('stays as it was sent', () => {
    const sent = { tags: ['a', {}], comment: {} };
    read(sent);
    expect(sent).toEqual({ tags: ['a', {}], comment: {} });
  });

  it('is read in a time that grows with its size', () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? {} : 'a'));
    expect(read({ tags }).data.tags).toHaveLength(10_000);
  });
});

describe('a value that means one thing in several forms', () => {
  it.each([
    [
      text,
      [
        ['a', 'a'],
        [15_169, '15169'],
        ['', null],
        [' ', null],
        [null, null],
        [undefined, null],
      ],
    ],
    [
      (sent: unknown) => textsOf(wholeOf({ sent }), 'sent'),
      [
        [null, []],
        [undefined, []],
        ['a', ['a']],
        [7, ['7']],
        ['', []],
        [
          ['a', '', null, 7],
          ['a', '7'],
        ],
      ],
    ],
    [
      number,
      [
        [92.5, 92.5],
        ['92.5', 92.5],
        [' 7 ', 7],
        ['', null],
        [null, null],
      ],
    ],
    [
      int64,
      [
        [12, 12],
        ['12', 12],
        ['9223372036854775807', '9223372036854775807'],
        ['', null],
        [null, null],
      ],
    ],
  ] as const)('is understood in each', (kind, forms) => {
    for (const [sent, expected] of forms) expect(kind(sent)).toEqual(expected);
  });

  it.each([true, {}, 'very high', '1e400', '9'.repeat(400)])('is no number where it is %j', sent => {
    expect(number(sent)).toBeUndefined();
  });

  it.each([
    ['2026-06-03T18:55:42.108938Z', '2026-06-03T18:55:42.108938Z'],
    ['2026-06-03t18:55:42z', '2026-06-03T18:55:42Z'],
    ['2026-06-03 18:55:42', '2026-06-03T18:55:42Z'],
    ['2026-06-03T18:55:42.108938', '2026-06-03T18:55:42.108938Z'],
    ['2026-06-03T20:55:42.108938+0200', '2026-06-03T18:55:42.108938Z'],
    ['2026-06-03T18:55:42.123456789-05:30', '2026-06-04T00:25:42.123456789Z'],
    ['2026-06-03 18:55:42 UTC', '2026-06-03T18:55:42Z'],
    ['2026-06-03', '2026-06-03T00:00:00Z'],
    [1_780_512_942, '2026-06-03T18:55:42.000Z'],
    ['1780512942108', '2026-06-03T18:55:42.108Z'],
    ['0001-01-01T00:00:00Z', null],
    [0, null],
    [-1, null],
    ['', null],
  ])('is an instant: %j', (sent, expected) => {
    expect(instant(sent)).toBe(expected);
  });

  it.each([
    '2026-06-30T23:59:60Z',
    '2026-06-03T24:00:00Z',
    '+275760-09-13T00:00:00Z',
    '2026-02-30',
    '03/06/2026',
    '20260603',
    1e17,
    'never',
    {},
  ])('is no instant, or not one alone: %j', sent => {
    expect(instant(sent)).toBeUndefined();
  });
});
