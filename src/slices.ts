/**
 * Long work is done in slices of a few milliseconds. Between two of them timers, sockets and other requests have their turn,
 * and in each turn of the event loop one slice runs, whosever it is:
 *
 *     turns of the loop      |1           |2           |3           |4
 *     10,000 rows            [slice]      [slice]                   [slice]
 *     another 10,000 rows                              [slice]
 *     everybody else                ...          ...          ...          ...
 *
 * What fits into one slice never waits, and makes no promise.
 */

/** A value, or a promise of it where it has to wait. */
export type Later<Value> = Value | Promise<Value>;

const sliceMs = 5;

/** When the slices of this turn of the event loop are over; undefined: none has begun. */
let endsAt: number | undefined;
const waiting: (() => void)[] = [];
/** Goes on with the tasks of `runInSlices`; undefined: none wait. */
let goOnWithTasks: (() => void) | undefined;
let wereTasks = false;

/** Tasks have every other turn: among them are small requests, which long work must not keep, however much of it there is. */
function nextInTurn(): (() => void) | undefined {
  wereTasks = goOnWithTasks !== undefined && !(wereTasks && waiting.length > 0);
  if (!wereTasks) return waiting.shift();
  const tasks = goOnWithTasks;
  goOnWithTasks = undefined;
  return tasks;
}

function beginTurn(): void {
  const next = nextInTurn();
  endsAt = undefined;
  if (next === undefined) return;
  isSliceOver();
  next();
}

/** Whether long work has had its time in this turn of the event loop: what is left of it gives way. */
export function isSliceOver(): boolean {
  const now = performance.now();
  if (endsAt !== undefined) return now >= endsAt;
  endsAt = now + sliceMs;
  setImmediate(beginTurn);
  return false;
}

/** Resolves in a later turn of the event loop, when it is this work's turn. */
export const giveWay = (): Promise<void> =>
  new Promise(resolve => {
    waiting.push(resolve);
    if (endsAt === undefined) isSliceOver();
  });

/** Tasks that wait for a slice; those of small operations first. */
const tasks = { small: [] as (() => void)[], large: [] as (() => void)[] };
let areTasksWaiting = false;
let turn = 0;

/**
 * For small tasks that come many at once. Each runs at once while the slice lasts, and otherwise in a later one: tasks of small
 * operations before others, apart from that in their order. A task must not throw. Returns whether it has run.
 */
export function runInSlices(isSmall: boolean, task: () => void): boolean {
  if (!areTasksWaiting && !isSliceOver()) {
    task();
    return true;
  }
  (isSmall ? tasks.small : tasks.large).push(task);
  if (!areTasksWaiting) {
    areTasksWaiting = true;
    void runTasks();
  }
  return false;
}

/** The same for a task with a result; a promise only where it does not run at once. */
export function inTurn<Result>(isSmall: boolean, make: () => Later<Result>): Later<Result> {
  if (!areTasksWaiting && !isSliceOver()) return make();
  return new Promise((resolve, reject) => {
    runInSlices(isSmall, () => {
      try {
        resolve(make());
      } catch (problem) {
        reject(problem);
      }
    });
  });
}

/** Every fourth is one of the large, so that endless small ones do not keep them for ever. */
function nextTask(): (() => void) | undefined {
  turn += 1;
  const [first, second] = turn % 4 === 0 ? [tasks.large, tasks.small] : [tasks.small, tasks.large];
  return first.shift() ?? second.shift();
}

const giveTasksWay = (): Promise<void> =>
  new Promise(resolve => {
    goOnWithTasks = resolve;
    if (endsAt === undefined) isSliceOver();
  });

async function runTasks(): Promise<void> {
  while (areTasksWaiting) {
    await giveTasksWay();
    do nextTask()?.();
    while (tasks.small.length + tasks.large.length > 0 && !isSliceOver());
    areTasksWaiting = tasks.small.length + tasks.large.length > 0;
  }
}

/** The slices of one piece of work. */
export interface Slices {
  /** Called for each step. */
  isOver(): boolean;
  /** Resolves when the work may go on; rejects where it is to end. */
  next(): Promise<void>;
}

export interface SliceOptions {
  /** Between two looks at the clock: some microseconds each. */
  readonly stepsPerLook?: number;
  /** Called before each slice but the first; throws where nobody needs the work any more. */
  readonly goOn?: () => void;
}

export function createSlices({ stepsPerLook = 64, goOn }: SliceOptions = {}): Slices {
  let steps = 0;
  return {
    isOver() {
      steps += 1;
      if (steps < stepsPerLook) return false;
      steps = 0;
      return isSliceOver();
    },
    next: () => (goOn === undefined ? giveWay() : giveWay().then(goOn)),
  };
}

/** Makes a step for each item, one after the other. A promise only where the slice is over, or a step is a promise. */
export function eachInSlices<Item>(
  items: readonly Item[],
  step: (item: Item, index: number) => Later<void>,
  slices: Slices = createSlices(),
): Later<void> {
  for (let index = 0; index < items.length; index++) {
    if (slices.isOver()) return restInSlices(items, step, slices, index, slices.next());
    const made = step(items[index] as Item, index);
    if (made instanceof Promise) return restInSlices(items, step, slices, index + 1, made);
  }
}

async function restInSlices<Item>(
  items: readonly Item[],
  step: (item: Item, index: number) => Later<void>,
  slices: Slices,
  from: number,
  first: Promise<void>,
): Promise<void> {
  await first;
  for (let index = from; index < items.length; index++) {
    if (slices.isOver()) await slices.next();
    const made = step(items[index] as Item, index);
    if (made instanceof Promise) await made;
  }
}

/** Goes on with a value as soon as it is there: at once where it is no promise. */
export const whenThere = <Value, Result>(value: Later<Value>, next: (value: Value) => Later<Result>): Later<Result> =>
  value instanceof Promise ? value.then(next) : next(value);
