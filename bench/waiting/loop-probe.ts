/** Loaded into a gateway with `--import`: tells its parent for how long the event loop was held since it last asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', () => {
  const longestMs = delay.max / 1e6;
  delay.reset();
  process.send?.(longestMs);
});
