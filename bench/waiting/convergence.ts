/**
 * How the gateway's concurrency follows Datadog: what it allows itself, by its own metrics, and the calls that Datadog
 * sees at once, while three lists of 500 new values are asked at any time. Written as a picture into docs/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../figures.ts';
import type { BenchOptions } from '../main.ts';
import type { Server } from '../processes.ts';
import { runOn } from '../processor.ts';
import type { Behaviour } from '../upstream-service.ts';
import { closedLoop } from './asking.ts';
import { type Place, withBed } from './bed.ts';
import { type Panel, type Point, plot } from './plot.ts';
import { briefOf } from './question.ts';

interface Trial {
  readonly title: string;
  readonly datadog: Partial<Behaviour>;
  /** From the tenth second on. */
  readonly later?: Partial<Behaviour>;
}

const trials: readonly Trial[] = [
  { title: 'answers after 20 ms', datadog: { latencyMs: 20 } },
  { title: 'after 50 ms', datadog: { latencyMs: 50 } },
  { title: 'after 150 ms', datadog: { latencyMs: 150 } },
  { title: 'after 500 ms', datadog: { latencyMs: 500 } },
  { title: '100 ms, then 200 ms', datadog: { latencyMs: 100 }, later: { latencyMs: 200 } },
  { title: '100 ms, then at most 200 calls a second (429)', datadog: { latencyMs: 100 }, later: { perSecond: 200 } },
  { title: '100 ms, serves 64 at once', datadog: { latencyMs: 100, atOnce: 64 } },
  {
    title: '100 ms, serves 128 at once, then 32',
    datadog: { latencyMs: 100, atOnce: 128 },
    later: { atOnce: 32 },
  },
];

const changeAtMs = 10_000;
const lengthMs = 20_000;
const picture = fileURLToPath(new URL('../../docs/pictures/upstream-concurrency.svg', import.meta.url));

export async function runConvergence({ only = '', before, seconds: scale }: BenchOptions): Promise<Figures> {
  runOn('first', process.pid);
  const panels: Panel[] = [];
  try {
    for (const trial of trials.filter(({ title }) => title.includes(only)))
      panels.push(await watch(trial, { checkout: before, scale }));
  } finally {
    runOn('all', process.pid);
  }
  mkdirSync(new URL('.', `file://${picture}`), { recursive: true });
  writeFileSync(picture, plot(panels));
  process.stdout.write(`${picture}\n`);
  return {};
}

const watch = ({ title, datadog, later }: Trial, place: Place): Promise<Panel> =>
  withBed(place, { upstream: { datadog } }, async ({ gateway, upstream }) => {
    const began = performance.now();
    const end = lengthMs * place.scale;
    const changeAt = later && changeAtMs * place.scale;
    const asking = closedLoop(gateway, () => briefOf(500), 3, end);
    const points: Point[] = [];
    for (let at = 0; at < end; at = performance.now() - began) {
      const isChanged = changeAt !== undefined && at >= changeAt;
      const { inFlight } = (await upstream.behave(isChanged && later ? { datadog: later } : {})).datadog;
      points.push({ seconds: at / 1000, concurrency: await concurrencyOf(gateway), inFlight });
      await pause(100);
    }
    await asking;
    return { title, points, seconds: end / 1000, changeAt: changeAt && changeAt / 1000 };
  });

/** Undefined for a gateway that does not tell. */
async function concurrencyOf({ url }: Server): Promise<number | undefined> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  const told = /^gateway_upstream_concurrency\{.*source="DATADOG".*\} (\S+)$/m.exec(text)?.[1];
  return told === undefined ? undefined : Number(told);
}
