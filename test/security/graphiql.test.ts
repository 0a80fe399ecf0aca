import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKeyAuth } from '../setup/callers.ts';
import { launchChromium } from '../setup/chromium.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

let bed: TestBed;
let browser: Browser;
beforeAll(async () => {
  bed = await startTestBed({ ...apiKeyAuth({ soc: [] }), ARGUS_KEY_FROM: 'caller' });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await bed.stop();
});

it('GraphiQL of the real gateway works under its policy, calls no other host, and shows hostile values as text', async () => {
  const page = await browser.newPage();
  const [violations, elsewhere]: [string[], string[]] = [[], []];
  page.on('console', message => {
    if (/Content Security Policy|Refused to/i.test(message.text())) violations.push(message.text());
  });
  page.on('dialog', dialog => {
    violations.push(dialog.message());
    void dialog.dismiss();
  });
  await page.route('**/*', route => {
    const { origin, protocol } = new URL(route.request().url());
    if (origin === bed.url || protocol === 'data:' || protocol === 'blob:') return route.continue();
    elsewhere.push(route.request().url());
    return route.abort();
  });
  const hostile = '"><img src=x onerror=alert(1)>';
  const query =
    'query ($v: String!) { indicator(value: $v) { value threat { maliciousSources suspiciousSources tags } } }';
  const search = new URLSearchParams({ query, variables: JSON.stringify({ v: hostile }) });
  const response = await page.goto(`${bed.url}/graphiql?${search}`);
  const policy = response?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy.match(/default-src/g)).toHaveLength(1);

  await page.getByRole('button', { name: 'Headers' }).click();
  const headers = page.locator('.graphiql-editor-tool .view-lines').last();
  // The headers editor names the headers that this gateway expects.
  await expect.poll(async () => (await headers.textContent()) ?? '', { timeout: 15_000 }).toContain('Authorization');
  expect(await headers.textContent()).toContain('argus-api-key');
  await headers.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{ "Authorization": "Bearer key-of-soc"');
  await page.getByRole('button', { name: /Execute/ }).click();
  const result = page.locator('.result-window .view-lines');
  await expect.poll(async () => (await result.textContent()) ?? '', { timeout: 15_000 }).toContain('onerror=alert(1)');
  expect(await result.textContent()).toContain('<script>alert(2)</script>');
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect({ violations, elsewhere }).toEqual({ violations: [], elsewhere: [] });
}, 60_000);
