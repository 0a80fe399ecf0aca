import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Emulators } from '../../src/emulators/emulators.ts';
import { attacks } from './attacks/index.ts';
import { type Arena, openArena } from './trial.ts';
import { startWorld } from './world.ts';

let emulators: Emulators;
let arena: Arena;
beforeAll(async () => {
  emulators = await startWorld();
  arena = openArena(emulators);
});
afterAll(async () => {
  await arena.close();
  await emulators.close();
});

it.each(attacks)(
  '$title: no other caller feels it, the process lives within its memory, the attacker is told',
  async attack => {
    const { problems } = await arena.attack(attack);
    expect(problems).toEqual([]);
  },
  180_000,
);
