/** Random worlds, operations, ages, faults, readings and clocks against the model, episode after episode. */
import { startSharedRedis } from './bed.ts';
import { type Failure, playEpisode, type Tally } from './episode.ts';

export interface RunOptions {
  readonly seed: number;
  readonly operations: number;
  /** Only this one. */
  readonly episode?: number | undefined;
  /** End at the first failure. */
  readonly isBrief?: boolean;
  readonly tell?: (line: string) => void;
}

export interface RunResult {
  readonly operations: number;
  readonly failures: readonly Failure[];
  readonly tally: Tally;
}

const perEpisode = 60;

export async function run({
  seed,
  operations,
  episode,
  isBrief = false,
  tell = () => {},
}: RunOptions): Promise<RunResult> {
  const tally: Tally = { made: 0, least: 0, ofReplicas: 0, faults: 0, told: new Map(), readings: new Map() };
  const failures: Failure[] = [];
  const redis = await startSharedRedis();
  let played = 0;
  try {
    for (let number = episode ?? 0; played < operations; number++) {
      const result = await playEpisode(redis, { seed, episode: number, operations: perEpisode, tally });
      played += result.operations;
      if (result.failure !== undefined) {
        failures.push(result.failure);
        tell(explain(seed, result.failure, played));
        if (isBrief) break;
      }
      if (episode !== undefined) break;
      if (number % 50 === 49) tell(`${played} operations, ${failures.length} failures`);
    }
    return { operations: played, failures, tally };
  } finally {
    await redis.stop();
  }
}

export const explain = (seed: number, { episode, violations, history }: Failure, played = 0): string =>
  [
    `seed ${seed}, episode ${episode}, after ${played} operations:`,
    ...history.map(line => `  ${line}`),
    ...violations.map(({ kind, detail }) => `${kind}: ${detail}`),
  ].join('\n');
