import { startEmulators } from './emulators.ts';
import { createSeededWorld } from './seed.ts';

const { EMULATOR_DATADOG_PORT, EMULATOR_ARGUS_PORT, HOST } = process.env;

function portOf(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new Error(`${name} must be a port, 0 to 65535.`);
}

try {
  const emulators = await startEmulators({
    world: createSeededWorld({ now: Date.now() }),
    datadogPort: portOf('EMULATOR_DATADOG_PORT', EMULATOR_DATADOG_PORT, 4010),
    argusPort: portOf('EMULATOR_ARGUS_PORT', EMULATOR_ARGUS_PORT, 4011),
    host: HOST || '127.0.0.1',
  });
  console.log(`Datadog IoC Explorer  ${emulators.datadog.url}   DD-API-KEY: demo-api-key, DD-APPLICATION-KEY: demo-app-key
Argus Reputation v2   ${emulators.argus.url}   Argus-API-Key: demo/key/full (also demo/key/partner, demo/key/narrow)

Faults:  curl -d '{"kind":"status","status":503,"forMs":60000}' ${emulators.argus.url}/_emulator/faults
Routes:  curl ${emulators.argus.url}/_emulator`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => emulators.close());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
