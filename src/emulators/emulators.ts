import { createSeededWorld } from './seed.ts';
import { type Emulator, startEmulator } from './server.ts';
import { type EmulatorKind, type EmulatorName, emulatorSet, type SwitchesOf } from './set.ts';
import type { World } from './world.ts';

export type StartedEmulator<Switches> = Emulator & { readonly switches: Switches };

export type Emulators = { readonly [Name in EmulatorName]: StartedEmulator<SwitchesOf<Name>> } & {
  readonly world: World;
  /** The gateway's variables with which it asks these emulators: addresses and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** `datadogSwitches`, `argusSwitches` … */
type Switches = { readonly [Name in EmulatorName as `${Name}Switches`]?: Partial<SwitchesOf<Name>> };

export interface EmulatorsOptions extends Switches {
  /** The seeded one unless told. */
  readonly world?: World;
  /** 0, any free one, unless told. */
  readonly ports?: Readonly<Partial<Record<EmulatorName, number>>>;
  readonly host?: string;
  /** Epoch milliseconds; the machine's clock unless told. */
  readonly now?: () => number;
}

/** One emulator by itself. */
export async function startKind<KindWorld, KindSwitches extends object>(
  kind: EmulatorKind<KindWorld, KindSwitches>,
  world: KindWorld,
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly now?: () => number;
    readonly switches?: Partial<KindSwitches>;
  } = {},
): Promise<StartedEmulator<KindSwitches>> {
  const { host = '127.0.0.1', port = 0, now = Date.now } = options;
  const switches = { ...kind.switches, ...options.switches };
  const emulator = await startEmulator(kind.create(world, switches, now), { host, port, now });
  // Not a spread: concurrentPeak is a getter and would be read once.
  return Object.assign(emulator, { switches });
}

/** All upstreams on ports of their own. Rejects with a sentence that names the variable to set where one is taken. */
export async function startEmulators(options: EmulatorsOptions = {}): Promise<Emulators> {
  const { world = createSeededWorld(), ports = {}, ...others } = options;
  const started: Record<string, StartedEmulator<object>> = {};
  const close = async () => {
    await Promise.all(Object.values(started).map(emulator => emulator.close()));
  };
  try {
    for (const name of Object.keys(emulatorSet) as EmulatorName[]) {
      const kind = emulatorSet[name] as EmulatorKind<unknown, object>;
      const switches = options[`${name}Switches`] ?? {};
      started[name] = await startKind(kind, world[name], { ...others, port: ports[name] ?? 0, switches });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ...(started as Pick<Emulators, EmulatorName>), world, environment: environmentOf(started), close };
}

function environmentOf(started: Readonly<Record<string, Emulator>>): Record<string, string> {
  const all = Object.entries(emulatorSet).map(([name, { credentials }]) => ({
    [`${name.toUpperCase()}_URL`]: started[name]?.url ?? '',
    ...credentials,
  }));
  return Object.assign({}, ...all);
}
