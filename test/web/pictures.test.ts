/**
 * The pictures of the README. `WRITE_PICTURES=on npm run test:only -- test/web/pictures.test.ts` takes them anew, of the pages and
 * the data of the demo.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGraphiql } from '../setup/graphiql.ts';
import { answered, type BoardBench, paste, startBoard } from './board/bench.ts';

const isWriting = process.env.WRITE_PICTURES === 'on';
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

let bench: BoardBench | undefined;
beforeAll(async () => {
  if (!isWriting) return;
  await buildGraphiql();
  bench = await startBoard();
});
afterAll(() => bench?.stop());

/** One of each verdict, and the reasons of one. */
const values = [
  ...['evil.example.org', 'disputed.example.com', 'http://shop.example.net/pay', 'mail.evil.example.org'],
  ...['44d88612fea8a8f36de82e1278abb02f', '198.51.100.5', 'cdn.example.net', 'quiet.example.com'],
];

async function showBoard(page: Page) {
  await paste(page, values.join('\n'));
  await answered(page);
  await page.getByRole('button', { name: 'disputed[.]example[.]com', exact: true }).click();
  await page.getByText('Sinkholed since May?').waitFor();
}

/** The query of the first tab. */
async function showGraphiql(page: Page) {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.locator('.graphiql-execute-button').click();
  await page.locator('.result-window', { hasText: 'MALICIOUS' }).waitFor();
}

const pictures = [
  { file: 'docs/pictures/board.png', path: '/board#values', show: showBoard },
  { file: 'docs/pictures/graphiql.png', path: '/graphiql', show: showGraphiql },
];

it.each(pictures)('$file is there, and in the README', async ({ file, path, show }) => {
  const picture = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  if (bench) {
    const { page } = await bench.open(path);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 1440, height: 840 });
    await show(page);
    await page.mouse.move(0, 0);
    await page.screenshot({ path: picture, animations: 'disabled' });
  }
  expect(existsSync(picture)).toBe(true);
  expect(readme).toContain(`](${file})`);
});
