/** How long the event loop is held by one operation that brings ten thousand rows. */
import { fileURLToPath } from 'node:url';
import type { Round } from '../figures.ts';
import type { Server } from '../processes.ts';
import { ask, quantile } from './asking.ts';
import { type Place, withBed } from './bed.ts';
import { wholeOf } from './question.ts';

const nodeOptions = ['--import', fileURLToPath(new URL('loop-probe.ts', import.meta.url))];

export const rowsOf =
  ({ values, rows }: { readonly values: number; readonly rows: number }) =>
  (place: Place): Promise<Round> =>
    withBed(place, { upstream: { rows }, nodeOptions }, async ({ gateway }) => {
      const longest: number[] = [];
      for (let operation = 0; operation < 8; operation += 1) {
        await gateway.tell('begin');
        const { complete } = await ask(gateway, wholeOf(values));
        if (complete !== values) throw new Error(`Only ${complete} of ${values} values were answered.`);
        longest.push(await longestMs(gateway));
      }
      const later = longest.slice(3); // the compiler's share of a process's life is not what is measured
      return { 'longest ms': Math.max(...later), 'longest ms, median of five': quantile(later, 0.5) };
    });

const longestMs = async (gateway: Server): Promise<number> => Number(await gateway.tell('end'));
