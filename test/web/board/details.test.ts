/** An opened row: nothing of it is out of sight, and what could not be asked is said there and asked again. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answered, type BoardBench, paste, rowOf, standingsOf, startBoard } from './bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  // What the board is told is two seconds old at the most.
  bench = await startBoard({ CACHE_FRESH_SECONDS: '2', CACHE_NEGATIVE_SECONDS: '2' });
});
afterEach(() => {
  for (const emulator of [bench.bed.emulators.argus, bench.bed.emulators.datadog]) emulator.faults.clear();
});
afterAll(() => bench?.stop());

const detailsOf = (page: Page, shown: string) => page.getByRole('region', { name: `Details of ${shown}` });

async function boardOf(value: string) {
  const { page } = await bench.open();
  await paste(page, value);
  await answered(page);
  const shown = value.replaceAll('.', '[.]');
  return { page, row: rowOf(page, shown), details: detailsOf(page, shown) };
}

const factsExpire = () => new Promise(resolve => setTimeout(resolve, 2_100));

describe('an opened row', () => {
  it.each([640, 1280])('is as tall as what it holds, and all of it is in sight on a page %d wide', async width => {
    const heights: number[] = [];
    for (const value of ['evil.example.org', 'quiet.example.com']) {
      const { page, row, details } = await boardOf(value);
      await page.setViewportSize({ width, height: 800 });
      await row.getByRole('button').click();
      await details.getByRole('heading', { name: 'Argus' }).waitFor();
      const box = await details.evaluate(element => ({
        height: element.clientHeight,
        hidden: [element.scrollHeight - element.clientHeight, element.scrollWidth - element.clientWidth],
        right: element.getBoundingClientRect().right,
      }));
      expect(box.hidden).toEqual([0, 0]);
      expect(box.right).toBeLessThanOrEqual(width);
      heights.push(box.height);
    }
    expect(heights[0]).toBeGreaterThan((heights[1] ?? 0) + 100);
  });

  it('shows the strongest of many records, and the others where they are wanted', async () => {
    const { row, details } = await boardOf('crowded.example.org');
    await row.getByRole('button').click();
    const records = details.locator('.records > li');
    await records.first().waitFor();
    const confidences = (await records.allTextContents()).map(text => Number(/list (\d+) %/.exec(text)?.[1]));
    expect(confidences).toHaveLength(40);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
    expect(await records.filter({ visible: true }).count()).toBe(10);
    await details.getByText('30 more records').press('Enter');
    expect(await records.filter({ visible: true }).count()).toBe(40);
  });
});

describe('what could not be asked', () => {
  it('is said where it would have stood, be it what covers a value, and is there as soon as Argus is back', async () => {
    const { page, row, details } = await boardOf('login.parked.example.com');
    await factsExpire();
    const fault = bench.bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    await row.getByRole('button').click();
    await details.getByText('not known, Argus could not be asked').waitFor();
    expect(await standingsOf(page)).toEqual(['INCONCLUSIVE']);
    bench.bed.emulators.argus.faults.clear(fault.id);
    await details.getByText('below parked[.]example[.]com').waitFor();
    expect(await standingsOf(page)).toEqual(['INFORMATIONAL']);
  }, 60_000);

  it('or its properties', async () => {
    const { row, details } = await boardOf('evil.example.org');
    const fault = bench.bed.emulators.argus.faults.add({ kind: 'status', status: 503 });
    await row.getByRole('button').click();
    await details.getByText('Not all comments and roles are known').waitFor();
    bench.bed.emulators.argus.faults.clear(fault.id);
    await details.getByText('Fake parcel tracking').waitFor();
    expect(await details.getByText('Not all comments').count()).toBe(0);
  }, 60_000);

  it('is told with the reason where Argus refuses it', async () => {
    const narrow = await startBoard({ ARGUS_API_KEY: 'demo/key/narrow' });
    const { page } = await narrow.open();
    await paste(page, 'evil.example.org');
    await answered(page);
    await rowOf(page, 'evil[.]example[.]org').getByRole('button').click();
    await page.getByText('This key may not see the property').waitFor();
    await narrow.stop();
  });
});
