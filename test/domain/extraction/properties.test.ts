import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defang, indicatorKey, parseIndicator } from '../../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../../src/domain/indicator/model.ts';
import { extractIndicators } from '../../setup/extract.ts';
import { hosts, indicators, otherDigits } from './values.ts';
import { wrappings, wrappingsOfOneValue } from './wrappings.ts';

const keysIn = (text: string): readonly string[] => extractIndicators(text).map(indicatorKey);

/** Behind a sign, another script may be a path or the next word: both are given, and the shorter one is meant here. */
function shorterReadings(keys: readonly string[]): readonly string[] {
  const isLonger = (key: string): boolean =>
    keys.some(other => /[^a-z0-9]$/iu.test(other) && key.startsWith(other) && (key[other.length] ?? '') > '\x7F');
  return keys.filter(key => !isLonger(key));
}
const spellings = fc.constantFrom((indicator: Indicator): string => indicator.value, defang);
const runs = { numRuns: 150 };

test.each(wrappings)('among $name, in $pattern, an indicator of any type is found exactly', ({ wrap, isFor }) => {
  fc.assert(
    fc.property(indicators, spellings, (indicator, spell) => {
      fc.pre(isFor(indicator.type));
      expect(shorterReadings(keysIn(wrap(spell(indicator))))).toEqual([indicatorKey(indicator)]);
    }),
    runs,
  );
});

test.each(wrappingsOfOneValue)(
  'among $name, $pattern as one value is the indicator or a problem',
  ({ wrap, isFor }) => {
    fc.assert(
      fc.property(indicators, spellings, (indicator, spell) => {
        fc.pre(isFor(indicator.type));
        const read = parseIndicator(wrap(spell(indicator)));
        if (read.indicator) expect(indicatorKey(read.indicator)).toBe(indicatorKey(indicator));
        else expect(read.problem).toMatch(/^\S.{20,}\.$/su);
      }),
      runs,
    );
  },
);

test('of several indicators, each decorated in its own way, all are found and nothing else', () => {
  const written = fc.tuple(indicators, spellings, fc.constantFrom(...wrappings));
  fc.assert(
    fc.property(fc.array(written, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', ' \n\n'), (list, between) => {
      const usable = list.filter(([{ type }, , { isFor }]) => isFor(type));
      const text = usable.map(([indicator, spell, { wrap }]) => wrap(spell(indicator))).join(between);
      expect(shorterReadings(keysIn(text))).toEqual([...new Set(usable.map(([indicator]) => indicatorKey(indicator)))]);
    }),
    { numRuns: 1_000 },
  );
});

test('refanging is idempotent: what was found is found again, from its plain and from its defanged spelling', () => {
  fc.assert(
    fc.property(fc.array(indicators, { maxLength: 6 }), spellings, (list, spell) => {
      const once = extractIndicators(list.map(spell).join('\n'));
      for (const again of spellingsOf(once)) expect(keysIn(again)).toEqual(once.map(indicatorKey));
    }),
    { numRuns: 500 },
  );
});

const spellingsOf = (found: readonly Indicator[]): readonly string[] =>
  [(indicator: Indicator): string => indicator.value, defang].map(spell => found.map(spell).join('\n'));

/** What stands inside a name, and whether the text behind it may be a name of its own. */
const disturbances: readonly (readonly [string, { readonly divides: boolean }])[] = [
  ...['[-]', '\u200B', '\u00AD', '%65', 'ｅ', 'ⓔ'].map(text => [text, { divides: false }] as const),
  ...['~', '!', '$', '|', '@', '{', '\\', '\uFFFD', '. ', ' .'].map(text => [text, { divides: true }] as const),
];

test.each(disturbances)('a name that %j disturbs is never taken for another one', (disturbance, { divides }) => {
  fc.assert(
    fc.property(hosts, host => {
      const [first, ...rest] = [host.slice(0, 1), ...host.slice(1).split('.')];
      const others = rest.map((_label, index) => `DOMAIN:${rest.slice(index).join('.')}`).slice(divides ? 1 : 0);
      expect(keysIn(`${first}${disturbance}${rest.join('.')}`).filter(key => others.includes(key))).toEqual([]);
    }),
    runs,
  );
});

test('digits that are no digest of any kind are none, and no part of them is', () => {
  fc.assert(
    fc.property(otherDigits, digits => {
      expect(keysIn(`${digits} "${digits}" (${digits}),${digits}.exe`)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

/** Without the dot of the root, and the space that somebody put behind a scheme. */
const written = (text: string): string => text.toLowerCase().replace(/\.(?=[/:])|(?<=:\/\/) /gu, '');

test('what is found in plain text stands in it, letter for letter: nothing is made up that a verdict could call clean', () => {
  const pieces = [
    'evil',
    '.example.org',
    '.',
    '-',
    '_',
    '@',
    '/',
    ':',
    'http://',
    'https://',
    ' ',
    '\n',
    ',',
    ';',
    '|',
    '>',
  ];
  const values = ['192.0.2.1', '2001:db8::1', '198.51.100.0/24', 'a', '1', '.zip', 'www', '0'.repeat(32), 'EVIL'];
  const texts = fc.array(fc.constantFrom(...pieces, ...values), { maxLength: 12 }).map(parts => parts.join(''));
  fc.assert(
    fc.property(texts, text => {
      for (const { type, value } of extractIndicators(text)) {
        // Only an empty path, the dot of the root, a block's zeros and an address's own short form are not written so.
        const spelled =
          type === 'URL' ? written(value.replace(/^https?:\/\//u, '')).replace(/\/$/u, '') : written(value);
        if (type !== 'IPV6' && type !== 'CIDR') expect(written(text)).toContain(spelled);
      }
    }),
    { numRuns: 5_000 },
  );
});
