import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKeyAuth } from '../../../setup/callers.ts';
import { type BoardBench, startBoard } from '../bench.ts';
import { chosenRow, marksSent, namesOf, scrollToTheEnd } from './bench.ts';

/** Opens the next row, reads it and closes it again. */
async function readNext(page: Page): Promise<string> {
  await page.keyboard.press('j');
  const name = (await chosenRow(page).locator('.value').textContent()) ?? '';
  await page.keyboard.press('Enter');
  const details = page.getByRole('region', { name: `Details of ${name}` });
  await details.getByRole('link', { name: 'Datadog: logs' }).waitFor();
  await page.keyboard.press('Enter');
  expect(await details.count()).toBe(0);
  return name;
}

const filterBy = async (page: Page, query: string) => {
  await page.keyboard.press('/');
  await page.keyboard.type(query);
  const answer = page.waitForResponse(response => response.url().endsWith('/graphql'));
  await page.keyboard.press('Enter');
  await answer;
  await page.locator('.work .line').first().waitFor();
  await page.getByRole('searchbox', { name: 'Query' }).blur();
};

const footer = (page: Page) => page.locator('.panel:not([hidden]) footer');
const refang = (name: string) => name.replaceAll('[.]', '.');

describe('a morning with the work list', () => {
  let bench: BoardBench;
  beforeAll(async () => {
    bench = await startBoard({ TRIAGE_WRITES: 'service' });
  });
  afterAll(() => bench?.stop());

  it('open, filter, read three, mark two, undo one, lose the network, go on', async () => {
    const { page, requests, violations } = await bench.open('/board#work-list');
    await page.locator('.work .line').first().waitFor();
    // The page, what it consists of, and the first rows: nothing waits for anything else.
    expect(requests.filter(request => request.method() === 'POST').length).toBe(1);

    await filterBy(page, 'crow');
    const names = await namesOf(page);
    expect(names.filter(name => !name.includes('crow'))).toEqual([]);
    expect(names.length).toBe(100);
    const [, total] = ((await footer(page).textContent()) ?? '').match(/100 of (\d+) rows read/)?.map(Number) ?? [];
    expect(total).toBeGreaterThan(100);

    // No key marks a row before one was chosen.
    await page.keyboard.press('r');
    await footer(page).getByText('No row is chosen yet').waitFor();
    const read = [await readNext(page), await readNext(page), await readNext(page)];
    expect(read).toEqual(names.slice(0, 3));
    await page.keyboard.press('r');
    await footer(page).getByText(`${read[2]} is recorded as reviewed`).waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('r');
    await footer(page).getByText(`${read[1]} is recorded as reviewed`).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.keyboard.press('u');
    await footer(page).getByText(`${read[1]} is recorded as to be reviewed`).waitFor();
    expect(await chosenRow(page).locator('.value').textContent()).toBe(read[1]);
    const marked = [`${refang(read[2] ?? '')} reviewed`, `${refang(read[1] ?? '')} reviewed`];
    expect(marksSent(bench)).toEqual([...marked, `${refang(read[1] ?? '')} not_reviewed`]);
    // What was open is still, and what is opened shows what has just been done.
    const details = (name = '') => page.getByRole('region', { name: `Details of ${name}` });
    expect(await details(read[2]).count()).toBe(1);
    await page.keyboard.press('Enter');
    const history = details(read[1]).locator('.history li');
    await expect
      .poll(() => history.allTextContents(), { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^Set to be reviewed.+by /), expect.stringMatching(/^Reviewed.+by /)]);
    await page.keyboard.press('Enter');

    await page.context().setOffline(true);
    await page.keyboard.press('k');
    await page.keyboard.press('r');
    await footer(page).getByText(`${read[0]} may be recorded as reviewed`).waitFor();
    await scrollToTheEnd(page);
    await page.getByRole('alert').getByText('The next page could not be read').waitFor();
    expect(await namesOf(page)).toEqual(names);

    await page.context().setOffline(false);
    await scrollToTheEnd(page);
    const all = await namesOf(page);
    expect(all.slice(0, 100)).toEqual(names);
    expect(all.length).toBe(total);
    expect(new Set(all).size).toBe(all.length);
    await page.keyboard.press('r');
    await footer(page).getByText(`${read[0]} is recorded as reviewed`).waitFor();
    expect(marksSent(bench).at(-1)).toBe(`${refang(read[0] ?? '')} reviewed`);
    expect(marksSent(bench).length).toBe(4);
    expect(await footer(page).textContent()).toContain(`${total} of ${total} rows read · 2 marked`);
    expect(violations.filter(text => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  }, 90_000);
});

describe('a caller who may neither mark nor see names', () => {
  let bench: BoardBench;
  beforeAll(async () => {
    bench = await startBoard({
      ...apiKeyAuth({ reader: [], analyst: ['triage', 'personal'] }),
      ...{ TRIAGE_WRITES: 'service', TRIAGE_SCOPE: 'triage', DATADOG_PERSONAL_SCOPE: 'personal' },
    });
  });
  afterAll(() => bench?.stop());

  const giveKey = async (page: Page, key: string) => {
    const dialog = page.getByRole('dialog', { name: 'This gateway wants a key' });
    await dialog.getByLabel('Key or token').fill(key);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await page.locator('.work .line').first().waitFor();
  };

  it('is asked for a key at once, reads and filters as anybody does, and is told why nothing is marked', async () => {
    const { page, requests } = await bench.open('/board#work-list');
    await giveKey(page, 'key-of-reader');
    await footer(page).getByText('who reviewed is not shown to you').waitFor();
    await filterBy(page, 'crow');
    const name = await readNext(page);
    await page.keyboard.press('r');
    const why = page.getByText(/^Marking is not possible: .*triage/).first();
    await why.waitFor();
    const button = page.getByRole('button', { name: `Mark reviewed: ${name}` });
    expect(await button.isDisabled()).toBe(true);
    expect(await chosenRow(page).textContent()).not.toContain('✓ Reviewed');
    expect(marksSent(bench)).toEqual([]);
    await readNext(page);
    await scrollToTheEnd(page);
    await page.getByText('That is all').waitFor();
    const askedForNames = requests.flatMap(
      request => JSON.parse(request.postData() ?? '{}').variables?.withNames ?? [],
    );
    expect(askedForNames.filter(Boolean).length).toBeLessThan(askedForNames.length);
  });

  it('marks and sees names with another key', async () => {
    const { page } = await bench.open('/board#work-list');
    await giveKey(page, 'key-of-analyst');
    const name = await readNext(page);
    await page.keyboard.press('r');
    await footer(page).getByText(`${name} is recorded as reviewed`).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Reviewed');
    const row = page.locator('.work .line').filter({ hasText: name });
    await row.getByText(/by [0-9a-f-]{8,}/).waitFor();
  });
});

it('a page that Datadog does not answer loses nothing: what is there stays, and a retry is offered', async () => {
  const bench = await startBoard({ TRIAGE_WRITES: 'service' });
  const { page } = await bench.open('/board#work-list');
  await page.locator('.work .line').first().waitFor();
  const names = await namesOf(page);
  const { faults } = bench.bed.emulators.datadog;
  const fault = faults.add({ kind: 'status', status: 503, match: { method: 'GET' } });
  await scrollToTheEnd(page);
  const alert = page.getByRole('alert');
  await alert.getByText(/^The next page could not be read: .*Datadog/).waitFor();
  await alert.getByText(/^retry in/).waitFor();
  expect(await namesOf(page)).toEqual(names);
  faults.clear(fault.id);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(async () => (await namesOf(page)).length, { timeout: 20_000 }).toBe(200);
  expect((await namesOf(page)).slice(0, 100)).toEqual(names);
  await bench.stop();
});
