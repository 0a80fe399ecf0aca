/** Loaded into a gateway with `--import`: between 'start' and 'stop' it counts what of the gateway's own code is called. */
import { createHook } from 'node:async_hooks';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ours = `${pathToFileURL(join(process.cwd(), 'src')).href}/`;
const session = new Session();
session.connect();

let promises = 0;
const hook = createHook({
  init(_id, type) {
    if (type === 'PROMISE') promises += 1;
  },
});

async function start(): Promise<void> {
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  process.send?.('ready', () => {
    promises = 0;
    hook.enable();
  });
}

async function stop(): Promise<void> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const files = result
    .filter(({ url }) => url.startsWith(ours))
    .map(({ functions }) => functions.map(({ ranges }) => ranges[0]?.count ?? 0).filter(count => count > 0))
    .filter(counts => counts.length > 0);
  const counts = files.flat();
  const calls = counts.reduce((sum, count) => sum + count, 0);
  process.send?.({ 'files of ours': files.length, functions: counts.length, calls, promises });
}

process.on('message', message => {
  hook.disable();
  void (message === 'start' ? start() : stop());
});
