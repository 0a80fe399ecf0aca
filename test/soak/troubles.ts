/** Random troubles of both upstreams and of Redis, and which failures of the gateway each of them explains. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Emulators } from '../../src/emulators/emulators.ts';
import type { Emulator } from '../../src/emulators/server.ts';
import { asDocumented, play, unnoticed } from '../readings/sample.ts';
import type { RedisServer } from '../setup/redis.ts';

type Fault = Parameters<Emulator['faults']['add']>[0];
type Kind = Fault['kind'];
type FaultOf<Name extends Kind> = Extract<Fault, { kind: Name }>;
export type Trouble = 'UNAVAILABLE' | 'TIMED_OUT' | 'RATE_LIMITED' | 'DENIED' | 'REJECTED' | 'MALFORMED';

type Choice = readonly [fault: Fault, explains: readonly Trouble[]];

const status = (code: number, more: Partial<FaultOf<'status'>> = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});

/** What both may suffer. A fault that explains nothing must not be noticed by anybody; a bomb takes its time to be made. */
const common: readonly Choice[] = [
  [status(500), ['UNAVAILABLE']],
  [status(502, { shape: 'html' }), ['UNAVAILABLE']],
  [status(503), ['UNAVAILABLE']],
  [status(503, { headers: { 'retry-after': '1' } }), ['UNAVAILABLE']],
  [status(401), ['DENIED']],
  [status(403), ['DENIED']],
  [status(400, { shape: 'plain' }), ['REJECTED']],
  [{ kind: 'redirect', location: 'http://127.0.0.1:9/' }, ['UNAVAILABLE']],
  [{ kind: 'html' }, ['MALFORMED']],
  [{ kind: 'noContent' }, ['MALFORMED']],
  [{ kind: 'text', text: '{"data":' }, ['MALFORMED']],
  [{ kind: 'text', text: '[]' }, ['MALFORMED']],
  [{ kind: 'bomb', encoding: 'gzip', megabytes: 32 }, ['MALFORMED', 'TIMED_OUT']],
  [{ kind: 'bomb', encoding: 'br', megabytes: 32 }, ['MALFORMED', 'TIMED_OUT']],
  [{ kind: 'bomb', encoding: 'zstd', megabytes: 32 }, ['MALFORMED', 'TIMED_OUT']],
  [{ kind: 'deep' }, ['MALFORMED']],
  [{ kind: 'raw', bytes: 'no HTTP at all\r\n\r\n' }, ['MALFORMED', 'UNAVAILABLE']],
  [{ kind: 'wrongTypes' }, ['MALFORMED']],
  [{ kind: 'otherIndicator' }, ['MALFORMED']],
  [{ kind: 'halfJson' }, ['MALFORMED']],
  [{ kind: 'halfJson', contentLength: 'wrong' }, ['MALFORMED', 'UNAVAILABLE']],
  [{ kind: 'cut' }, ['UNAVAILABLE']],
  [{ kind: 'cut', at: 'midBody' }, ['UNAVAILABLE', 'MALFORMED']],
  [{ kind: 'hang' }, ['TIMED_OUT']],
  [{ kind: 'hang', at: 'afterHeaders' }, ['TIMED_OUT']],
  [{ kind: 'drip' }, ['TIMED_OUT']],
  [{ kind: 'latency', ms: 300 }, []],
  [{ kind: 'latency', ms: 3000 }, ['TIMED_OUT']],
  [{ kind: 'encoded', encoding: 'br' }, []],
  [{ kind: 'encoded', encoding: 'zstd' }, []],
];

export const choices = {
  DATADOG: [
    ...common,
    [status(429), ['RATE_LIMITED']],
    [{ kind: 'tooManyRequests', reset: 1 }, ['RATE_LIMITED']],
    [{ kind: 'rateLimit', limit: 60, periodSeconds: 2 }, ['RATE_LIMITED']],
  ],
  ARGUS: [
    ...common,
    [status(412), ['REJECTED']],
    [{ kind: 'quota', millis: 700 }, ['RATE_LIMITED']],
    [{ kind: 'queue', slots: 1, serviceMs: 100 }, ['UNAVAILABLE']],
    [{ kind: 'missingRows' }, ['MALFORMED']],
    [{ kind: 'duplicateRows' }, []],
    [{ kind: 'shuffleRows' }, []],
    [{ kind: 'countUnknown' }, []],
    [{ kind: 'lowerLimit', limit: 40 }, []],
  ],
} as const satisfies Record<string, readonly Choice[]>;

export type Side = keyof typeof choices;

const explanations = new Map<string, readonly Trouble[]>();
/** Other kinds have a status by default, which is not told here. */
const nameOf = (fault: { readonly kind: string; readonly status?: number | undefined }): string =>
  fault.kind === 'status' ? `status ${fault.status}` : fault.kind;
for (const [fault, explains] of [...choices.DATADOG, ...choices.ARGUS])
  explanations.set(nameOf(fault), [...(explanations.get(nameOf(fault)) ?? []), ...explains]);

