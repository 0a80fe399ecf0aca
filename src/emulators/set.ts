/** Every emulator, under its source's name in lower case. A new one is a line here. */
import { createArgus } from './argus.ts';
import { argusDefaults } from './argus-switches.ts';
import { createArgusWorld } from './argus-world.ts';
import { createDatadog, datadogDefaults } from './datadog.ts';
import { createDatadogWorld } from './datadog-world.ts';
import type { Dialect } from './dialect.ts';
import type { Random } from './random.ts';

/** What an upstream is, to start an emulator of it. */
export interface EmulatorKind<World, Switches extends object> {
  /** What it emulates, for people. */
  readonly title: string;
  /** Where it listens by itself, unless told. */
  readonly port: number;
  /** The gateway's variables that hold credentials it takes. */
  readonly credentials: Readonly<Record<string, string>>;
  /** How a caller shows them, for people. */
  readonly usage: string;
  /** With credentials and nothing else in it, but for a kind that brings its own data. */
  createWorld(random: Random, now: number): World;
  /** From now on it calls this value bad, in its own terms: what the contract of every source is tried with. */
  accuse(world: World, value: string): void;
  /** What may be set otherwise while it runs. */
  readonly switches: Switches;
  create(world: World, switches: Switches, now: () => number): Dialect;
}

const kind = <World, Switches extends object>(emulator: EmulatorKind<World, Switches>): EmulatorKind<World, Switches> =>
  emulator;

export const emulatorSet = {
  datadog: kind({
    title: 'Datadog IoC Explorer',
    port: 4010,
    credentials: { DD_API_KEY: 'demo-api-key', DD_APP_KEY: 'demo-app-key' },
    usage: 'DD-API-KEY: demo-api-key, DD-APPLICATION-KEY: demo-app-key',
    createWorld: createDatadogWorld,
    accuse: (world, value) => world.add(value, { attributes: { score: 92.5, malicious_sources: [{ name: 'feed' }] } }),
    switches: datadogDefaults,
    create: createDatadog,
  }),
  argus: kind({
    title: 'Argus Reputation v2',
    port: 4011,
    credentials: { ARGUS_API_KEY: 'demo/key/full' },
    usage: 'Argus-API-Key: demo/key/full (also demo/key/partner, demo/key/narrow)',
    createWorld: createArgusWorld,
    accuse(world, value) {
      world.addList({ shortName: 'botnet', confidence: 0.9 });
      world.add({ value, list: 'botnet' });
    },
    switches: argusDefaults,
    create: createArgus,
  }),
};

export type EmulatorName = keyof typeof emulatorSet;
export type WorldOf<Name extends EmulatorName> = ReturnType<(typeof emulatorSet)[Name]['createWorld']>;
export type SwitchesOf<Name extends EmulatorName> = (typeof emulatorSet)[Name]['switches'];
