/**
 * `npm run bench -- speed --rounds=5 --seconds=1 --json=now.json --compare=before.json`, with `--smoke` to see that it works.
 * Scenarios: the first word; all of them without one.
 */
import { parseArgs } from 'node:util';
import { runRedis } from './redis.ts';
import { runSpeed } from './speed.ts';
import { runUpstreamCalls } from './upstream-calls.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});

export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Part of a scenario's name. */
  readonly only: string | undefined;
  /** Where to write the figures, and which earlier ones to set beside them. */
  readonly json: string | undefined;
  readonly compare: string | undefined;
}

const { only, json, compare } = values;
const options: BenchOptions = {
  rounds: values.smoke ? 1 : Number(values.rounds),
  seconds: values.smoke ? 0.05 : Number(values.seconds),
  only,
  json,
  compare,
};

const suites: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  calls: runUpstreamCalls,
  speed: runSpeed,
  redis: runRedis,
};

for (const [name, run] of Object.entries(suites))
  if (positionals.length === 0 || positionals.includes(name)) await run(options);
