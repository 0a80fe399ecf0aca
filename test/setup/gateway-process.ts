/** The gateway as `npm start` runs it, in a process of its own that tells how much memory it really needs. */
import { setTimeout as pause } from 'node:timers/promises';
import { startOrExit } from '../../src/main.ts';
import { stopOnSignals } from '../../src/process.ts';
import { twoSources } from './two-sources.ts';

const { url, stop } = await startOrExit(process.env, { sources: twoSources });
stopOnSignals(stop);
process.on('message', async () => {
  // Twice, with a pause: what the first collection finds to finalise goes with the second.
  globalThis.gc?.();
  await pause(200);
  globalThis.gc?.();
  process.send?.({ heapUsed: process.memoryUsage().heapUsed });
});
process.send?.({ url });
