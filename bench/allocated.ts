/**
 * Bytes that a hundred new values take of the JavaScript heap, what is garbage at once included: the young heap is so large
 * that nothing is collected, and is looked at before and after.
 */
import { fileURLToPath } from 'node:url';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { ask, type Server, startGateway, startPeer, startUpstream, type Upstreams } from './processes.ts';
import { createQuestions, type Questions } from './questions.ts';
import { peersOf, unlimited } from './servers.ts';

const probe = fileURLToPath(new URL('heap-probe.ts', import.meta.url));
const nodeOptions = ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512', '--import', probe];
const questionsEach = 10;
const warmUps = 60;

type Start = (upstreams: Upstreams) => Promise<Server>;

function contestants(options: BenchOptions): Readonly<Record<string, Start>> {
  const gateway = (checkout?: string) => (upstreams: Upstreams) =>
    startGateway(upstreams, unlimited, { nodeOptions, ...(checkout !== undefined && { checkout }) });
  const { before } = options;
  const peers = peersOf(options).filter(name => name !== 'hive'); // too large for a heap in which nothing is collected
  return {
    'this gateway': gateway(),
    ...(before !== undefined && { before: gateway(before) }),
    ...Object.fromEntries(peers.map(name => [name, upstreams => startPeer(name, upstreams, nodeOptions)])),
  };
}

export async function runAllocated(options: BenchOptions): Promise<Figures> {
  const upstream = await startUpstream();
  const questions = createQuestions();
  const figures: Record<string, Figures[string]> = {};
  try {
    for (const [name, start] of Object.entries(contestants(options)))
      figures[`allocated by 100 new values: ${name}`] = summarise(
        await measure(await start(upstream), questions, options),
      );
    tell(figures, options);
    return figures;
  } finally {
    await upstream.stop();
  }
}

/** Compiled code allocates less than interpreted: the first questions are not counted. */
async function measure(server: Server, questions: Questions, { rounds, seconds }: BenchOptions): Promise<Round[]> {
  try {
    for (let left = warmUps * Math.min(1, seconds); left > 0; left -= 1) await ask(server, questions.cold(100));
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await measureOnce(server, questions));
    return measured;
  } finally {
    await server.stop();
  }
}

async function measureOnce(server: Server, questions: Questions): Promise<Round> {
  const before = heap(await server.tell('collect'));
  for (let asked = 0; asked < questionsEach; asked += 1) await ask(server, questions.cold(100));
  const after = heap(await server.tell('look'));
  if (after.collections !== before.collections)
    throw new Error('Something was collected: what was allocated is not known.');
  return { 'MB allocated': (after.heapUsed - before.heapUsed) / questionsEach / 1e6 };
}

function heap(told: unknown): { readonly heapUsed: number; readonly collections: number } {
  const { heapUsed, collections } = Object(told);
  return { heapUsed, collections };
}
