/** Hill climbing: operations that take the most for what they pay. */
import type { Emulators } from '../../../src/emulators/emulators.ts';
import { createRandom } from '../../../src/emulators/random.ts';
import type { GatewayProcess } from '../../setup/process.ts';
import { startTill } from '../price.ts';
import { type Measured, measure } from './measure.ts';
import { mutate, randomOperation, write } from './operation.ts';

/** What is made as large as possible, for each point. */
export const goals = {
  answer: ({ answerBytes, points }: Measured) => answerBytes / points,
  cpu: ({ cpuMs, points }: Measured) => cpuMs / points,
  memory: ({ memoryBytes, points }: Measured) => memoryBytes / points,
} as const;
export type Goal = keyof typeof goals;
const goalNames = Object.keys(goals) as Goal[];

interface Found {
  readonly operation: ReturnType<typeof randomOperation>;
  readonly body: string;
  readonly measured: Measured;
}

export interface SearchResult {
  readonly tried: number;
  /** How many of them were executed. */
  readonly answered: number;
  /** The worst first. */
  readonly worst: Readonly<Record<Goal, readonly Found[]>>;
  /** Operations that were not answered, or with a bug. */
  readonly failed: readonly Found[];
}

export interface SearchOptions {
  readonly milliseconds: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

const kept = 5;
/** Every so many operations one begins anew. */
const anew = 3;

export async function search(emulators: Emulators, options: SearchOptions): Promise<SearchResult> {
  const { milliseconds, seed, tell = () => {} } = options;
  const random = createRandom(seed);
  const worst: Record<Goal, Found[]> = { answer: [], cpu: [], memory: [] };
  const failed: Found[] = [];
  const until = performance.now() + milliseconds;
  let gateway: GatewayProcess | undefined;
  let [tried, answered] = [0, 0];
  try {
    for (; performance.now() < until; tried += 1) {
      const goal = random.pick(goalNames);
      const parent = worst[goal][Math.min(random.below(kept), random.below(kept))];
      const operation = parent && tried % anew > 0 ? mutate(parent.operation, random) : randomOperation(random);
      const body = write(operation);
      gateway ??= await startTill(emulators);
      const measured = await measure(gateway, body);
      const found = { operation, body, measured };
      if (measured.problem !== undefined) {
        failed.push(found);
        tell(`${measured.problem}: ${shortened(body)}`);
        await gateway.stop();
        gateway = undefined;
      } else if (measured.isAnswered) {
        answered += 1;
        for (const name of goalNames) if (isWorse(worst[name], goals[name], found)) tell(line(name, found));
      }
      emulators.datadog.clearRequests();
      emulators.argus.clearRequests();
    }
  } finally {
    await gateway?.stop();
  }
  return { tried, answered, worst, failed };
}

/** Puts it among the worst where it belongs there, one of each kind. True: it is the first of them. */
function isWorse(worst: Found[], goal: (measured: Measured) => number, found: Found): boolean {
  const kind = kindOf(found);
  const before = worst.find(one => kindOf(one) === kind);
  if (before && goal(before.measured) >= goal(found.measured)) return false;
  const others = worst.filter(one => one !== before);
  const sorted = [...others, found].toSorted((a, b) => goal(b.measured) - goal(a.measured));
  worst.splice(0, worst.length, ...sorted.slice(0, kept));
  return worst[0] === found;
}

/** Operations of the same fields at the root and the same variables are variants of each other. */
const kindOf = ({ operation, body }: Found): string =>
  [...new Set(operation.fields.map(({ name }) => name))]
    .toSorted()
    .concat(Object.keys(JSON.parse(body).variables))
    .join();

export function line(goal: Goal, { body, measured }: Found): string {
  const { points, answerBytes, cpuMs, memoryBytes } = measured;
  const taken = `${Math.round(answerBytes / 1024)} KB, ${cpuMs.toFixed(1)} ms, ${Math.round(memoryBytes / 1_048_576)} MB of memory`;
  return `${goal}: ${taken} for ${points} point${points === 1 ? '' : 's'}: ${shortened(body)}`;
}

/** The text whole, the variables by their names and beginnings. */
function shortened(body: string): string {
  const { query, variables } = JSON.parse(body);
  const given = Object.entries(variables).map(([name, value]) => `$${name} = ${JSON.stringify(value).slice(0, 40)}…`);
  return [query.slice(0, 1_500), ...given].join('  ');
}
