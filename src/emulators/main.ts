import { startEmulators } from './emulators.ts';
import { createSeededDataSet } from './seed.ts';
import { type EmulatorName, emulatorSet } from './set.ts';

const kinds = Object.entries(emulatorSet) as [EmulatorName, (typeof emulatorSet)[EmulatorName]][];

/** The port in `EMULATOR_<NAME>_PORT`, or the default of this kind. */
function portOf(name: EmulatorName, fallback: number): number {
  const variable = `EMULATOR_${name.toUpperCase()}_PORT`;
  const text = process.env[variable];
  if (!text) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(`${variable} must be a port, 0 to 65535.`);
}

try {
  const emulators = await startEmulators({
    dataSet: createSeededDataSet({ now: Date.now() }),
    ports: Object.fromEntries(kinds.map(([name, { port }]) => [name, portOf(name, port)])),
    host: process.env.HOST || '127.0.0.1',
  });
  const longest = Math.max(...kinds.map(([, { title }]) => title.length));
  const lines = kinds.map(([name, { title, usage }]) => `${title.padEnd(longest)}  ${emulators[name].url}   ${usage}`);
  const url = emulators.argus.url;
  console.log(`${lines.join('\n')}

Faults:  curl -d '{"kind":"status","status":503,"forMs":60000}' ${url}/_emulator/faults
Behaviours that the documents leave open:  curl ${url}/_emulator/behaviours
Routes:  curl ${url}/_emulator`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => emulators.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
