import { describe, expect, it } from 'vitest';
import { createSlices, eachInSlices, giveWay, inTurn, isSliceOver, runInSlices } from '../src/slices.ts';

/** Longer than a slice, by the clock that slices look at. */
function workLong(): void {
  for (const began = performance.now(); performance.now() - began < 6; );
}
const eachStep = { stepsPerLook: 1 };

/** Counts the turns of the event loop until it is asked. */
function countTurns(): () => number {
  let turns = 0;
  let isCounting = true;
  const count = () => {
    turns += 1;
    if (isCounting) setImmediate(count);
  };
  setImmediate(count);
  return () => {
    isCounting = false;
    return turns;
  };
}

describe('Work in slices', () => {
  it('that fits into one makes no promise', () => {
    const done: number[] = [];
    expect(eachInSlices([1, 2, 3], item => void done.push(item))).toBeUndefined();
    expect(done).toEqual([1, 2, 3]);
  });

  it('leaves the others a turn after each slice, and makes every step once, in order', async () => {
    const done: number[] = [];
    const turns = countTurns();
    const step = (item: number) => {
      workLong();
      done.push(item);
    };
    await eachInSlices([1, 2, 3, 4, 5], step, createSlices(eachStep));
    expect(turns()).toBeGreaterThanOrEqual(4);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits for a step that has to wait', async () => {
    const done: string[] = [];
    const step = async (item: string) => {
      await giveWay();
      done.push(item);
    };
    await eachInSlices(['a', 'b'], step);
    expect(done).toEqual(['a', 'b']);
  });

  it('takes turns with other work', async () => {
    const done: string[] = [];
    const work = (name: string) =>
      eachInSlices(
        [1, 2, 3],
        item => {
          workLong();
          done.push(`${name}${item}`);
        },
        createSlices(eachStep),
      );
    await Promise.all([work('a'), work('b')]);
    expect(done.toSorted()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
    expect(done.indexOf('b1')).toBeLessThan(done.indexOf('a3'));
    expect(done.indexOf('a2')).toBeLessThan(done.indexOf('b3'));
  });

  it('does not keep small tasks, however many others wait for their slices', async () => {
    await giveWay();
    workLong();
    const done: string[] = [];
    for (let index = 0; index < 50; index += 1)
      void giveWay().then(() => {
        workLong();
        done.push('long');
      });
    const isRun = inTurn(true, () => done.push('small'));
    expect(isRun).toBeInstanceOf(Promise);
    await isRun;
    expect(done.length).toBeLessThanOrEqual(3);
    while (done.length < 51) await giveWay();
    expect(done.filter(name => name === 'long')).toHaveLength(50);
  });

  it('has its turns beside endless small tasks', async () => {
    await giveWay();
    workLong();
    let isEnded = false;
    let tasks = 0;
    const repeat = (): void => {
      tasks += 1;
      workLong();
      if (!isEnded) void inTurn(true, repeat);
    };
    void inTurn(true, repeat);
    for (let turn = 0; turn < 5; turn += 1) await giveWay();
    isEnded = true;
    expect(tasks).toBeLessThanOrEqual(12);
    await inTurn(true, () => 'the last of them has run');
  });

  it('tells a task that fails', async () => {
    const fail = (): never => {
      throw new Error('no');
    };
    await giveWay();
    expect(() => inTurn(true, fail)).toThrow('no');
    workLong();
    expect(isSliceOver()).toBe(true);
    await expect(inTurn(true, fail)).rejects.toThrow('no');
  });

  it('has one slice in a turn, whosever it is', async () => {
    await giveWay();
    workLong();
    expect(isSliceOver()).toBe(true);
    const [first, second] = [createSlices(eachStep), createSlices(eachStep)];
    expect([first.isOver(), second.isOver()]).toEqual([true, true]);
    await giveWay();
    expect(isSliceOver()).toBe(false);
  });

  it('ends between two slices where nobody needs it any more, with what it was told', async () => {
    const done: number[] = [];
    const step = (item: number) => {
      workLong();
      done.push(item);
    };
    const goOn = () => {
      if (done.length > 1) throw new Error('nobody waits');
    };
    await expect(eachInSlices([1, 2, 3, 4, 5], step, createSlices({ ...eachStep, goOn }))).rejects.toThrow(
      'nobody waits',
    );
    expect(done.length).toBeLessThan(5);
  });

  it('ends with what a step throws, in its first slice or later', async () => {
    const failAt = (at: number) => (item: number) => {
      workLong();
      if (item === at) throw new Error(`at ${item}`);
    };
    await giveWay();
    expect(() => eachInSlices([1, 2, 3], failAt(1))).toThrow('at 1');
    await expect(eachInSlices([1, 2, 3], failAt(3), createSlices(eachStep))).rejects.toThrow('at 3');
  });
});

describe('Small tasks that come many at once', () => {
  const work = () => {
    for (const until = performance.now() + 1; performance.now() < until; );
  };
  const turnsUntil = async (isDone: () => boolean) => {
    let turns = 0;
    for (; !isDone(); turns += 1) await new Promise(setImmediate);
    return turns;
  };

  it('run at once while the slice lasts, and the rest in later turns, each once and in order', async () => {
    await new Promise(setImmediate);
    const done: number[] = [];
    for (let index = 0; index < 40; index += 1)
      runInSlices(false, () => {
        work();
        done.push(index);
      });
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(40);
    expect(await turnsUntil(() => done.length === 40)).toBeGreaterThanOrEqual(3);
    expect(done).toEqual([...done].sort((one, other) => one - other));
  });

  it('of a small operation do not wait for those of large ones', async () => {
    await new Promise(setImmediate);
    const done: string[] = [];
    const task = (name: string) => () => {
      work();
      done.push(name);
    };
    for (let index = 0; index < 40; index += 1) runInSlices(false, task('large'));
    const before = done.length;
    runInSlices(true, task('small'));
    await turnsUntil(() => done.length === 41);
    // One of the large ones may have its turn first.
    expect(done.indexOf('small')).toBeLessThanOrEqual(before + 1);
  });

  it('of a large operation still have their turn among endless small ones', async () => {
    await new Promise(setImmediate);
    let [isDone, small] = [false, 0];
    const endless = () => {
      work();
      small += 1;
      if (!isDone && small < 500) runInSlices(true, endless);
    };
    for (let index = 0; index < 20; index += 1) runInSlices(true, endless);
    runInSlices(false, () => {
      isDone = true;
    });
    await turnsUntil(() => isDone);
    expect(small).toBeLessThan(100);
  });
});
