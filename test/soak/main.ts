/** `npm run soak -- --minutes 10 --seed 7`: ends with 1 when anything was not as it must be. */
import { parseArgs } from 'node:util';
import { type SoakResult, soak } from './soak.ts';
import { findings, table } from './table.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    clients: { type: 'string', default: '12' },
  },
});
const [minutes, seed, clients] = [values.minutes, values.seed, values.clients].map(Number) as [number, number, number];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

say(`Soaking for ${minutes} minutes with seed ${seed}.`);
const result: SoakResult = await soak({ milliseconds: minutes * 60_000, seed, clients, tell: say });
say(`\n${table(result)}\n`);
const found = findings(result);
for (const finding of found.slice(0, 40)) say(finding);
process.exitCode = found.length > 0 ? 1 : 0;
