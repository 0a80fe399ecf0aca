import { createRandom, type Random } from './random.ts';
import { type EmulatorName, emulatorSet, type WorldOf } from './set.ts';

/** What all emulators know. It can be added to and taken from while they run; the next request sees it. */
export type World = { readonly [Name in EmulatorName]: WorldOf<Name> } & {
  readonly random: Random;
  /** Epoch milliseconds around which all seeded times lie. */
  readonly now: number;
};

export interface WorldOptions {
  readonly seed?: number;
  readonly now?: number;
}

/** Earlier than any clock that will read it, so that "until now" never cuts off the seeded records. */
const defaultNow = Date.UTC(2026, 5, 1);

/** A world with credentials, indicator types and nothing else in it. */
export function createWorld(options: WorldOptions = {}): World {
  const random = createRandom(options.seed ?? 1);
  const now = options.now ?? defaultNow;
  const worlds = Object.entries(emulatorSet).map(([name, kind]) => [name, kind.createWorld(random, now)] as const);
  return { ...(Object.fromEntries(worlds) as Pick<World, EmulatorName>), random, now };
}
