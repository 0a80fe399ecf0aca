/**
 * `npm run bench -- speed --rounds=5 --seconds=1 --json=now.json --compare=before.json`, with `--smoke` to see that it works.
 * Scenarios: the first word; all of them without one.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runAllocated } from './allocated.ts';
import { runAnswers } from './answers.ts';
import { runExtraction } from './extraction.ts';
import type { Figures } from './figures.ts';
import { runMemory } from './memory.ts';
import { runNewTexts } from './new-texts.ts';
import { runPath } from './path.ts';
import { isInstalled, runPeers } from './peers.ts';
import { runRedis } from './redis.ts';
import { runReplicas } from './replicas.ts';
import { runSpeed } from './speed.ts';
import { runStalls } from './stalls.ts';
import { runUpstreamCalls } from './upstream-calls.ts';
import { runConvergence } from './waiting/convergence.ts';
import { runWaiting } from './waiting/waiting.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string' },
    skip: { type: 'string' },
    json: { type: 'string' },
    compare: { type: 'string' },
    before: { type: 'string' },
    peers: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});

export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Part of a scenario's name. */
  readonly only: string | undefined;
  /** Part of the name of what is left out. */
  readonly skip: string | undefined;
  /** File of earlier figures, to be set beside these. */
  readonly compare: string | undefined;
  /** Folder of another checkout, whose gateway is measured in the same rounds. */
  readonly before: string | undefined;
  /** The servers beside which cold answers are measured; all that are installed unless named. */
  readonly peers: readonly string[] | undefined;
}

const { only, skip, compare, before } = values;
const options: BenchOptions = {
  rounds: values.smoke ? 1 : Number(values.rounds),
  seconds: values.smoke ? 0.05 : Number(values.seconds),
  only,
  skip,
  compare,
  before,
  peers: values.peers?.split(','),
};

/** Each prints its own table. */
const suites: Readonly<Record<string, (options: BenchOptions) => Promise<Figures>>> = {
  calls: runUpstreamCalls,
  extraction: runExtraction,
  speed: runSpeed,
  answers: runAnswers,
  texts: runNewTexts,
  allocated: runAllocated,
  path: runPath,
  stalls: runStalls,
  redis: runRedis,
  replicas: runReplicas,
  memory: runMemory,
  peers: runPeers,
  waiting: runWaiting,
  convergence: runConvergence,
};

/** Only when named: what takes many minutes, and what is not installed. */
const asked = ['waiting', 'convergence', 'replicas', ...(isInstalled ? [] : ['peers'])];
const named = positionals.length > 0 ? positionals : Object.keys(suites).filter(name => !asked.includes(name));
let figures: Figures = {};
for (const [name, run] of Object.entries(suites))
  if (named.includes(name)) figures = { ...figures, ...(await run(options)) };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 1)}\n`);
