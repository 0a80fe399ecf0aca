/** Every emulator, under its source's name in lower case. A new emulator is added here. */
import { createArgus } from './argus.ts';
import { argusChoices, argusDefaults } from './argus-behaviours.ts';
import { createArgusData } from './argus-data.ts';
import { createDatadog } from './datadog.ts';
import { datadogDefaults } from './datadog-behaviours.ts';
import { createDatadogData } from './datadog-data.ts';
import type { EmulatorKind } from './protocol.ts';

const kind = <Data, Behaviours extends object>(
  emulator: EmulatorKind<Data, Behaviours>,
): EmulatorKind<Data, Behaviours> => emulator;

export const emulatorSet = {
  datadog: kind({
    title: 'Datadog IoC Explorer',
    port: 4010,
    credentials: { DD_API_KEY: 'demo-api-key', DD_APP_KEY: 'demo-app-key' },
    usage: 'DD-API-KEY: demo-api-key, DD-APPLICATION-KEY: demo-app-key',
    createData: createDatadogData,
    accuse: (data, value) => data.add(value, { attributes: { score: 92.5, malicious_sources: [{ name: 'feed' }] } }),
    behaviours: datadogDefaults,
    create: createDatadog,
  }),
  argus: kind({
    title: 'Argus Reputation v2',
    port: 4011,
    credentials: { ARGUS_API_KEY: 'demo/key/full' },
    usage: 'Argus-API-Key: demo/key/full (also demo/key/partner, demo/key/narrow)',
    createData: createArgusData,
    accuse(data, value) {
      data.addList({ shortName: 'botnet', confidence: 0.9 });
      data.add({ value, list: 'botnet' });
    },
    behaviours: argusDefaults,
    choices: argusChoices,
    create: createArgus,
  }),
};

export type EmulatorName = keyof typeof emulatorSet;
export type DataOf<Name extends EmulatorName> = ReturnType<(typeof emulatorSet)[Name]['createData']>;
export type BehavioursOf<Name extends EmulatorName> = (typeof emulatorSet)[Name]['behaviours'];
