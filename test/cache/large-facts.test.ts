/** A large fact is made into text in slices; nothing about it may differ from a small one's way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson, toJsonInSlices } from '../../src/cache/json.ts';
import { isSliceOver } from '../../src/slices.ts';
import { openControlled, turn } from './controlled-source.ts';

describe('The text of a large fact', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, Number.NaN, new Date(0), new Map(), () => {}, Symbol('x')),
  );
  const lists = fc.dictionary(
    fc.string(),
    fc.oneof(value, fc.array(fc.jsonValue(), { minLength: 101, maxLength: 350 })),
  );

  const long = Array.from({ length: 101 }, (_, at) => at);
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
  it.each([
    ['a member called __proto__', JSON.parse(`{"long":[${long}],"__proto__":1}`)],
    ['a list in the deepest place that a fact may have', { long: [...long, nested(61)] }],
    ['a list one deeper', { long: [...long, nested(62)] }],
    ['a list two deeper', { long: [...long, nested(63)] }],
    ['a member that is too deep', { long, member: nested(63) }],
  ])('is none or the same as of a short one: %s', async (_, fact) => {
    expect(await toJsonInSlices(fact)).toBe(toJson(fact));
  });

  it('is that of JSON.stringify, or none where JSON would change the fact', async () => {
    await fc.assert(
      fc.asyncProperty(lists, value, fc.nat(400), async (fact, odd, at) => {
        const longest = Object.values(fact).find(member => Array.isArray(member) && member.length > 100);
        if (Array.isArray(longest) && at < longest.length) longest.splice(at, 1, odd as never);
        expect(await toJsonInSlices(fact)).toBe(toJson(fact));
      }),
      { numRuns: 200 },
    );
  });

  it('is none for what is no plain object', async () => {
    class Holder {
      readonly items = Array.from({ length: 1000 }, (_, index) => index);
    }
    expect(await toJsonInSlices(new Holder())).toBeUndefined();
  });
});

/** Whatever looks at its slice in this turn of the event loop gives way. */
function useUpSlice(): void {
  isSliceOver();
  for (const began = performance.now(); performance.now() - began < 6; );
}

describe('A large fact that is being stored', () => {
  const parts = Array.from({ length: 2000 }, (_, index) => `part ${index}`);
  const isStored = async ({ facts, request, context }: ReturnType<typeof openControlled>) =>
    facts.peek([request()], context()) !== undefined;
  const settled = async (stored: () => Promise<boolean>, turns = 200) => {
    for (let times = 0; times < turns && !(await stored()); times += 1) await turn();
    return stored();
  };

  it('is served from memory as it came', async () => {
    const source = openControlled();
    const { outcome } = await source.ask();
    await source.sent[0]?.succeed('found', { parts });
    expect(await outcome).toMatchObject({ fact: { parts, note: 'found' }, servedFrom: 'LIVE' });
    expect(await (await source.ask()).outcome).toMatchObject({ fact: { parts }, servedFrom: 'CACHE' });
    expect(source.sent).toHaveLength(1);
  });

  it('is joined by who asks for it meanwhile', async () => {
    const source = openControlled();
    const { outcome } = await source.ask();
    useUpSlice();
    source.sent[0]?.succeed('found', { parts });
    const second = await source.ask();
    expect(await outcome).toMatchObject({ fact: { note: 'found' } });
    expect(await second.outcome).toMatchObject({ fact: { note: 'found' } });
    expect(source.sent).toHaveLength(1);
  });

  it.each([401, 403])('is not kept where its credential is refused with %i before it is stored', async status => {
    const source = openControlled();
    await source.ask(source.request(['a']));
    await source.ask(source.request(['b']));
    useUpSlice();
    source.sent[0]?.succeed('found', { parts: [...parts, 'a'] });
    await source.sent[1]?.fail('DENIED', status);
    expect(await settled(() => isStored(source))).toBe(false);
  });

  it('does not replace one that was fetched after it and is stored before it', async () => {
    const source = openControlled();
    await source.ask();
    source.pass(10);
    const { outcome } = await source.ask(source.request([], { maxAgeMs: 0 }));
    useUpSlice();
    source.sent[0]?.succeed('older', { parts });
    source.pass(10);
    await source.sent[1]?.succeed('newer');
    await outcome;
    for (let times = 0; times < 50; times += 1) await turn();
    expect(await (await source.ask()).outcome).toMatchObject({ fact: { note: 'newer' }, servedFrom: 'CACHE' });
  });
});
