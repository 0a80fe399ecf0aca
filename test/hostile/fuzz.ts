/** `npm run fuzz -- --minutes 5 --seed 7`: the worst operations that were found, with their price. Ends with 1 on a failure. */
import { parseArgs } from 'node:util';
import { type Goal, line, search } from './fuzz/search.ts';
import { startWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];

say(`Searching for ${minutes} minutes with seed ${seed}.`);
const emulators = await startWorld();
const { tried, answered, worst, failed } = await search(emulators, { milliseconds: minutes * 60_000, seed, tell: say });
await emulators.close();
say(`\n${tried} operations, ${answered} of them answered, ${failed.length} failed. The worst:`);
for (const [goal, found] of Object.entries(worst)) for (const one of found) say(line(goal as Goal, one));
process.exitCode = failed.length > 0 ? 1 : 0;
