/** `npm run hostile`, or some of it: `npm run hostile -- --only alias`. A table; ends with 1 where an attack achieved something. */
import { parseArgs } from 'node:util';
import { attacks } from './attacks/index.ts';
import { megabytes, openArena } from './trial.ts';
import { startWorld } from './world.ts';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const say = (...cells: readonly string[]): void => void process.stdout.write(`| ${cells.join(' | ')} |\n`);

const emulators = await startWorld();
const arena = openArena(emulators);
say('attack', 'waited (beside harmless load)', 'memory', 'told', 'what is wrong');
say('---', '---', '---', '---', '---');
for (const attack of attacks.filter(({ title }) => title.includes(values.only))) {
  const { problems, waitedMs, harmlessMs, peakBytes, told } = await arena.attack(attack);
  const counts = [...told].map(([name, count]) => `${name} ${count}`).join(', ');
  const waited = `${Math.round(waitedMs)} ms (${Math.round(harmlessMs)} ms)`;
  say(attack.title, waited, megabytes(peakBytes), counts, problems.join('; ') || 'nothing');
  if (problems.length > 0) process.exitCode = 1;
}
await arena.close();
await emulators.close();
