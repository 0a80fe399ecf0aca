import { createArgus } from './argus.ts';
import { type ArgusSwitches, argusDefaults } from './argus-switches.ts';
import { createDatadog, type DatadogSwitches, datadogDefaults } from './datadog.ts';
import { createSeededWorld } from './seed.ts';
import { type Emulator, startEmulator } from './server.ts';
import type { World } from './world.ts';

interface DatadogEmulator extends Emulator {
  readonly switches: DatadogSwitches;
}

interface ArgusEmulator extends Emulator {
  readonly switches: ArgusSwitches;
}

export interface Emulators {
  readonly datadog: DatadogEmulator;
  readonly argus: ArgusEmulator;
  readonly world: World;
  close(): Promise<void>;
}

export interface EmulatorsOptions {
  /** The seeded one unless told. */
  readonly world?: World;
  /** 0, any free one, unless told. */
  readonly datadogPort?: number;
  readonly argusPort?: number;
  readonly host?: string;
  readonly argusSwitches?: Partial<ArgusSwitches>;
  readonly datadogSwitches?: Partial<DatadogSwitches>;
  /** Epoch milliseconds; the machine's clock unless told. */
  readonly now?: () => number;
}

/** Both upstreams on ports of their own. Rejects with a sentence that names the variable to set where one is taken. */
export async function startEmulators(options: EmulatorsOptions = {}): Promise<Emulators> {
  const { world = createSeededWorld(), host = '127.0.0.1', now = Date.now } = options;
  const datadogSwitches = { ...datadogDefaults, ...options.datadogSwitches };
  const argusSwitches = { ...argusDefaults, ...options.argusSwitches };
  const datadog = await startEmulator(createDatadog(world.datadog, datadogSwitches), {
    host,
    port: options.datadogPort ?? 0,
    now,
  });
  const argus = await startEmulator(createArgus(world.argus, argusSwitches, now), {
    host,
    port: options.argusPort ?? 0,
    now,
  }).catch(async (error: unknown) => {
    await datadog.close();
    throw error;
  });
  return {
    datadog: extend(datadog, datadogSwitches),
    argus: extend(argus, argusSwitches),
    world,
    close: async () => {
      await Promise.all([datadog.close(), argus.close()]);
    },
  };
}

function extend<S>(emulator: Emulator, switches: S): Emulator & { readonly switches: S } {
  // Not a spread: concurrentPeak is a getter and would be read once.
  return Object.assign(emulator, { switches });
}
