import { controlBehaviours } from './behaviours.ts';
import type { DataSet } from './data-set.ts';
import type { EmulatorKind } from './protocol.ts';
import { createSeededDataSet } from './seed.ts';
import { type Emulator, startEmulator } from './server.ts';
import { type BehavioursOf, type EmulatorName, emulatorSet } from './set.ts';

export type StartedEmulator<Behaviours> = Emulator & { readonly behaviours: Behaviours };

export type Emulators = { readonly [Name in EmulatorName]: StartedEmulator<BehavioursOf<Name>> } & {
  readonly dataSet: DataSet;
  /** The gateway's environment variables for these emulators: addresses and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** `datadogBehaviours`, `argusBehaviours` … */
type BehavioursOptions = { readonly [Name in EmulatorName as `${Name}Behaviours`]?: Partial<BehavioursOf<Name>> };

export interface EmulatorsOptions extends BehavioursOptions {
  /** Default: the seeded one. */
  readonly dataSet?: DataSet;
  /** Default: 0, any free port. */
  readonly ports?: Readonly<Partial<Record<EmulatorName, number>>>;
  readonly host?: string;
  /** Epoch milliseconds. Default: the system clock. */
  readonly now?: () => number;
}

/** Starts a single emulator. */
export async function startKind<KindData, KindBehaviours extends object>(
  kind: EmulatorKind<KindData, KindBehaviours>,
  dataSet: KindData,
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly now?: () => number;
    readonly behaviours?: Partial<KindBehaviours>;
  } = {},
): Promise<StartedEmulator<KindBehaviours>> {
  const { host = '127.0.0.1', port = 0, now = Date.now } = options;
  const behaviours = { ...kind.behaviours, ...options.behaviours };
  const control = controlBehaviours(behaviours, kind.choices);
  const emulator = await startEmulator(kind.create(dataSet, behaviours, now), { host, port, now, behaviours: control });
  // Not a spread, which would read the getter concurrentPeak only once.
  return Object.assign(emulator, { behaviours });
}

/** Starts all emulators, each on its own port. If one is taken, rejects with a message that names the variable to set. */
export async function startEmulators(options: EmulatorsOptions = {}): Promise<Emulators> {
  const { dataSet = createSeededDataSet(), ports = {}, ...others } = options;
  const started: Record<string, StartedEmulator<object>> = {};
  const close = async () => {
    await Promise.all(Object.values(started).map(emulator => emulator.close()));
  };
  try {
    for (const name of Object.keys(emulatorSet) as EmulatorName[]) {
      const kind = emulatorSet[name] as EmulatorKind<unknown, object>;
      const behaviours = options[`${name}Behaviours`] ?? {};
      started[name] = await startKind(kind, dataSet[name], { ...others, port: ports[name] ?? 0, behaviours });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ...(started as Pick<Emulators, EmulatorName>), dataSet, environment: environmentOf(started), close };
}

function environmentOf(started: Readonly<Record<string, Emulator>>): Record<string, string> {
  const all = Object.entries(emulatorSet).map(([name, { credentials }]) => ({
    [`${name.toUpperCase()}_URL`]: started[name]?.url ?? '',
    ...credentials,
  }));
  return Object.assign({}, ...all);
}