/** How long after its end a trouble still explains: an open circuit outlasts what opened it by up to ten seconds. */
const aftermathMs: Readonly<Record<Trouble, number>> = {
  UNAVAILABLE: 20_000,
  TIMED_OUT: 12_000,
  RATE_LIMITED: 12_000,
  // What is refused about a property, or of a value had no usable answer, is believed for a minute.
  DENIED: 75_000,
  REJECTED: 75_000,
  MALFORMED: 75_000,
};

/** Times at which this very machine stood still: what ran into its timeout then was our own slowness. */
export interface Stalls {
  during(from: number, to: number): boolean;
  readonly count: number;
  stop(): void;
}

const tickMs = 50;
const stallMs = 250;

export function watchForStalls(): Stalls {
  const stalls: { readonly from: number; readonly to: number }[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last > stallMs) stalls.push({ from: last, to: now });
    last = now;
  }, tickMs);
  return {
    during: (from, to) => Date.now() - last > stallMs || stalls.some(stall => stall.from <= to && stall.to >= from),
    get count() {
      return stalls.length;
    },
    stop: () => clearInterval(timer),
  };
}

/** Whether the faults of its moment explain that the source could not be heard. */
export function isExplained(emulator: Emulator, trouble: Trouble, from: number, to: number): boolean {
  const spans = emulator.faults.during(from - aftermathMs[trouble], to).filter(({ hits }) => hits > 0);
  const suffered = new Set(spans.flatMap(({ fault }) => explanations.get(nameOf(fault)) ?? []));
  if (suffered.has(trouble)) return true;
  // Of many values that are searched for again in parts, what is left after 32 further calls counts as rejected.
  if (trouble === 'REJECTED') return suffered.has('DENIED') || suffered.has('MALFORMED');
  // Failures open the circuit, and waiting for a better moment may take all the time there is.
  if (trouble === 'UNAVAILABLE') return suffered.has('TIMED_OUT');
  return trouble === 'TIMED_OUT' && (suffered.has('UNAVAILABLE') || suffered.has('RATE_LIMITED'));
}

export type Draw = () => number;
const between = (draw: Draw, least: number, most: number): number => Math.round(least + draw() * (most - least));
const pick = <T>(draw: Draw, all: readonly T[]): T => all[Math.floor(draw() * all.length)] as T;

/** One trouble after another, with a rest between most of them, until the signal. */
export async function troubleUpstream(emulator: Emulator, side: Side, draw: Draw, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isTotal = draw() < 0.4;
    const forMs = isTotal && draw() < 0.2 ? 12_000 : between(draw, 500, 4000);
    const [fault] = pick(draw, choices[side]);
    const share = isTotal ? 1 : 0.1 + draw() * 0.6;
    emulator.faults.add({ ...fault, forMs, probability: share, seed: between(draw, 1, 1e6) });
    await rest(draw() < 0.3 ? forMs / 2 : forMs + between(draw, 200, 3000), signal);
  }
  emulator.faults.clear();
}

/** Both upstreams do what their documents leave open, one reading after another; nobody may notice. */
export async function changeReadings(
  emulators: Pick<Emulators, 'datadog' | 'argus'>,
  draw: Draw,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const reading = pick(draw, [asDocumented, ...unnoticed]);
    tell(`from now on: ${reading.name}`);
    play(emulators, reading);
    await rest(between(draw, 1000, 4000), signal);
  }
  play(emulators, asDocumented);
}

export type RedisTroubles = Record<'killed' | 'stopped' | 'full' | 'garbage', number>;

/** The same for Redis; afterwards it is well. */
export async function troubleRedis(
  redis: RedisServer,
  draw: Draw,
  signal: AbortSignal,
  count: RedisTroubles,
): Promise<void> {
  const troubles: readonly (() => Promise<void>)[] = [
    async () => {
      count.killed++;
      await redis.kill();
      await rest(between(draw, 300, 3000), signal);
      await redis.start();
    },
    async () => {
      count.stopped++;
      redis.pause();
      await rest(between(draw, 300, 3000), signal);
      redis.resume();
    },
    async () => {
      count.full++;
      await redis.cli('config', 'set', 'maxmemory', '1');
      await rest(between(draw, 300, 3000), signal);
      await redis.cli('config', 'set', 'maxmemory', '0');
    },
    async () => {
      count.garbage++;
      await redis.cli('eval', overwriteAll, '0', pick(draw, garbage));
    },
  ];
  while (!signal.aborted) {
    await rest(between(draw, 500, 4000), signal);
    if (!signal.aborted) await pick(draw, troubles)();
  }
}

const overwriteAll = "for _, key in ipairs(redis.call('keys', '*')) do redis.call('set', key, ARGV[1]) end return 0";
const garbage = ['{bad', '5', '[]', 'null', '":base64:AAAA"', '{"value":{},"expires":null}', '\u00ff\u0001'];

const rest = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal }).catch(() => {});
