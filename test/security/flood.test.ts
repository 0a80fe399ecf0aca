import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repeat } from '../graphql/hostile.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed();
});
afterAll(() => bed.stop());

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** The largest parsed document for its text that the limits allow. */
const dense = (i: number) => `{${repeat(10, j => `a${j}:indicator(value:"n${i}"){${repeat(14, () => 'id')}}`)}}`;

it('memory stays bounded under an endless number of new operations', async () => {
  const flood = async (from: number, count: number) => {
    for (let i = from; i < from + count; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, j) => expect((await bed.ask(dense(i + j))).status).toBe(200)),
      );
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const full = await flood(0, 1_500);
  const fuller = await flood(10_000, 1_500);
  expect(fuller - full).toBeLessThan(30);
}, 300_000);
