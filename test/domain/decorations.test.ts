import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defang, indicatorKey, parseIndicator } from '../../src/domain/indicator/indicator.ts';
import { indicatorTypes } from '../../src/domain/indicator/model.ts';

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

const name = fc.domain().map(host => host.replace(/[^.]+$/u, 'example'));

const values = fc.oneof(
  name,
  fc.ipV4(),
  fc.ipV6().filter(address => /[1-9].*:.*[1-9]/u.test(address)),
  fc.tuple(fc.emailAddress(), name).map(([mail, host]) => `${mail.slice(0, mail.indexOf('@'))}@${host}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.webUrl().map(url => url.replace(/^http/u, 'hxxp')),
  fc.constantFrom(32, 40, 64, 128).chain(digits),
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`),
);

const decorations: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['`', '`,'],
  ['“', '”'],
  ['(', ')'],
  ['(', ').'],
  ['[', ']'],
  ['<', '>'],
  ['{', '}'],
  ['**', '**'],
  ['_', '_'],
  ['- ', ''],
  ['1. ', ''],
  ['• ', ''],
  ['', '.'],
  ['', ','],
  ['', ';'],
  ['', '!'],
  ['', '🔥'],
  ['🚨 ', ' 🚨'],
  ['►', ''],
  ['\u200B', '\u200B'],
  ['\uFEFF', ''],
  ['\uFFFD', '\uFFFD'],
  ['IOC: ', ''],
  ['url=', ''],
  ['', '%20'],
  ['> ', ''],
  ['| ', ' |'],
  ['', ' # seen twice'],
];

test.each(decorations)(
  'between %j and %j any indicator is that indicator or a problem, never another one',
  (before, behind) => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, isDefanged) => {
        const { indicator } = parseIndicator(value);
        fc.pre(indicator !== undefined && indicator.type !== 'OTHER');
        const text = `${before}${isDefanged ? defang(indicator) : indicator.value}${behind}`;
        for (const type of [undefined, indicator.type]) {
          const read = parseIndicator(text, type);
          if (read.indicator) expect(indicatorKey(read.indicator)).toBe(indicatorKey(indicator));
          else expect(read.problem).toMatch(/^\S.{20,}\.$/su);
        }
      }),
      { numRuns: 300 },
    );
  },
);

test('two indicators in one value are a problem, never one of them', () => {
  const between = fc.constantFrom(' ', ', ', '; ', ' | ', ' and ', ' -> ', ' → ', '\u00a0', ' / ', ' = ', '","', ' <');
  fc.assert(
    fc.property(values, values, between, (one, two, separator) => {
      const [first, second] = [one, two].map(value => parseIndicator(value).indicator);
      fc.pre(first !== undefined && second !== undefined && second.type !== 'EMAIL');
      fc.pre(first.type !== 'OTHER' && second.type !== 'OTHER');
      const read = parseIndicator(`${first.value}${separator}${second.value}`);
      expect(read.indicator).toBeUndefined();
      expect(read.problem).toMatch(/^\S.{20,}\.$/su);
    }),
    { numRuns: 1_000 },
  );
});

const noise = fc
  .array(
    fc.constantFrom(
      ...[
        '- ',
        '1. ',
        'url: ',
        'http',
        'hxtp',
        '://',
        ':',
        '//',
        '\\',
        '\\.',
        '[',
        ']',
        '(',
        ')',
        '<',
        '>',
        '"',
        "'",
        ' dot ',
      ],
      ...[
        ' at ',
        '@',
        '.',
        '[,]',
        '[.]',
        '🔥',
        '\u200B',
        '%20',
        '%2f',
        'evil',
        '.org',
        '192.0.2.1',
        '/32',
        '::ffff:',
        ' ',
        '…',
      ],
      ...['{{', '}}', '$', '%', '-', '_', '*', '=', 'mailto:', 'md5 ', 'd41d8cd98f00b204e9800998ecf8427e', '.exe'],
    ),
    { maxLength: 10 },
  )
  .map(parts => parts.join(''));

test('what was read is read again as the same, however often', () => {
  fc.assert(
    fc.property(noise, fc.constantFrom(undefined, ...indicatorTypes), (text, type) => {
      const { indicator } = parseIndicator(text, type);
      fc.pre(indicator !== undefined);
      const again = parseIndicator(indicator.value, type && indicator.type).indicator;
      expect(again && indicatorKey(again)).toBe(indicatorKey(indicator));
    }),
    { numRuns: 3_000 },
  );
});

test('text that is read as OTHER by guess holds no address, name under a public suffix, digest or URL between spaces', () => {
  fc.assert(
    fc.property(
      values,
      fc.constantFrom('see ', 'a b ', 'x, '),
      fc.constantFrom('', ' and', ', y'),
      (value, before, behind) => {
        const { indicator } = parseIndicator(value);
        fc.pre(!/[,;|'()[\]]/u.test(value));
        fc.pre(indicator !== undefined && ['URL', 'IPV4', 'MD5', 'SHA1', 'SHA256', 'SHA512'].includes(indicator.type));
        const read = parseIndicator(`${before}${indicator.value}${behind}`);
        expect(read.problem).toContain(defang(indicator).slice(0, 20));
      },
    ),
    { numRuns: 500 },
  );
});

const pieces = [
  ...[
    '(',
    ')',
    '[',
    '](',
    '"',
    "'",
    '*',
    '_',
    '~',
    '`',
    '<',
    '>',
    '.',
    '..',
    ':',
    ',',
    '🔥',
    '\u200B',
    '%20',
    '%2f',
    '-',
    '- ',
    '1. ',
  ],
  ...[
    'url: ',
    'ip ',
    'md5 ',
    'a dot ',
    'a at ',
    '\\.',
    '\\',
    '[,]',
    '[/]',
    '[:]',
    '{{',
    '{{a',
    '$' + '{',
    '%',
    '<%',
    'x/1 ',
  ],
  ...[
    'http',
    'hx',
    'h*',
    'http:',
    'http:/',
    'http://',
    'http[:',
    'x://',
    'a.',
    'a.com ',
    'a@',
    'a@b.com ',
    '1.1.1.1 ',
    '1.',
    '::1 ',
    ':',
    'f',
  ],
  ...['<a@b.com>', 'http://a.com/)', 'http://a.com/🔥', '中a.com', 'é.'],
];

test.each(pieces)('the time for a long value made of %j stays short, however it goes on', piece => {
  const timeOf = (length: number): number => {
    const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
    const start = process.threadCpuUsage().user;
    for (const type of [undefined, 'URL', 'DOMAIN', 'OTHER'] as const) parseIndicator(text, type);
    return process.threadCpuUsage().user - start;
  };
  timeOf(2_000);
  const small = Math.min(timeOf(500), timeOf(500));
  // Four times the text: 4 if linear, 16 if quadratic. Below 4 ms, the clock and the garbage collector dominate.
  expect(Math.min(timeOf(2_000), timeOf(2_000))).toBeLessThan(8 * Math.max(small, 4_000));
  // What no indicator can be as long as is refused before any of it is read.
  expect(timeOf(1_000_000)).toBeLessThan(100_000);
});
