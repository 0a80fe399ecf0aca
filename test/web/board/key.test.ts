import { createHash } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKeyEntry } from '../../setup/callers.ts';
import { answered, type BoardBench, paste, startBoard } from './bench.ts';

const key = 'a-key-for-the-board';
let bench: BoardBench;

beforeAll(async () => {
  const hash = createHash('sha256').update(key).digest('hex');
  bench = await startBoard({ AUTH: 'api-key', API_KEYS: `board:${hash}` });
});
afterAll(() => bench?.stop());

it('a gateway that wants a key is given one, which is kept in memory alone, and then every row is looked up', async () => {
  const { page, requests } = await bench.open();
  await paste(page, 'evil.example.org\nquiet.example.com');
  const dialog = page.getByRole('dialog', { name: 'This gateway wants a key' });
  const give = async (text: string) => {
    await dialog.getByLabel('Key or token').fill(text);
    await dialog.getByRole('button', { name: 'Continue' }).click();
  };
  await give('a wrong one');
  await expect.poll(() => requests.filter(request => request.method() === 'POST').length).toBe(2);
  const told = page.locator('[role="status"]').last();
  await expect.poll(() => told.textContent()).toBe('2 rows: 2 no answer');
  await give(key);
  await page.locator('tr.line[data-standing="MALICIOUS"]').waitFor();
  await answered(page);
  expect(await dialog.count()).toBe(0);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
});

it('a report waits for the key too', async () => {
  const { page } = await bench.open();
  await paste(page, 'It called evil[.]example[.]org at noon.');
  const dialog = page.getByRole('dialog', { name: 'This gateway wants a key' });
  await dialog.getByLabel('Key or token').fill(key);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await page.locator('tr.line[data-standing="MALICIOUS"]').waitFor();
});

it('where callers bring keys of their own, the page takes them too, and reviews are signed with them', async () => {
  const own = await startBoard({
    ...{
      AUTH: 'api-key',
      API_KEYS: apiKeyEntry('analyst', ['triage']),
      TRIAGE_SCOPE: 'triage',
      TRIAGE_WRITES: 'caller',
    },
    ...{ DATADOG_KEY_FROM: 'caller', DD_API_KEY: undefined, DD_APP_KEY: undefined },
  });
  const { page } = await own.open('/board#work-list');
  const give = async (dialog: Locator, application: string) => {
    await dialog.getByLabel('Key or token').fill('key-of-analyst');
    await dialog.getByLabel('Your own dd-api-key').fill('demo-api-key');
    await dialog.getByLabel('Your own dd-application-key').fill(application);
    await dialog.getByRole('button', { name: 'Continue' }).click();
  };
  await give(page.getByRole('dialog', { name: 'This gateway wants a key' }), 'not-a-key');
  await page.getByRole('alert').getByText('The list could not be read').waitFor();
  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  await give(page.getByRole('dialog', { name: 'Keys' }), 'demo-app-key');
  await page.locator('.work .line').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  await page.getByText('✓ Reviewed').waitFor();
  const [write] = own.bed.emulators.datadog.requests.filter(({ method }) => method === 'POST');
  expect(write?.headers).toMatchObject({ 'dd-api-key': 'demo-api-key', 'dd-application-key': 'demo-app-key' });
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
  await own.stop();
});
