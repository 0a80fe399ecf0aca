import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cacheKey } from '../../src/sources/cache-key.ts';
import { partitionOf } from '../../src/sources/credential.ts';

/** Text that a careless separator would trip over. */
const awkward = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    ':',
    '::',
    '|',
    '\0',
    '\n',
    '1',
    '2:',
    '/',
    ' ',
    '"',
    '\\',
    '[',
    ',',
    'é',
    '\u0301',
    '😀',
  ),
  maxLength: 6,
});
const question = fc.record({
  source: fc.constantFrom('DATADOG', 'ARGUS'),
  credential: awkward,
  type: fc.constantFrom('DOMAIN', 'OTHER', 'URL'),
  value: awkward,
  matchers: fc.array(fc.oneof(awkward, fc.constantFrom('true', 'false', 'undefined', 'ip', 'domain')), {
    maxLength: 3,
  }),
});
type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;

const keyOf = ({ source, credential, type, value, matchers }: Question) =>
  cacheKey('1', source, partitionOf(credential, 'https://argus.example'), type, value, ...matchers);
const tupleOf = ({ source, credential, type, value, matchers }: Question) =>
  JSON.stringify([source, credential, type, value, matchers]);

// docs/decisions/cache-keys.md
describe('a cache key', () => {
  it('is equal if and only if it is the same question of the same credential', () => {
    const other = fc.oneof(
      question,
      fc.constant(undefined),
      fc.record({ shift: fc.constantFrom('value', 'matcher', 'credential') }),
    );
    fc.assert(
      fc.property(question, other, (one, change) => {
        const two = nearTo(one, change);
        return (keyOf(one) === keyOf(two)) === (tupleOf(one) === tupleOf(two));
      }),
      { numRuns: 100_000 },
    );
  }, 120_000);

  it('differs for credentials that differ by no more than a zero byte at the end', () => {
    expect(partitionOf('a', 'https://a.example')).not.toBe(partitionOf('a\0', 'https://a.example'));
  });

  it('tells nothing of the credential, and differs by the address that the credential is for', () => {
    const credential = 'user/key/secret';
    expect(partitionOf(credential, 'https://a.example')).toMatch(/^[\w-]{43}$/);
    expect(partitionOf(credential, 'https://a.example')).not.toBe(partitionOf(credential, 'https://b.example'));
    expect(cacheKey('1', 'ARGUS', partitionOf(credential, 'https://a.example'))).not.toContain('secret');
  });
});

/** The same, another one, or one whose text is cut at another place: the likeliest to be taken for the same. */
function nearTo(one: Question, change: Question | undefined | { shift: string }): Question {
  if (change === undefined) return { ...one, matchers: [...one.matchers] };
  if (!('shift' in change)) return change;
  const [first = '', ...rest] = one.matchers;
  if (change.shift === 'credential') return { ...one, credential: one.credential + one.type, value: one.value };
  if (change.shift === 'value') return { ...one, value: one.value + first, matchers: rest };
  return { ...one, matchers: one.matchers.join('').split('') };
}
