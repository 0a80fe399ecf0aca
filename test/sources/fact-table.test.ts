/** The facts of one operation: what is asked for, how often, and which outcome a field reads. */
import { describe, expect, it } from 'vitest';
import type { FactOutcome, FactRequest } from '../../src/cache/fact-kind.ts';
import { UpstreamError } from '../../src/http-client/errors.ts';
import { createFactTable } from '../../src/sources/fact-table.ts';
import type { Operation } from '../../src/sources/source.ts';

interface Key {
  readonly about: string;
  readonly need: readonly string[];
  /** Leaves nothing of the fact, which is an absence then. */
  readonly isFiltered?: boolean;
}
type Need = readonly string[];
type Wanted = FactRequest<string, Need, Need>;
type Fetched = FactOutcome<Need> | Error;

const failed: FactOutcome<Need> = { error: new UpstreamError('ARGUS', 'UNAVAILABLE', 'No.') };
const refused: FactOutcome<Need> = { error: new UpstreamError('ARGUS', 'DENIED', 'No.') };
const found = (fact: Need, servedFrom: 'LIVE' | 'CACHE' | 'STALE_CACHE' = 'LIVE'): FactOutcome<Need> => ({
  ...{ fact, servedFrom, staleBecause: null, fetchedAt: 0, heardAt: 0 },
});

/** `memory`: what it has, which is too old for a filter. `fetched`: what the calls bring, one after the other. */
function open({ memory, fetched = [] }: { readonly memory?: Need; readonly fetched?: readonly Fetched[] }) {
  const asked: (readonly Need[])[] = [];
  const holds = (fact: Need, need: Need) => need.every(part => fact.includes(part));
  const satisfies = (fact: Need, request: Wanted) => request.isAbsence === undefined && holds(fact, request.need);
  const table = createFactTable<Key, string, Need, Need>({
    operation: { versions: new Map(), reduceMaxAge() {} } as unknown as Operation,
    credential: { partition: 'p', headers: () => ({}), reload: () => false },
    textOf: ({ about }) => about,
    needOf: ({ need }) => need,
    requestOf: ({ about, need, isFiltered }) => ({
      ...{ key: about, partition: 'p', subject: about, need, maxAgeMs: undefined },
      ...(isFiltered && { isAbsence: () => true }),
    }),
    withheld: () => undefined,
    joinNeeds: (a, b) => [...new Set([...a, ...b])],
    isFiltered: ({ isFiltered = false }) => isFiltered,
    facts: {
      offer: async () => {},
      isPart: () => false,
      contradiction: () => undefined,
      refused() {},
      covers: holds,
      contains: holds,
      satisfies: (outcome, request) => outcome.fact !== undefined && satisfies(outcome.fact, request),
      peek: requests =>
        memory && requests.every(request => satisfies(memory, request))
          ? {
              outcome: found(memory, 'CACHE'),
              served: { key: 'k', heardAt: 0, freshUntil: 1, isCurrent: () => true, count() {} },
            }
          : undefined,
      async getMany(requests) {
        const next = fetched[asked.length];
        asked.push(requests.map(({ need }) => need));
        if (next instanceof Error) throw next;
        return requests.map(() => next ?? failed);
      },
    },
  });
  const gather = async () => {
    await table.recall();
    return table.gather();
  };
  /** As an operation does: what is missing is wanted, and gathered, until it is there. */
  const read = async (key: Key) => {
    for (let wave = 0; wave < 5; wave += 1) {
      const outcome = table.find(key);
      if (outcome !== undefined) return outcome;
      table.want(key);
      await gather();
    }
    throw new Error('never there');
  };
  return { table, asked, read, gather };
}

describe('The table of facts', () => {
  it('asks once for all that is needed of a fact, and not where memory has it', async () => {
    const { table, asked, gather } = open({ memory: ['a'], fetched: [found(['a', 'b'])] });
    table.want({ about: 'x', need: ['a'] });
    expect([table.recall(), table.missing(), table.gather()]).toEqual([undefined, 0, undefined]);
    table.want({ about: 'x', need: ['b'] });
    await gather();
    expect(asked).toEqual([[['a', 'b']]]);
    expect(table.find({ about: 'x', need: ['a'] })).toEqual(found(['a', 'b']));
  });

  it('has a failed call cost only those who need more than was known', async () => {
    const { read, asked } = open({ fetched: [found(['a']), failed] });
    expect(await read({ about: 'x', need: ['a'] })).toEqual(found(['a']));
    expect(await read({ about: 'x', need: ['b'] })).toBe(failed);
    expect(await read({ about: 'x', need: ['a'] })).toEqual(found(['a']));
    expect(asked).toHaveLength(2);
  });

  it('shows nothing of what a credential had fetched once it is refused', async () => {
    const { read } = open({ fetched: [found(['a']), refused] });
    expect(await read({ about: 'x', need: ['a'] })).toEqual(found(['a']));
    expect(await read({ about: 'x', need: ['b'] })).toBe(refused);
    expect(await read({ about: 'x', need: ['a'] })).toBe(refused);
  });

  it('shows a failed call to a filter that leaves nothing of an old fact, and does not ask again', async () => {
    const { read, asked } = open({ memory: ['a'], fetched: [failed, failed, failed] });
    expect((await read({ about: 'x', need: ['a'] })).fact).toEqual(['a']);
    const filtered = { about: 'x', need: ['a'], isFiltered: true };
    expect(await read(filtered)).toBe(failed);
    expect(await read(filtered)).toBe(failed);
    expect(asked).toHaveLength(1);
    expect((await read({ about: 'x', need: ['a'] })).fact).toEqual(['a']);
  });

  it('takes an answer that has less than was asked for as all that there is', async () => {
    const { read, asked } = open({ fetched: [found(['a'])] });
    expect(await read({ about: 'x', need: ['a', 'b'] })).toEqual(found(['a']));
    expect(asked).toHaveLength(1);
  });

  it('throws a bug where the fact is read, and never while gathering', async () => {
    const bug = new TypeError('ours');
    const { table } = open({ fetched: [bug] });
    table.want({ about: 'x', need: [] });
    await table.gather();
    expect(() => table.find({ about: 'x', need: [] })).toThrow(bug);
  });

  it('throws a bug of a refresh where the fact is read too', async () => {
    const bug = new TypeError('ours');
    const { read, table } = open({ fetched: [found(['a'], 'STALE_CACHE'), bug] });
    const key = { about: 'x', need: ['a'] };
    await read(key);
    await table.refresh([key]);
    expect(() => table.find(key)).toThrow(bug);
  });

  it('refreshes a fact once, however many ask for it, and says why it could not', async () => {
    const { read, table, asked } = open({ fetched: [found(['a'], 'STALE_CACHE'), failed] });
    const key = { about: 'x', need: ['a'] };
    await read(key);
    await table.refresh([key, key]);
    expect(asked[1]).toEqual([['a']]);
    expect(table.find(key)).toMatchObject({ fact: ['a'], staleBecause: 'UNAVAILABLE' });
  });
});
