/** Rows that nobody asked for: of what is around a value or of its own host they are put aside, any other is a mistake. */
import { expect, it } from 'vitest';
import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import type { RecordsSubject } from '../../src/sources/argus/facts.ts';
import { toDomains, toValues } from '../../src/sources/argus/search/enclosing.ts';

const subjects = (...values: readonly string[]): readonly RecordsSubject[] =>
  values.map(value => ({ indicator: parseIndicator(value).indicator as Indicator, credential: undefined as never }));

it.each([
  ['http://evil.example.org/x', 'url'],
  ['bob@evil.example.org', 'email'],
  ['http://example.net/x', 'url'],
  ['bob@example.net', 'email'],
])('a search for domains may bring %s, whose host was asked for or is above one that was', (value, type) => {
  const attribute = toDomains(subjects('evil.example.org', 'www.example.net'));
  expect(attribute(value, type)).toEqual({ exact: [], covered: [] });
});

it.each([
  ['http://other.example.org/x', 'url'],
  ['bob@other.example.org', 'email'],
  ['other.example.org', 'domain'],
])('a search for domains that brings %s is not understood', (value, type) => {
  expect(toDomains(subjects('evil.example.org', 'www.example.net'))(value, type)).toBeUndefined();
});

it.each(['198.51.100.0/24', '2001:db8::/32', 'example.net', '*.example.net'])(
  'a search for values may bring %s, which lies around one of them',
  value => {
    const attribute = toValues(subjects('198.51.100.7', '203.0.113.9', '2001:db8::1', 'www.example.net'));
    expect(attribute(value, value.includes('/') ? 'ip' : 'domain')).toEqual({ exact: [], covered: [] });
  },
);

it.each(['192.0.2.0/24', '2001:db9::/32', 'example.com', 'xample.net'])(
  'a search for values that brings %s, which lies around none of them, is not understood',
  value => {
    const attribute = toValues(subjects('198.51.100.7', '203.0.113.9', '2001:db8::1', 'www.example.net'));
    expect(attribute(value, value.includes('/') ? 'ip' : 'domain')).toBeUndefined();
  },
);
