/** The board as it is in the working tree, built anew, in front of the real gateway and emulators, in a real browser. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page, Request } from 'playwright-core';
import { build } from 'vite';
import type { Environment } from '../../../src/config/variables.ts';
import { createSeededDataSet } from '../../../src/emulators/seed.ts';
import { launchChromium } from '../../setup/chromium.ts';
import { startTestBed, type TestBed } from '../../setup/gateway.ts';

interface OpenedPage {
  readonly page: Page;
  /** The page's requests, oldest first. */
  readonly requests: readonly Request[];
  /** Scripts that failed, and what the page's policy stopped. */
  readonly violations: readonly string[];
}

export interface BoardBench {
  readonly bed: TestBed;
  /** By default the tab of pasted values. */
  open(path?: string): Promise<OpenedPage>;
  stop(): Promise<void>;
}

export async function startBoard(environment: Environment = {}): Promise<BoardBench> {
  const folder = await mkdtemp(join(tmpdir(), 'board-'));
  const root = fileURLToPath(new URL('../../../src/web/board', import.meta.url));
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir: folder } });
  const dataSet = createSeededDataSet({ now: Date.now() });
  const bed = await startTestBed({ BOARD: 'on', ...environment }, { dataSet }, { board: pathToFileURL(`${folder}/`) });
  const browser = await launchChromium();
  return {
    bed,
    open: (path = '/board#values') => openPage(browser, bed.url + path),
    async stop() {
      await browser.close();
      await bed.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function openPage(browser: Browser, address: string): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const requests: Request[] = [];
  const violations: string[] = [];
  page.on('request', request => requests.push(request));
  page.on('pageerror', error => violations.push(error.message));
  page.on('console', message => void (message.type() === 'error' && violations.push(message.text())));
  page.on('dialog', dialog => {
    violations.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  // What is pasted before the page is there goes nowhere.
  if (address.includes('/board')) await page.getByRole('main').first().waitFor();
  return { page, requests, violations };
}

/** The texts that the gateway was asked to read. */
export const textsSent = (requests: readonly Request[]): readonly string[] =>
  requests.flatMap(request => JSON.parse(request.postData() ?? '{}').variables?.text ?? []);

/** As the browser delivers a paste, to wherever the focus is. */
export const paste = (page: Page, text: string) =>
  page.evaluate(pasted => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    (document.activeElement ?? document.body).dispatchEvent(event);
  }, text);

/** Every row's standing, from the top. */
export const standingsOf = (page: Page) =>
  page.locator('tr.line').evaluateAll(rows => rows.map(row => row.getAttribute('data-standing') ?? ''));

export const rowOf = (page: Page, shown: string) =>
  page.locator('tr.line').filter({ has: page.getByRole('button', { name: shown, exact: true }) });

export const answered = (page: Page) => page.locator('progress[data-done="true"]').waitFor();

/** Nothing of the page is answered until the returned function is called. */
export async function holdAnswers(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await page.route('**/graphql', async route => {
    await held.promise;
    await route.continue();
  });
  return held.resolve;
}

/** Through the dialog, as a list in which a line may have spaces. */
export async function addAsList(page: Page, text: string) {
  await page.getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add indicators' });
  await dialog.getByRole('checkbox', { name: /Each line/ }).check();
  await dialog.getByRole('textbox').fill(text);
  await dialog.getByRole('button', { name: 'Look up' }).click();
  await page.locator('tr.line').first().waitFor();
  await answered(page);
}

export const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** The file that the button saves. */
export async function exported(page: Page, name: 'CSV' | 'JSON'): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name, exact: true }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}
