import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardBench, paste, rowOf, startBoard } from './bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  bench = await startBoard();
});
afterAll(() => bench?.stop());

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

describe('the tabs of the board', () => {
  it('are tabs to a screen reader: each names its panel, and one panel is there at a time', async () => {
    const { page } = await bench.open('/board#work-list');
    const tabs = page.getByRole('tablist', { name: 'Views' }).getByRole('tab');
    expect(await tabs.allTextContents()).toEqual(['Work list', 'Pasted values']);
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Work list');
    await page.getByRole('tabpanel', { name: 'Work list' }).getByRole('table').waitFor();
    expect(await page.getByRole('tabpanel').count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
    await page.getByRole('tab', { name: 'Pasted values' }).click();
    await page.getByRole('tabpanel', { name: 'Pasted values' }).waitFor();
    expect(await page.getByRole('tabpanel').count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
  });

  it('are moved between with the arrow keys, Home and End, and Tab leads on into the panel', async () => {
    const { page } = await bench.open('/board#work-list');
    await page.getByRole('tab', { name: 'Work list' }).focus();
    for (const [key, name] of [
      ['ArrowRight', 'Pasted values'],
      ['ArrowRight', 'Work list'],
      ['ArrowLeft', 'Pasted values'],
      ['Home', 'Work list'],
      ['End', 'Pasted values'],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(() => focused(page)).toBe(name);
      await page.getByRole('tabpanel', { name }).waitFor();
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role="tabpanel"]')?.id)).toBe('panel-of-values');
  });

  it('stand in the address, which says nothing else, and adds nothing to the history', async () => {
    const { page } = await bench.open();
    const before = await page.evaluate(() => history.length);
    await page.getByRole('tab', { name: 'Work list' }).click();
    await page.locator('.work .line').first().waitFor();
    expect(page.url()).toBe(`${bench.bed.url}/board#work-list`);
    await page.reload();
    await page.locator('.work .line').first().waitFor();
    expect(await page.evaluate(() => history.length)).toBe(before);
  });

  it('keep what they show, and a paste on the work list goes to the pasted values', async () => {
    const { page, requests } = await bench.open('/board#work-list');
    await page.locator('.work .line').first().waitFor();
    await paste(page, 'evil.example.org');
    await page.getByRole('tabpanel', { name: 'Pasted values' }).waitFor();
    await rowOf(page, 'evil[.]example[.]org').locator('.verdict', { hasText: 'Malicious' }).waitFor();
    await page.getByRole('tab', { name: 'Work list' }).click();
    await page.locator('.work .line').first().waitFor();
    await page.getByRole('tab', { name: 'Pasted values' }).click();
    await page.locator('table:not(.work) .line').waitFor();
    expect(requests.filter(request => request.method() === 'POST').length).toBe(2);
  });

  it('ask nothing of Datadog before they are shown', async () => {
    const { requests } = await bench.open();
    expect(requests.filter(request => request.method() === 'POST')).toEqual([]);
  });
});
