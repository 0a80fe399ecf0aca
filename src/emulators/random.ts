/** A random generator with the same sequence for the same seed on every machine (mulberry32). Not for secrets. */
export interface Random {
  /** A number from 0, less than 1. */
  next(): number;
  /** An integer from 0, less than `below`. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
  shuffled<T>(items: readonly T[]): T[];
  hex(digits: number): string;
  uuid(): string;
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits)
      text += below(2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, digits);
  };
  return {
    next,
    below,
    pick: items => at(items, below(items.length)),
    shuffled: items => shuffle([...items], below),
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)]}${hex(3)}-${hex(12)}`,
  };
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function shuffle<T>(items: T[], below: (limit: number) => number): T[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    const moved = at(items, last);
    items[last] = at(items, other);
    items[other] = moved;
  }
  return items;
}
