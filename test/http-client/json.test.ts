import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLarge, parseJson, parseLargeJson } from '../../src/http-client/json.ts';
import { UnreadableBody } from '../../src/http-client/json-survey.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

test.each([
  ['2147483648', 2_147_483_648],
  ['9007199254740991', 9_007_199_254_740_991],
  ['-9007199254740991', -9_007_199_254_740_991],
  ['9007199254740993', '9007199254740993'],
  ['-9007199254740993', '-9007199254740993'],
  ['9223372036854775807', '9223372036854775807'],
  ['0.12345678901234566', 0.123_456_789_012_345_66],
  ['1e5', 100_000],
  ['1.5E3', 1500],
  ['1777030801788', 1_777_030_801_788],
])('the number %s keeps its value', (text, value) => {
  expect(parse(`{"a":[${text}]}`)).toEqual({ a: [value] });
});

test('long digits inside a string stay as they are', () => {
  expect(parse('{"sha":"00001234567890123456789e5","n":1}')).toEqual({ sha: '00001234567890123456789e5', n: 1 });
  expect(parse('{"a\\"12345678901234567890":1,"b":12345678901234567890}')).toEqual({
    'a"12345678901234567890': 1,
    b: '12345678901234567890',
  });
});

test.each([
  ['a number beyond the doubles', '{"a":1e400}'],
  ['one that is below them', '{"a":-1e400}'],
  ['one of four hundred digits and a fraction', `{"a":${'9'.repeat(400)}.5}`],
  ['NaN', '{"a":NaN}'],
  ['Infinity', '{"a":Infinity}'],
  ['half an object', '{"a":'],
  ['nothing', ''],
  ['text after the end', '{}{}'],
  ['an open string', '"abc'],
  ['a string that ends in a backslash', '"abc\\'],
])('%s is unreadable', (_, text) => {
  expect(() => parse(text)).toThrow(UnreadableBody);
});

test('bytes that are not UTF-8 are unreadable, not quietly replaced', () => {
  expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(UnreadableBody);
});

test('a byte order mark is no mistake', () => {
  expect(parse('\uFEFF{"a":1}')).toEqual({ a: 1 });
});

test('sixty-four levels are read, one more is not', () => {
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  expect(parse(nested(64))).toBeDefined();
  expect(() => parse(nested(65))).toThrow(UnreadableBody);
});

test('millions of levels are refused before they cost anything', () => {
  const start = performance.now();
  expect(() => parse(`${'{"a":'.repeat(2_000_000)}1${'}'.repeat(2_000_000)}`)).toThrow(UnreadableBody);
  expect(() => parse('[{"a":'.repeat(1_000_000))).toThrow(UnreadableBody);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('brackets inside strings are no levels', () => {
  expect(parse(JSON.stringify('['.repeat(1000)))).toBe('['.repeat(1000));
});

const spelled = Array.from('__proto__', (letter, at) => {
  const code = letter.charCodeAt(0).toString(16).padStart(4, '0');
  return `${'__proto__'.slice(0, at)}\\u${at % 2 === 0 ? code : code.toUpperCase()}${'__proto__'.slice(at + 1)}`;
});

test.each(['__proto__', ...spelled])('the key "%s" is dropped', key => {
  const parsed = parse(`{"a":{"${key}":{"isAdmin":true},"b":1}}`);
  expect(JSON.stringify(parsed)).toBe('{"a":{"b":1}}');
  expect(Object.assign({}, parsed)).not.toHaveProperty('isAdmin');
});

/** A slow reference: what JSON.parse returns, but with the source text of integers that it would round. */
function oracle(text: string): unknown {
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
      ? context?.source
      : value,
  );
}

test('any JSON is read as JSON.parse reads it, but for the integers that it would round', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), text => {
      fc.pre(!text.includes('__proto__'));
      expect(parse(text)).toEqual(oracle(text));
    }),
    { numRuns: 2000 },
  );
});

test('every integer survives, at every position', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), { minLength: 1 }),
      fc.string(),
      (all, key) => {
        fc.pre(key !== '__proto__');
        const text = `{${JSON.stringify(key)}:[ ${all.join(' ,\n')} ]}`;
        const [read] = Object.values(parse(text) as Record<string, (number | string)[]>);
        expect(read?.map(BigInt)).toEqual(all);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('A large body, parsed in slices', () => {
  const parseBoth = async (text: string) => {
    const bytes = Buffer.from(text);
    expect(isLarge(bytes)).toBe(true);
    const atOnce = (() => {
      try {
        return { parsed: parseJson(bytes) };
      } catch (problem) {
        return { problem };
      }
    })();
    const inSlices = await parseLargeJson(bytes).then(
      parsed => ({ parsed }),
      problem => ({ problem }),
    );
    expect(inSlices).toEqual(atOnce);
    return inSlices;
  };
  const row = (index: number) =>
    `{"id":${2n ** 60n + BigInt(index)},"text":"é, ] } \\" [ {","more":[{"n":[${index},1]},{"__proto__":1}],"none":null}`;
  const rows = Array.from({ length: 6000 }, (_, index) => row(index)).join(' , ');

  test.each([
    ['a list among other fields', `{"count":9007199254740993,"data":[${rows}],"limit":25}`],
    ['a list below a list', `[[1],[${rows}],[2]]`],
    ['two lists', `{"a":[${rows}],"b":{"c":[1,2]},"d":[ ${rows} ]}`],
    ['a name that comes twice, its list last', `{"data":[],"data":[${rows}]}`],
    ['a name that comes twice, its list first', `{"data":[${rows}],"data":[7]}`],
    ['a list deeper inside', `{"a":{"data":[${rows}]}}`],
    ['the list alone', `[${rows}]`],
    ['one text', `"${'x'.repeat(400_000)}"`],
    ['the list of a name that is dropped', `{"__proto__":[${rows}],"a":1}`],
    ['a byte order mark', `\uFEFF{"data":[${rows}]}`],
  ])('is what it is at once: %s', async (_, text) => {
    expect(await parseBoth(text)).toHaveProperty('parsed');
  });

  test.each([
    ['a comma too many in the list', `{"data":[${rows},]}`],
    ['a comma too many between items', `{"data":[${rows},,${rows}]}`],
    ['a list that only spaces fill up', `{"data":[${' '.repeat(200_000)},${' '.repeat(200_000)}]}`],
    ['a bracket of another kind', `{"data":[${rows}}}`],
    ['a list without its end', `{"data":[${rows}`],
    ['text after the end', `{"data":[${rows}]}]`],
    ['a byte order mark inside', `{"data":[${rows},\uFEFF${rows}]}`],
    ['a number beyond all bounds', `{"data":[${rows},1e999]}`],
    ['too many levels', `{"data":[${rows},${'['.repeat(63)}${']'.repeat(63)}]}`],
  ])('is unreadable where it is at once: %s', async (_, text) => {
    expect(await parseBoth(text)).toHaveProperty('problem', expect.any(UnreadableBody));
  });

  test('leaves the others their turns', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await parseLargeJson(Buffer.from(`{"data":[${Array(12).fill(rows).join()}]}`));
    isOver = true;
    expect(turns).toBeGreaterThan(5);
  });
});
