import fc from 'fast-check';
import { extractIOC } from 'ioc-extractor';
import { describe, expect, test } from 'vitest';
import { defang, indicatorKey, parseIndicator } from '../../src/domain/indicator/indicator.ts';
import { extractIndicators } from '../setup/extract.ts';
import { corpus } from './corpus.ts';

const found = (text: string): string[] => extractIndicators(text).map(indicatorKey);

describe.each(corpus)('in $text', ({ text, found: expected, differs }) => {
  test('exactly the indicators are found, in order of appearance', () => {
    expect(found(text)).toEqual(expected);
  });

  test(`ioc-extractor ${differs ? `answers otherwise: ${differs.because}` : 'agrees'}`, () => {
    const theirs = foundByIocExtractor(text);
    const ours = found(text).filter(key => !key.startsWith('CIDR:'));
    expect(ours.filter(key => !theirs.includes(key))).toEqual(differs?.ours ?? []);
    expect(theirs.filter(key => !ours.includes(key)).sort()).toEqual(differs?.theirs ?? []);
  });
});

function foundByIocExtractor(text: string): string[] {
  const { domains, emails, ipv4s, ipv6s, md5s, sha1s, sha256s, sha512s, urls } = extractIOC(text, {
    refang: true,
    punycode: true,
  });
  const byType = {
    DOMAIN: domains,
    EMAIL: emails,
    IPV4: ipv4s,
    IPV6: ipv6s,
    MD5: md5s,
    SHA1: sha1s,
    SHA256: sha256s,
    SHA512: sha512s,
    URL: urls,
  };
  return Object.entries(byType).flatMap(([type, values]) => values.map(value => `${type}:${value}`));
}

test('an indicator that appears twice, however spelt, is listed once, at its first place', () => {
  expect(found('evil.com 192.0.2.1 EVIL[.]com hxxp://evil.com/ 192[.]0[.]2[.]1 http://evil.com/')).toEqual([
    'DOMAIN:evil.com',
    'IPV4:192.0.2.1',
    'URL:http://evil.com/',
  ]);
});

test('an address that first appears as a version is found where it is an address', () => {
  expect(found('version 192.0.2.1 talks to 192.0.2.1')).toEqual(['IPV4:192.0.2.1']);
});

test('the search ends where it has found as many as were wanted', () => {
  expect(extractIndicators('one.com two.com three.com', 2).map(({ value }) => value)).toEqual(['one.com', 'two.com']);
  expect(extractIndicators('one.com', 0)).toEqual([]);
});

test('a URL too long to be asked about leaves its host', () => {
  expect(found(`http://evil.com/${'a'.repeat(3_000)}`)).toEqual(['DOMAIN:evil.com']);
});

const known = fc.oneof(
  fc
    .tuple(fc.constantFrom('evil', 'bad-1', 'a.b'), fc.constantFrom('com', 'co.uk', 'onion'))
    .map(([name, ending]) => `${name}.${ending}`),
  fc.ipV4().filter(address => !address.startsWith('0.')),
  fc.ipV6().filter(address => /\d.*\d/u.test(parseIndicator(address).indicator?.value ?? '')),
  fc.webUrl().filter(url => !/[.,;:!?*+&'()]$/u.test(url) && !/['()|;,]/u.test(url)),
  fc.constantFrom('bob@evil.com', 'd41d8cd98f00b204e9800998ecf8427e', '198.51.100.0/24', '2001:db8::/32'),
);

test('every indicator written into prose is found again, plain or defanged', () => {
  fc.assert(
    fc.property(fc.uniqueArray(known, { maxLength: 6 }), fc.boolean(), (values, isDefanged) => {
      const indicators = values.flatMap(value => parseIndicator(value).indicator ?? []);
      const written = indicators.map(indicator => (isDefanged ? defang(indicator) : indicator.value));
      const keys = [...new Set(indicators.map(indicatorKey))];
      for (const [open, close] of [
        ['', ''],
        ['(', ').'],
        ['"', '",'],
        ['<', '>;'],
      ]) {
        expect(found(`We saw ${written.map(value => `${open}${value}${close}`).join(' and ')}`)).toEqual(keys);
      }
    }),
    { numRuns: 500 },
  );
});

test('whatever the text, everything found is an indicator in canonical spelling, and nothing is thrown', () => {
  const noise = fc.array(
    fc.constantFrom(
      'evil',
      '.',
      'com',
      '[.]',
      '@',
      '://',
      'http',
      '/',
      ':',
      '(',
      ')',
      ' ',
      '1',
      '192.0.2.1',
      '\uD800',
      '\uE000',
      '%',
      '-',
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        noise.map(parts => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      text => {
        for (const indicator of extractIndicators(text)) {
          expect(indicator.type).not.toBe('OTHER');
          expect(parseIndicator(indicator.value, indicator.type).indicator).toEqual(indicator);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

const pieces = [
  '.',
  'a',
  'a.',
  '://',
  'a://',
  '[.]',
  ' [',
  '(',
  'a@',
  '1.1.1.1/',
  'a.com/',
  'a:',
  'a://b.com,',
  'http://a.com/(',
];
const formats = [
  '&amp;',
  '\\n',
  '\\u0061',
  '=\n',
  'http://a=\n',
  '=41',
  'http://a,',
  'http://a.com;',
  'https%3a%2f%2f',
  '%2f',
  '\\\\a.com@80\\',
  '🔥',
  'a🔥.com',
  'hxxps[:/',
  '_a',
  'a.sh\n',
  'a.sh,',
  'a.sh ',
  '[www].',
  'a > 1.1.1.1.1 ',
  'IPは1.1.1.1',
  '0'.repeat(32),
  `${'0'.repeat(32)}_`,
  'https://www.google.com/url?q=',
  '"a","b":',
  '{"',
  '[[a]',
];
const hostile = [
  ...pieces,
  ...formats,
  '%',
  'a.中',
  '\uE000',
  'a.com ',
  '[[.]',
  ' [.',
  `http://a/${')'.repeat(4_000)} `,
];

/** One half of the text, then the other. */
const halves = [
  ['ja3_', ' abc;http://h/a;'],
  ['a.io ', '\naaa.io a.sh\n'],
  ['1.1.1.1,', '\nhttp://a.com/b,c\n'],
] as const;

test.each([...hostile.map(piece => [piece, ''] as const), ...halves])(
  'time grows with the length of a text made of %j and %j, not faster',
  (piece, other) => {
    const timeOf = (length: number): number => {
      const half = (of: string): string =>
        of.repeat(of === '' ? 0 : Math.ceil(length / (other === '' ? 1 : 2) / of.length));
      const text = half(piece) + half(other);
      const start = process.threadCpuUsage().user;
      extractIndicators(text);
      return process.threadCpuUsage().user - start;
    };
    timeOf(16_384);
    const small = Math.min(timeOf(16_384), timeOf(16_384));
    // Eight times the text: 8 if linear, 64 if quadratic. Below 20 ms, the clock and the garbage collector dominate.
    expect(timeOf(131_072)).toBeLessThan(24 * Math.max(small, 20_000));
  },
);
