/**
 * Records that are added, deleted or superseded between two pages of one search. Whatever moves, the values that did not
 * change are answered truly or not at all, and an addition costs nobody an answer.
 */
import { describe, expect, it } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import type { ArgusData } from '../../src/emulators/argus-data.ts';
import type { EmulatedRecord } from '../../src/emulators/argus-records.ts';
import { createDataSet } from '../../src/emulators/data-set.ts';
import { type Expected, problemsOf, type Told } from './judge.ts';
import { ask, playing, searchesOf } from './reading.ts';
import { apiKey, type Entry, type World } from './world.ts';

/** With `heavy` values of many records first in any order, so that a page ends among values with a single record. */
function createWorld(heavy: number): World & { readonly argus: ArgusData } {
  const dataSet = createDataSet({ now: Date.now() });
  const { argus } = dataSet;
  argus.addList({ shortName: 'sure', confidence: 0.9 });
  argus.keys.set(apiKey, { functions: ['viewReputationIndicators'], lists: 'all', descriptors: 'all' });
  const entries = Array.from({ length: 500 }, (_, index) => {
    const records = index < heavy ? 250 : index % 5 === 0 ? 0 : 1;
    const value = `n${String(index).padStart(3, '0')}.example.org`;
    for (let record = 0; record < records; record += 1) argus.add({ value, list: 'sure' });
    const kind = records > 0 ? ('activeHigh' as const) : ('unknown' as const);
    return { value, kind, records, deleted: 0, covering: 0 };
  });
  return { dataSet, entries, argus };
}

/** Changes records, knowing those before the page that comes next and those from it on; returns the values it changed. */
type Move = (argus: ArgusData, before: readonly EmulatedRecord[], from: readonly EmulatedRecord[]) => readonly string[];

const change = (argus: ArgusData, { id, value }: EmulatedRecord, changed: object): void => {
  argus.add({ id, value, list: 'sure', ...changed });
};
const copy = (argus: ArgusData, { value }: EmulatedRecord): string => argus.add({ value, list: 'sure' }).value;
const first = <Item>(items: readonly Item[]): Item => {
  if (items[0] === undefined) throw new Error('no page came before');
  return items[0];
};
const last = <Item>(items: readonly Item[]): Item => first(items.slice(-1));

const moves: Readonly<Record<string, Move>> = {
  'a record that was read is removed': (argus, before) => {
    argus.remove(first(before).id);
    return [first(before).value];
  },
  'a record that was read is flagged as deleted': (argus, before) => {
    change(argus, first(before), { deleted: Date.now() });
    return [first(before).value];
  },
  'a record that was read becomes old': (argus, before) => {
    change(argus, first(before), { state: 'old' });
    return [first(before).value];
  },
  'three records that were read are removed': (argus, before) => {
    const removed = before.slice(0, 3);
    for (const { id } of removed) argus.remove(id);
    return removed.map(({ value }) => value);
  },
  'the last record that was read is removed': (argus, before) => {
    argus.remove(last(before).id);
    return [last(before).value];
  },
  // The first of this page was read too where pages overlap.
  'the first record of that page is removed': (argus, _, from) => {
    argus.remove(first(from).id);
    return [first(from).value];
  },
  'the records on both sides of its edge are removed': (argus, before, from) => {
    for (const { id } of [last(before), first(from)]) argus.remove(id);
    return [last(before).value, first(from).value];
  },
  'one that was read is removed and one is added behind': (argus, before, from) => {
    argus.remove(first(before).id);
    return [first(before).value, copy(argus, last(from))];
  },
  'one that was read is removed and one is added before': (argus, before) => {
    argus.remove(last(before).id);
    return [last(before).value, copy(argus, first(before))];
  },
};

const additions: Readonly<Record<string, Move>> = {
  'a record is added among those that were read': (argus, before) => [copy(argus, first(before))],
  'three records are added among those that were read': (argus, before) =>
    before.slice(0, 3).map(record => copy(argus, record)),
  'a record is added among those to come': (argus, _, from) => [copy(argus, last(from))],
  'one is added among those that were read and one to come is removed': (argus, before, from) => {
    argus.remove(last(from).id);
    return [last(from).value, copy(argus, first(before))];
  },
};

