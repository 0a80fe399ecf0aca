/** How long callers wait where nothing is wrong. */
import type { Round } from '../figures.ts';
import { ask as askOnce, type Server } from '../processes.ts';
import { warmValues } from '../questions.ts';
import { type Asked, after, askInTime, askInTurn, openLoop, quantile } from './asking.ts';
import { bothAt, type Place, withBed } from './bed.ts';
import { againOf, wholeOf } from './question.ts';

const percentile = (asked: readonly Asked[], share: number): number =>
  quantile(
    asked.map(({ tookMs }) => tookMs),
    share,
  );

/** Lists of new values, one after another. */
export const lists =
  ({ values, latencyMs }: { readonly values: number; readonly latencyMs: number }) =>
  (place: Place): Promise<Round> =>
    withBed(place, { upstream: bothAt(latencyMs) }, async ({ gateway }) => {
      const next = () => wholeOf(values);
      const first = await askInTime(gateway, next());
      const early = await askInTurn(gateway, next, Math.ceil(9 * place.scale));
      const later = await askInTurn(gateway, next, Math.ceil(10 * place.scale));
      return {
        'p50 after ten, in round trips': percentile(later, 0.5) / latencyMs,
        'the first after a start, in round trips': first.tookMs / latencyMs,
        'values without a source': lackingOf([first, ...early, ...later]),
      };
    });

const lackingOf = (asked: readonly Asked[]): number =>
  asked.reduce((sum, { answer }) => sum + answer.toldWhen + answer.untold, 0);

/** Lookups of one value, at first alone, then while lists of 500 are asked, two at a time. */
export const besideLists = (place: Place): Promise<Round> =>
  withBed(place, { upstream: bothAt(100) }, async ({ gateway }) => {
    const small = () => wholeOf(1);
    await askInTurn(gateway, small, 20);
    const alone = await openLoop(gateway, small, 20, after(8000 * place.scale));
    let areAsked = true;
    const listsMs: number[] = [];
    const bursts = async () => {
      for (let burst = 0; burst < 6; burst += 1) {
        const both = await Promise.all([wholeOf(500), wholeOf(500)].map(list => askInTime(gateway, list)));
        listsMs.push(...both.map(({ tookMs }) => tookMs));
      }
      areAsked = false;
    };
    const [beside] = await Promise.all([openLoop(gateway, small, 20, () => !areAsked), bursts()]);
    return {
      'p99 beside, of that alone': percentile(beside, 0.99) / percentile(alone, 0.99),
      'p99 ms alone': percentile(alone, 0.99),
      'p99 ms beside': percentile(beside, 0.99),
      'p50 ms of a list': quantile(listsMs, 0.5),
      'lookups without a source': lackingOf(beside),
    };
  });

const warmUp = { perSecond: 500, milliseconds: 4000 };

/** A thousand lookups a second of values in memory, no two requests alike. */
export const warm = (place: Place): Promise<Round> =>
  withBed(place, {}, async ({ gateway }) => {
    await fillMemory(gateway);
    let number = 0;
    const next = () => againOf([warmValues[(++number * 7) % warmValues.length] ?? ''], number);
    await openLoop(gateway, next, warmUp.perSecond, after(warmUp.milliseconds * place.scale));
    const asked = await openLoop(gateway, next, 1000, after(8000 * place.scale));
    const late = asked.map(({ lateMs }) => lateMs);
    return {
      'p99 ms': percentile(asked, 0.99),
      'p99.9 ms': percentile(asked, 0.999),
      'p50 ms': percentile(asked, 0.5),
      'p99 ms that the bench was late': quantile(late, 0.99),
    };
  });

async function fillMemory(gateway: Server): Promise<void> {
  for (let from = 0; from < warmValues.length; from += 100)
    await askOnce(gateway, againOf(warmValues.slice(from, from + 100), from));
}
