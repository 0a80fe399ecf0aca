/** A night of outages and rolling restarts, in so many minutes. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Prometheus, startPrometheus } from '../prometheus.ts';
import type { Firing, Lived } from './judge.ts';
import { type Answer, startLoad } from './load.ts';
import { type Happening, nightMinutes, timeline } from './timeline.ts';
import { startWorld, type World } from './world.ts';

export interface Night {
  /** How many times as fast as by the shipped rules time passes. */
  readonly factor: number;
  readonly night: readonly Lived[];
  readonly firings: readonly Firing[];
  readonly answers: readonly Answer[];
}

/** The gateway's own waits (12 s until a source is tried again) are not compressed, and the rules' windows have to hold them. */
const mostFactor = 40;
export const fewestMinutes = Math.ceil(nightMinutes / mostFactor);

export async function liveNight(minutes: number, tell: (line: string) => void): Promise<Night> {
  const factor = nightMinutes / minutes;
  const world = await startWorld();
  const prometheus = await startPrometheus({ gateway: world.admins }, factor);
  const load = startLoad(world);
  const night: Lived[] = [];
  try {
    for (const happening of timeline) {
      tell(`${new Date().toISOString()} ${happening.what}`);
      night.push(await live(happening, world, 60_000 / factor));
    }
    await load.stop();
    return { factor, night, firings: await firingsOf(prometheus, night), answers: load.answers };
  } finally {
    await load.stop();
    await prometheus.stop();
    await world.stop();
  }
}

async function live(happening: Happening, world: World, msOfMinute: number): Promise<Lived> {
  const from = Date.now();
  await Promise.all([happening.begin?.(world), pause(happening.minutes * msOfMinute)]);
  const to = Date.now();
  for (const { faults } of [world.emulators.datadog, world.emulators.argus]) faults.clear();
  await happening.end?.(world);
  await pause(happening.quiet * msOfMinute);
  for (const emulator of [world.emulators.datadog, world.emulators.argus]) emulator.clearRequests();
  return { ...happening, from, to, until: Date.now() };
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** Each time that an alert began to fire. */
async function firingsOf(prometheus: Prometheus, night: readonly Lived[]): Promise<readonly Firing[]> {
  const [start, end] = [(night[0]?.from ?? 0) / 1_000, (night.at(-1)?.until ?? 0) / 1_000];
  const query = encodeURIComponent('ALERTS{alertstate="firing"}');
  const found = await prometheus.get(`/api/v1/query_range?query=${query}&start=${start}&end=${end}&step=1`);
  const { data } = found as { data: { result: readonly Series[] } };
  const firings = data.result.flatMap(({ metric, values }) => {
    const name = metric.alertname?.replace('IndicatorGateway', '') ?? '';
    const alert = metric.source === undefined ? name : `${metric.source} ${name}`;
    const begun = values.filter(([at], index) => at - (values[index - 1]?.[0] ?? 0) > 1.5);
    return begun.map(([at]) => ({ alert, at: at * 1_000 }));
  });
  return firings.toSorted((one, other) => one.at - other.at);
}
