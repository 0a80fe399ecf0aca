/** What one page of a search is taken for: its rows, how many there are, whether it may have been cut. */
import { describe, expect, it } from 'vitest';
import { mayBeCut, pageOf } from '../../src/sources/argus/page.ts';

const body = (rest: object) => ({
  responseCode: 200,
  limit: 100,
  offset: 0,
  count: 2,
  size: 2,
  metaData: {},
  messages: [],
  data: [{}, {}],
  ...rest,
});
const rows = (length: number) => Array.from({ length }, () => ({}));
const requested = 1000;
const page = (rest: object) => pageOf(body(rest), requested);

describe('the limit', () => {
  it.each([
    [100, 100],
    [1, 1],
    [1000, 1000],
    [0, 1000],
    [-5, 1000],
    [1001, 1000],
    [null, 1000],
  ])('of %j is taken for %j where the rows are counted', (limit, expected) => {
    expect(page({ limit }).limit).toBe(expected);
  });

  it.each([
    [null, null, 3, 3],
    [null, null, 0, 1],
    [null, null, 2000, 1000],
    [50, null, 3, 50],
    [0, null, 3, 1000],
    [null, 3, 3, 1000],
  ])('of %j with a count of %j and %j rows is taken for %j', (limit, count, length, expected) => {
    expect(page({ limit, count, data: rows(length) }).limit).toBe(expected);
  });
});

describe('the count', () => {
  it.each([
    [5, 2, 5],
    [2, 2, 2],
    [0, 0, 0],
    [0, 2, null],
    [-1, 2, null],
    [-1, 0, null],
    [null, 2, null],
  ])('of %j beside %j rows is taken for %j', (count, length, expected) => {
    expect(page({ count, data: rows(length) }).count).toBe(expected);
  });
});

describe('something may be left out', () => {
  const warning = { type: 'WARNING', message: 'x', messageTemplate: 'some.template' };
  it.each([
    ['a warning', { messages: [warning] }, 'some.template'],
    ['a warning behind a notification', { messages: [{ type: 'NOTIFICATION' }, warning] }, 'some.template'],
    ['a message of no type', { messages: [{}] }, 'message'],
    [
      'a message whose template is no name',
      { messages: [{ ...warning, messageTemplate: 'bob@example.org' }] },
      'message',
    ],
    ['a flag', { metaData: { other: false, partialResult: true } }, 'metaData.partialResult'],
    ['a flag whose name is no word', { metaData: { 'a b': true } }, 'metaData.flag'],
    ['data of null without a code', { data: null, responseCode: null }, 'responseCode'],
  ])('with %s', (_, rest, reason) => {
    expect(page(rest).partialReason).toBe(reason);
  });

  it.each([
    ['a notification', { messages: [{ type: 'NOTIFICATION' }, { type: 'info' }] }],
    ['flags that are not set', { metaData: { partialResult: false, text: 'true', number: 1 } }],
    ['data of null with a code', { data: null }],
    ['no rows and no code', { data: [], responseCode: null }],
    ['rows and no code', { responseCode: null }],
  ])('not with %s', (_, rest) => {
    expect(page(rest).partialReason).toBeUndefined();
  });
});

it.each([undefined, null, 'text', [], {}, { data: 'text' }])('a body without a list of rows is no page: %j', given => {
  expect(() => pageOf(given, requested)).toThrow('not documented');
});

it.each([
  [24, 100, false],
  [25, 100, true],
  [26, 100, false],
  [99, 100, false],
  [100, 100, true],
  [7, 7, true],
  [8, 7, true],
  [0, 1, false],
])('a page of %j rows under a limit of %j may be cut: %j', (length, limit, expected) => {
  expect(mayBeCut({ rows: rows(length), limit })).toBe(expected);
});
