/** Which calls share a search while all slots are busy, and what becomes of them where it gets none. */
import { expect, it } from 'vitest';
import { UpstreamError, type UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { createBatchQueue, type PendingCall, type QueuedSearch } from '../../src/sources/argus/search/batch-queue.ts';
import { turn } from '../cache/controlled-source.ts';

/** A search that the test gives a slot, or none. */
interface HeldSearch extends QueuedSearch {
  fail(problem: unknown): Promise<void>;
}

const failure = (kind: UpstreamErrorKind) => new UpstreamError('ARGUS', kind, 'Failed by the test.');

function openQueue(size: number) {
  const state = { size, now: 1000 };
  const searches: HeldSearch[] = [];
  const batches: number[] = [];
  const rejected: [name: string, problem: unknown][] = [];
  const send = ({ take, members }: QueuedSearch) => {
    const { promise, reject } = Promise.withResolvers<void>();
    const fail = (problem: unknown) => {
      reject(problem);
      return turn();
    };
    searches.push({ take, members, fail });
    return promise;
  };
  const options = {
    onBatch: (values: number) => batches.push(values),
    maxValues: () => state.size,
    now: () => state.now,
  };
  const enqueue = createBatchQueue(send, options);
  const leavers = new Map<string, AbortController>();
  const names = new Map<PendingCall, string>();

  async function ask(name: string, deadlineAt = 9000, partition = 'p') {
    const leaver = new AbortController();
    const request = { partition, need: { withOld: false, withCovering: false, properties: [] } };
    const pending = {
      criterion: 'value',
      call: { request, signal: leaver.signal, deadlineAt: () => deadlineAt },
      reject: (problem: unknown) => rejected.push([name, problem]),
    } as unknown as PendingCall;
    leavers.set(name, leaver);
    names.set(pending, name);
    enqueue(pending);
    await turn();
  }

  const namesOf = (calls: readonly PendingCall[] = []) => calls.map(call => names.get(call));
  return {
    state,
    searches,
    batches,
    rejected,
    ask,
    askTogether: (...asked: readonly string[]) => Promise.all(asked.map(name => ask(name))),
    leave: (name: string) => leavers.get(name)?.abort(),
    take: (index: number) => namesOf(searches[index]?.take()),
    members: (index: number) => namesOf(searches[index]?.members()),
  };
}

it('Calls of one turn of the event loop share as many searches as their number needs', async () => {
  const { askTogether, take, searches, batches } = openQueue(2);
  await askTogether('a', 'b', 'c');
  expect(searches).toHaveLength(2);
  expect([take(0), take(1)]).toEqual([['a', 'b'], ['c']]);
  expect(batches).toEqual([2, 1]);
});

it('A call that arrives while a search waits for a slot joins it, unless its credential is another', async () => {
  const { ask, take, members, searches } = openQueue(2);
  await ask('a');
  await ask('b');
  await ask('c', 9000, 'another');
  expect(searches).toHaveLength(2);
  expect(members(0)).toEqual(['a', 'b']);
  expect([take(0), take(1)]).toEqual([['a', 'b'], ['c']]);
});

it('A call that arrives after a search was sent is not one of its members', async () => {
  const { ask, take, members, searches } = openQueue(2);
  await ask('a');
  take(0);
  await ask('b');
  expect([members(0), members(1)]).toEqual([['a'], ['b']]);
  expect(searches).toHaveLength(2);
});

it('A search whose callers have all gone takes nothing, and is not counted', async () => {
  const { ask, leave, take, batches } = openQueue(2);
  await ask('a');
  leave('a');
  expect(take(0)).toEqual([]);
  expect(batches).toEqual([]);
});

it('A search that still waits with nothing to take is joined by the next call', async () => {
  const { ask, askTogether, leave, take, searches } = openQueue(1);
  await askTogether('a', 'b');
  leave('b');
  expect(take(0)).toEqual(['a']);
  await ask('c');
  expect(searches).toHaveLength(2);
  expect(take(1)).toEqual(['c']);
});

it('What does not fit any more, as searches have become smaller, is searched for next, with who asks meanwhile', async () => {
  const { ask, askTogether, state, take, searches } = openQueue(3);
  await askTogether('a', 'b', 'c');
  expect(searches).toHaveLength(1);
  state.size = 2;
  expect(take(0)).toEqual(['a', 'b']);
  await ask('d');
  expect(searches).toHaveLength(2);
  expect(take(1)).toEqual(['c', 'd']);
});

it('What does not fit any more is searched for also where nobody asks again', async () => {
  const { askTogether, state, take, searches } = openQueue(3);
  await askTogether('a', 'b', 'c');
  state.size = 2;
  take(0);
  await turn();
  expect(searches).toHaveLength(2);
  expect(take(1)).toEqual(['c']);
});

it('Where the search that was sent fails, its own calls fail, and nobody else does', async () => {
  const { ask, take, searches, rejected } = openQueue(2);
  await ask('a');
  take(0);
  await ask('b');
  const problem = failure('TIMED_OUT');
  await searches[0]?.fail(problem);
  expect(rejected).toEqual([['a', problem]]);
  expect(take(1)).toEqual(['b']);
});

it('Where no slot came free in time, calls with time left wait on, and are joined by the next', async () => {
  const { ask, leave, state, take, searches, rejected } = openQueue(9);
  await ask('late', 2000);
  await ask('gone');
  await ask('just late', 2001);
  await ask('early', 2002);
  leave('gone');
  state.now = 2001;
  const problem = failure('TIMED_OUT');
  await searches[0]?.fail(problem);
  expect(rejected).toEqual(['late', 'gone', 'just late'].map(name => [name, problem]));
  await ask('next');
  expect(searches).toHaveLength(2);
  expect(take(1)).toEqual(['early', 'next']);
});

it.each([
  ['Argus is unavailable', failure('UNAVAILABLE')],
  ['something fails that is not of Argus', Object.assign(new Error('by the test'), { kind: 'TIMED_OUT' })],
])('Where no slot came free because %s, no call waits on', async (_, problem) => {
  const { ask, leave, searches, rejected } = openQueue(9);
  await ask('late', 500);
  await ask('early');
  await ask('gone');
  leave('gone');
  await searches[0]?.fail(problem);
  expect(rejected).toEqual(['late', 'early', 'gone'].map(name => [name, problem]));
  expect(searches).toHaveLength(1);
  await ask('next');
  expect(searches).toHaveLength(2);
});

it('Where there is room for fewer searches than wait, the newest calls fail, and nobody whose search still waits', async () => {
  const { askTogether, searches, take, rejected } = openQueue(2);
  await askTogether('a', 'b', 'c', 'd', 'e');
  expect(searches).toHaveLength(3);
  const overload = failure('OVERLOADED');
  await searches[1]?.fail(overload);
  expect(rejected).toEqual([['e', overload]]);
  expect([take(0), take(2)]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

it('Where the circuit opens, every search that waits fails, and every call with it', async () => {
  const { askTogether, searches, rejected } = openQueue(2);
  await askTogether('a', 'b', 'c');
  await Promise.all(searches.map(search => search.fail(failure('UNAVAILABLE'))));
  expect(rejected.map(([name]) => name).sort()).toEqual(['a', 'b', 'c']);
});

it('Where a search is refused because too little time is left, its calls fail once, though their deadline is still to come', async () => {
  const { ask, searches, rejected } = openQueue(2);
  await ask('a', 9000);
  const late = failure('TIMED_OUT');
  await searches[0]?.fail(late);
  expect(rejected).toEqual([['a', late]]);
  expect(searches).toHaveLength(1);
});