interface Place {
  readonly behaviours: Partial<ArgusBehaviours>;
  /** Values of 250 records each, where a page has 2,500 rows. */
  readonly heavy?: number;
  /** The longest page. */
  readonly rows: number;
  /** Before which page it happens; `0`: before each but the first. */
  readonly page: number;
}

const places: Readonly<Record<string, Place>> = {
  'the second page of 2,500 rows': { behaviours: {}, heavy: 10, rows: 2500, page: 2 },
  'the second page of 100 rows': { behaviours: { limitCap: 100 }, rows: 100, page: 2 },
  'the second page of 100 rows, where 2,500 seem to be granted': {
    behaviours: { limitCap: 100, limitOver: 'silent' },
    rows: 100,
    page: 2,
  },
  'the second page of 100 rows, where 2,500 seem to be granted and nothing is counted': {
    behaviours: { limitCap: 100, limitOver: 'silent', count: 'unknown' },
    rows: 100,
    page: 2,
  },
  'the second page of 100 rows, where 2,500 seem to be granted and each page is counted': {
    behaviours: { limitCap: 100, limitOver: 'silent', count: 'page' },
    rows: 100,
    page: 2,
  },
  'the second page of 25 rows': { behaviours: { limitCap: 25 }, rows: 25, page: 2 },
  'the ninth page of 25 rows': { behaviours: { limitCap: 25 }, rows: 25, page: 9 },
};

const eachPage = { 'each page of 25 rows': { behaviours: { limitCap: 25 }, rows: 25, page: 0 } };

const table = (where: typeof places, what: Readonly<Record<string, Move>>) =>
  Object.entries(where).flatMap(([place, at]) =>
    Object.entries(what).map(([title, make]) => [title, place, at, make] as const),
  );

/** What is wrong about the values that did not change. */
async function expectTrueAnswers(at: Place, make: Move, useful: Expected['useful']): Promise<void> {
  const world = createWorld(at.heavy ?? 0);
  const changed: string[] = [];
  world.argus.beforePage = ({ page, before, from }) => {
    const isNow = at.page === 0 ? page > 1 && from.length > 1 : page === at.page && changed.length === 0;
    if (isNow) changed.push(...make(world.argus, before, from));
  };
  await playing(world, { behaviours: at.behaviours }, async bed => {
    const told = await ask(
      bed,
      world.entries.map(({ value }) => value),
      'verdict',
    );
    expect(changed.length).toBeGreaterThan(0);
    const others = world.entries.map((entry, index) => ({ entry, one: told[index] }));
    const wrong = others.filter(({ entry }) => !changed.includes(entry.value)).flatMap(each => wrongOf(each, useful));
    expect(wrong).toEqual([]);
    const pages = Math.ceil(world.argus.records.length / at.rows);
    expect(searchesOf(bed)).toBeLessThanOrEqual(pages + 1 + 32);
  });
}

function wrongOf({ entry, one }: { entry: Entry; one: Told | undefined }, useful: Expected['useful']): string[] {
  const { value, records } = entry;
  const problems =
    one &&
    problemsOf(one, {
      levels: [records > 0 ? 'MALICIOUS' : 'NO_MATCH'],
      records: { least: records, most: records },
      covering: 0,
      mayLackWitness: false,
      neverAbsent: false,
      useful,
    });
  return (problems ?? ['nothing was told about it']).map(problem => `${value}: ${problem}`);
}

describe('of 500 values', () => {
  it.each(table(places, moves))(
    '%s before %s, and no other value is falsely clean or loses a record',
    (_, _place, at, make) => expectTrueAnswers(at, make, 'nothing'),
  );

  it.each(table(places, additions))('%s before %s, and every other value is still heard', (_, _place, at, make) =>
    expectTrueAnswers(at, make, 'all'),
  );

  it.each(table(eachPage, { ...moves, ...additions }))(
    '%s before %s, and nothing is told wrongly',
    (_, _place, at, make) => expectTrueAnswers(at, make, 'nothing'),
  );
});
