/** `npm run model -- --operations 20000 --seed 7`, or one of its episodes again: `--episode 12`. Ends with 1 on a failure. */
import { parseArgs } from 'node:util';
import { run } from './run.ts';

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    episode: { type: 'string' },
    brief: { type: 'boolean', default: false },
  },
});
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const result = await run({
  seed: Number(values.seed),
  operations: Number(values.operations),
  episode: values.episode === undefined ? undefined : Number(values.episode),
  isBrief: values.brief,
  tell,
});
const { told, readings, ...calls } = result.tally;
tell(
  JSON.stringify({
    operations: result.operations,
    failures: result.failures.length,
    calls,
    told: Object.fromEntries(told),
    readings: readings.size,
  }),
);
process.exitCode = result.failures.length > 0 ? 1 : 0;
