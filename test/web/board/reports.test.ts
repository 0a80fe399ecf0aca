/** Reports: read in parts of any number, and what could not be used or read is said. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answered, type BoardBench, holdAnswers, paste, rowOf, standingsOf, startBoard, textsSent } from './bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  bench = await startBoard();
});
afterAll(() => bench?.stop());
beforeEach(() => bench.bed.emulators.datadog.clearRequests());

const notice = (page: Page) => page.getByRole('status').first();

/** The rows of such a board stay pending, so that no source is asked. */
async function readOnly(page: Page) {
  await page.route('**/graphql', async route => {
    if (!route.request().postData()?.includes('query Triage')) await route.continue();
  });
}

const filler = 'Nothing to be seen in this sentence of a report, which goes on and on. '.repeat(6);
const sentences = (count: number) =>
  Array.from({ length: count }, (_, at) => `Seen at host-${at}[.]example[.]org. ${filler}`).join('\n');

describe('a long report', () => {
  it('of 300 KB and 700 indicators is sent in parts that end at line ends, each once', async () => {
    const { page, requests } = await bench.open();
    await readOnly(page);
    const report = sentences(700);
    await paste(page, report);
    await expect(notice(page).getByText(/found/).textContent()).resolves.toBe(
      '700 indicators found in the text, 700 new rows',
    );
    const sent = textsSent(requests);
    expect(report.length).toBeGreaterThan(300_000);
    expect(sent.length).toBe(Math.ceil(report.length / (32 * 1024)));
    expect(sent.join('')).toBe(report);
    expect(sent.slice(0, -1).every(text => text.endsWith('\n'))).toBe(true);
    expect(await page.locator('tr.line').count()).toBe(700);
  });

  it('whose part holds too many indicators is halved, and the rows that the board has no room for are counted', async () => {
    const { page, requests } = await bench.open();
    await readOnly(page);
    const names = Array.from({ length: 1_100 }, (_, at) => `from host-${at}.example.net`).join('\n');
    await paste(page, names);
    await expect(notice(page).getByText(/found/).textContent()).resolves.toBe(
      '1,100 indicators found in the text, 1,000 new rows; 100 rows left out, the board holds 1,000',
    );
    const lengths = textsSent(requests).map(text => text.split('\n').filter(Boolean).length);
    expect(lengths.filter(length => length <= 500).reduce((sum, length) => sum + length, 0)).toBe(1_100);
    expect(lengths.map(length => length > 500)).toEqual([true, true, false, false, true, false, false]);
    expect(await page.locator('tr.line').count()).toBe(1_000);
  });

  it('in one line is cut between its words', async () => {
    const { page, requests } = await bench.open();
    await readOnly(page);
    const json = JSON.stringify(
      Array.from({ length: 2_000 }, (_, at) => ({ at, host: `host-${at % 40}.example.org` })),
    );
    await paste(page, json);
    await notice(page).getByText('40 indicators found in the text, 40 new rows').waitFor();
    expect(textsSent(requests).join('')).toBe(json);
    expect(textsSent(requests).length).toBeGreaterThan(1);
  });

  it('of which a part fails keeps what was read, says which lines were not, and reads them when asked to', async () => {
    const { page, requests } = await bench.open();
    await readOnly(page);
    let count = 0;
    await page.route('**/graphql', async route => {
      if (!route.request().postData()?.includes('query Extract')) return route.fallback();
      count += 1;
      await (count === 2 ? route.fulfill({ status: 503, body: 'busy' }) : route.fallback());
    });
    await paste(page, sentences(200));
    await notice(page)
      .getByText(/not read/)
      .waitFor();
    expect(await notice(page).textContent()).toMatch(
      /^1(\d\d) indicators found in the text, 1\1 new rows; lines 7\d to 1[45]\d were not read: The gateway answered 503$/,
    );
    const before = await page.locator('tr.line').count();
    await page.getByRole('button', { name: 'Read the rest again' }).click();
    await notice(page)
      .getByText(`200 indicators found in the text, ${200 - before} new rows`)
      .waitFor();
    const sent = textsSent(requests);
    expect(sent.length).toBe(4);
    expect(sent[3]).toBe(sent[1]);
    expect(await page.locator('tr.line').count()).toBe(200);
    expect(await page.getByRole('button', { name: 'Read the rest again' }).count()).toBe(0);
  });

  it('that is still being read when the board is cleared adds nothing any more', async () => {
    const { page } = await bench.open();
    const release = await holdAnswers(page);
    await paste(page, sentences(3));
    await page.getByText('Reading the text').waitFor();
    await paste(page, 'evil.example.org');
    await page.getByRole('button', { name: 'Clear' }).click();
    release();
    await paste(page, 'cdn.example.net');
    await answered(page);
    expect(await page.locator('tr.line').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Show the text' }).count()).toBe(0);
  });
});

describe('what could not be used', () => {
  const report = [
    'The host called evil[.]example[.]org, and then quiet.example.com.',
    'Nothing here.',
    'It looked for 10.0.0.256 <img src=x onerror=alert(1)> \u202egnp.exe',
    'and for evil.example.org\tagain.',
  ].join('\n');
  const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'What was read in the text' });

  it('is counted, and stands marked in the text with its reason, beside what was found in the colour of its row', async () => {
    const { page, requests, violations } = await bench.open();
    await paste(page, report);
    await notice(page).getByText('2 indicators found in the text, 1 piece could not be used, 2 new rows').waitFor();
    await answered(page);
    await page.getByRole('button', { name: 'Show the text' }).click();
    const marks = await dialogOf(page)
      .locator('mark')
      .evaluateAll(all => all.map(one => [one.getAttribute('data-standing'), one.textContent]));
    expect(marks).toEqual([
      ['MALICIOUS', 'evil[.]example[.]org (Malicious)'],
      ['NO_MATCH', 'quiet.example.com (No match)'],
      ['UNUSABLE', '10.0.0.256 (Not usable)'],
      ['MALICIOUS', 'evil.example.org (Malicious)'],
    ]);
    const lines = await dialogOf(page).locator('.text-line').allTextContents();
    expect(lines.length).toBe(4);
    expect(lines[1]).toBe('2Nothing here.');
    expect(lines[2]).toContain('<img src=x onerror=alert(1)> \\u202egnp.exe');
    expect(lines[2]).toContain('An IPv4 address has four decimal numbers from 0 to 255');
    expect(await page.locator('dialog img').count()).toBe(0);
    expect(violations).toEqual([]);
    expect(textsSent(requests)).toEqual([report]);
    expect(bench.bed.emulators.datadog.lookups.length).toBe(2);
  });

  it('can be seen by itself, with the keyboard alone', async () => {
    const { page } = await bench.open();
    await paste(page, report);
    await notice(page)
      .getByText(/could not be used/)
      .waitFor();
    await page.keyboard.press('t');
    const filter = dialogOf(page).getByRole('checkbox', { name: 'Only what could not be used' });
    expect(await filter.evaluate(element => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Space');
    expect(await dialogOf(page).locator('.line-number').allTextContents()).toEqual(['3']);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('is shown of a long text without the lines that hold nothing', async () => {
    const { page } = await bench.open();
    await paste(page, [...Array(300).fill(filler), 'see 10.0.0.256', `${filler}evil.example.org ${filler}`].join('\n'));
    await notice(page).getByText('1 indicator found in the text, 1 piece could not be used, 1 new row').waitFor();
    await page.keyboard.press('t');
    expect(await dialogOf(page).locator('.line-number').allTextContents()).toEqual(['301', '302']);
    expect((await dialogOf(page).locator('.text-line').nth(1).textContent())?.length).toBeLessThan(500);
  });

  it('can be scrolled to with the keyboard', async () => {
    const { page } = await bench.open();
    await paste(page, sentences(60));
    await notice(page).getByText(/found/).waitFor();
    await page.keyboard.press('t');
    await dialogOf(page).waitFor();
    const scrolled = async () => {
      await page.keyboard.press('PageDown');
      return dialogOf(page).evaluate(dialog => dialog.scrollTop);
    };
    await expect.poll(scrolled, { timeout: 20_000 }).toBeGreaterThan(100);
  });

  it('of a list in which a line has spaces is every line without an indicator', async () => {
    const { page } = await bench.open();
    const good = ['evil.example.org', '192.0.2.1', 'quiet.example.com', 'cdn.example.net', '198.51.100.7', '192.0.2.9'];
    const bad = ['Mozilla/5.0 (X11; Linux)', '=cmd|calc', 'x:443 y'];
    await paste(page, [...good, ...bad].join('\n'));
    await notice(page).getByText('6 indicators found in the text, 3 pieces could not be used, 6 new rows').waitFor();
    await answered(page);
    expect((await standingsOf(page)).length).toBe(6);
    await page.getByRole('button', { name: 'Show the text' }).click();
    const unusable = await dialogOf(page).locator('mark[data-standing="UNUSABLE"]').allTextContents();
    expect(unusable.map(text => text.replace(' (Not usable)', ''))).toEqual(bad);
    expect(await dialogOf(page).getByText('No indicator was found in this line').count()).toBe(3);
    await page.keyboard.press('Escape');
    await rowOf(page, 'evil[.]example[.]org').waitFor();
  });
});
