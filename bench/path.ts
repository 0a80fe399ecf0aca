/** What one question passes inside the gateway, counted by V8: the README's first query, asked five times. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Emulators, startEmulators } from '../src/emulators/emulators.ts';
import { type Figures, type Round, summarise, tell } from './figures.ts';
import type { BenchOptions } from './main.ts';
import { ask, type Server, startGateway } from './processes.ts';
import { post } from './shots.ts';

const nodeOptions = ['--import', fileURLToPath(new URL('path-probe.ts', import.meta.url))];
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const question = post(/```graphql\n(.*?)```/s.exec(readme)?.[1] ?? '', {});
const times = ['1st time, nothing in memory', '2nd time', '3rd time', '4th time', '5th time'];

export async function runPath(options: BenchOptions): Promise<Figures> {
  const emulators = await startEmulators();
  try {
    const own = await measure('this gateway', emulators);
    const before = options.before === undefined ? {} : await measure('before', emulators, options.before);
    const figures = { ...own, ...before };
    tell(figures, options);
    return figures;
  } finally {
    await emulators.close();
  }
}

async function measure(name: string, emulators: Emulators, checkout?: string): Promise<Figures> {
  const gateway = await startGateway(emulators, {}, { nodeOptions, ...(checkout !== undefined && { checkout }) });
  try {
    const figures: Record<string, Figures[string]> = {};
    for (const time of times) figures[`${time}: ${name}`] = summarise([await count(gateway)]);
    return figures;
  } finally {
    await gateway.stop();
  }
}

async function count(gateway: Server): Promise<Round> {
  await gateway.tell('start');
  const answer = await ask(gateway, question);
  if (answer.includes('"errors":[')) throw new Error(`An answer with errors: ${answer}`);
  await pause(50); // the log, the audit record and the metrics come after the answer
  return Object.fromEntries(
    Object.entries(Object(await gateway.tell('stop'))).map(([name, value]) => [name, Number(value)]),
  );
}
