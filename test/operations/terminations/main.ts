/** `npm run terminations -- --count 200 --rate 200`: ends with 1 when one request failed, or one gateway ended badly. */
import { parseArgs } from 'node:util';
import { terminate } from './terminations.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    rate: { type: 'string', default: '200' },
    cold: { type: 'string', default: '15' },
    delay: { type: 'string', default: '1000' },
  },
});
const [terminations, rate, coldRate, delayMs] = [values.count, values.rate, values.cold, values.delay].map(Number) as [
  number,
  number,
  number,
  number,
];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { warm, cold, badExits, complaints } = await terminate({ terminations, rate, coldRate, delayMs, tell: say });
for (const [name, { asked, failures, longestMs }] of Object.entries({ warm, cold }))
  say(`${name}: ${asked} asked, ${failures.length} failed, the longest ${Math.round(longestMs)} ms`);
say(`${terminations} terminations, ${badExits} not with 0`);
for (const line of [...warm.failures, ...cold.failures, ...complaints].slice(0, 40)) say(line);
process.exitCode = warm.failures.length + cold.failures.length + badExits > 0 ? 1 : 0;
