import { expect, test } from 'vitest';
import { type Change, createWriteBehind } from '../../src/cache/redis/write-behind.ts';

const set = (key: string, size = 2): Change => ({ key, json: 'x'.repeat(size), ttlMs: 1, order: 0 });
const remove = (key: string): Change => ({ key, order: 0 });

/** A Redis that accepts each chunk only when the test releases it. */
function held() {
  const sent: (readonly Change[])[] = [];
  const dropped: Change[] = [];
  let release = () => {};
  const writes = createWriteBehind({
    send: chunk => {
      sent.push(chunk);
      return new Promise<void>(resolve => {
        release = resolve;
      });
    },
    onDropped: changes => dropped.push(...changes),
  });
  async function releaseAll(): Promise<void> {
    while (!writes.isIdle()) {
      release();
      await Promise.resolve();
    }
  }
  return { sent, dropped, writes, releaseAll };
}

test('changes go in the order they were made, sets and deletions apart, one chunk at a time', async () => {
  const { sent, writes, releaseAll } = held();
  writes.add([set('a'), set('b'), remove('a'), set('a')]);
  writes.add([remove('c')]);
  expect(sent).toHaveLength(1);
  await releaseAll();
  expect(sent.map(chunk => chunk.map(({ key, json }) => `${json === undefined ? 'delete' : 'set'} ${key}`))).toEqual([
    ['set a', 'set b'],
    ['delete a'],
    ['set a'],
    ['delete c'],
  ]);
});

test('a chunk holds at most five hundred changes, or a megabyte, or one that is larger', async () => {
  const { sent, writes, releaseAll } = held();
  const megabyte = 1024 * 1024;
  writes.add(Array.from({ length: 1_201 }, (_, index) => set(`key ${index}`)));
  writes.add([set('large', 2 * megabyte), set('half', megabyte / 2), set('other half', megabyte / 2), set('last')]);
  await releaseAll();
  expect(sent.map(chunk => chunk.length)).toEqual([500, 500, 201, 1, 1, 2]);
});

test('what waits is bounded in number and in size; the rest is dropped and told', async () => {
  const many = held();
  many.writes.add(Array.from({ length: 30_000 }, (_, index) => set(`key ${index}`)));
  expect(many.dropped.length).toBe(10_000);
  const large = held();
  large.writes.add(Array.from({ length: 20 }, (_, index) => set(`key ${index}`, 1024 * 1024)));
  expect(large.dropped.length).toBe(13);
  await large.releaseAll();
  large.writes.add([set('room again')]);
  expect(large.dropped.length).toBe(13);
  expect(large.sent.at(-1)).toEqual([set('room again')]);
});

test('idle resolves when all is sent', async () => {
  const { writes, releaseAll } = held();
  writes.add([set('a')]);
  let isIdle = false;
  const idle = writes.idle().then(() => {
    isIdle = true;
  });
  await Promise.resolve();
  expect(isIdle).toBe(false);
  await releaseAll();
  await idle;
  expect(isIdle).toBe(true);
});
