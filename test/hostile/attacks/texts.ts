/** Texts and values that take much of the processor to read. */
import { type Attack, ask, list, repeat } from '../attack.ts';

const kilobyte = 1_024;
const ofLength = (unit: string, length: number): string =>
  unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const extractOf = (field: 'extract' | 'extractIndicators', text: string, more = ''): string =>
  ask(`query ($t: String!) { ${field}(text: $t) { ${field === 'extract' ? 'start length problem' : 'id'} } } ${more}`, {
    t: text,
  });

/** A point for each 4 KiB. */
const pointsOfText = (length: number): number => length / (4 * kilobyte);

/** Each a text of this many bytes, again and again the same words. */
const units = {
  'names of two labels': 'a.b ',
  'wrapped links': 'https://safe.example/?url=https%3A%2F%2Fsafe.example%2F%3Furl%3Dhttps%253A%252F%252Fx.example ',
  'soft line ends of mails': 'http://a.exam=\r\nple.org/=3D=2E ',
  'brackets and dots of defanging': 'a[.](dot){.}[at]hxxp[:]//',
  'colons of addresses': '::1:2:3:4:5:6:7/64-',
  'names of files': 'evil.exe.pdf.js.com/',
};

const costlyTexts: readonly Attack[] = Object.entries(units).map(([name, unit]) => ({
  title: `256 KiB of ${name}`,
  body: index => extractOf('extractIndicators', ofLength(unit, 256 * kilobyte - 8) + index),
  ...{ times: 4, atOnce: 4, told: [null, 'OPERATION_TOO_LARGE'], points: pointsOfText(256 * kilobyte) - 1 },
}));

const twenty = (distinct: boolean): string =>
  `query (${repeat(distinct ? 20 : 1, i => `$t${i}: String!`)}) { ${repeat(20, i => `a${i}: extractIndicators(text: $t${distinct ? i : 0}) { id }`)} }`;

export const texts: readonly Attack[] = [
  {
    title: 'a text of 256 KiB, extracted by 20 aliases, six times at once',
    body: () => ask(twenty(false), { t0: ofLength('a.b ', 256 * kilobyte) }),
    ...{ times: 6, atOnce: 6, told: [null], points: pointsOfText(256 * kilobyte) },
  },
  {
    title: '20 texts of 45 KB that differ by a character',
    body: () => ask(twenty(true), Object.fromEntries(list(20, i => [`t${i}`, `${ofLength('a.b ', 45_000)}${i}`]))),
    ...{ times: 6, atOnce: 6, told: ['OPERATION_TOO_LARGE'] },
  },
  {
    title: '20 texts of 12 KB that differ by a character',
    body: () => ask(twenty(true), Object.fromEntries(list(20, i => [`t${i}`, `${ofLength('a.b ', 12_000)}${i}`]))),
    ...{ times: 6, atOnce: 6, told: [null], points: 20 * 2 },
  },
  ...costlyTexts,
  {
    title: 'a text with an indicator at each of 9,900 places, by 20 aliases',
    body: () =>
      ask(
        `query ($t: String!) { ${repeat(20, i => `a${i}: extract(text: $t) { indicator { id value defanged } start length problem }`)} }`,
        { t: ofLength('1.2.3.4 ', 79_200) },
      ),
    ...{ times: 2, atOnce: 2, told: [null, 'OPERATION_TOO_LARGE'], points: pointsOfText(79_200) },
  },
  {
    title: '500 values of 1,850 percent signs',
    body: index =>
      ask('query ($v: [String!]!) { lookup(values: $v) { problem indicator { id host { id } } } }', {
        v: list(500, value => `https://h${index}-${value}.example.org/${'%25'.repeat(600)}`),
      }),
    ...{ times: 4, atOnce: 4, told: [null], points: 500 },
  },
  {
    title: '500 international names',
    body: index =>
      ask('query ($v: [String!]!) { lookup(values: $v) { problem indicator { id value } } }', {
        v: list(500, value => `${repeat(12, () => `bücher-ß-${'ü'.repeat(40)}`, '.')}.${index}-${value}.example`),
      }),
    ...{ times: 4, atOnce: 4, told: [null], points: 500 },
  },
];
