/** A row, its copied summary and both exports carry the whole verdict: both sides, what is missing, what is around the value. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, type BoardBench, clipboard, exported, paste, rowOf, standingsOf, startBoard } from './bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  bench = await startBoard();
});
afterAll(() => bench?.stop());

async function boardOf(values: readonly string[], of = bench) {
  const opened = await of.open();
  await paste(opened.page, values.join('\n'));
  await answered(opened.page);
  return opened;
}

const cell = (page: Page, shown: string, name: string) => rowOf(page, shown).locator(`td.${name}`).innerText();

async function copiedSummary(page: Page): Promise<string> {
  await page.keyboard.press('j');
  await page.keyboard.press('s');
  await page.getByText(/^Copied /).waitFor();
  return clipboard(page);
}

const countOf = (page: Page, words: string) =>
  page.getByRole('button', { name: new RegExp(`^\\d+ ${words}$`) }).textContent();

describe('what is listed around a value', () => {
  it('stands in the closed row: parent domains, blocks, the host and what is around that, and never beside "none"', async () => {
    const notes = new Map([
      ['login[.]parked[.]example[.]com', ['below parked[.]example[.]com (1 list)', '1 around it']],
      ['mail[.]evil[.]example[.]org', ['below evil[.]example[.]org (4 lists)', '4 around it']],
      ['198[.]51[.]100[.]5', ['inside 198[.]51[.]100[.]0/28 (1 list)', '2 around it']],
      ['hxxp://evil[.]example[.]org/x', ['on host evil[.]example[.]org (4 lists)', '4 around it']],
      ['bob[@]login[.]parked[.]example[.]com', ['on a host below parked[.]example[.]com (1 list)', '1 around it']],
    ]);
    const { page } = await boardOf([...notes.keys()]);
    for (const [shown, [note = '', lists]] of notes) {
      expect(await rowOf(page, shown).innerText()).toContain(note);
      expect((await cell(page, shown, 'lists')).split('\n')[0]).toBe(lists);
    }
  });

  it('is asked with the verdict: no upstream call is made for it', async () => {
    const { argus, datadog } = bench.bed.emulators;
    for (const emulator of [argus, datadog]) emulator.clearRequests();
    const { page } = await boardOf(['deep.parked.example.com', '198.51.100.6', 'quiet.example.com']);
    expect(await cell(page, 'quiet[.]example[.]com', 'lists')).toBe('none');
    expect(argus.requests.filter(({ path }) => path.endsWith('/search')).length).toBe(2);
    expect(datadog.lookups.length).toBe(3);
  });

  it('is in the copied summary, in CSV and in JSON, as text whatever a list is called', async () => {
    const { argus } = bench.bed.emulators.dataSet;
    argus.addList({ shortName: 'formula', name: '=HYPERLINK("http://x.example.org")' });
    argus.add({ value: 'formula.example.org', list: 'formula' });
    const { page } = await boardOf(['www.formula.example.org']);
    expect(await copiedSummary(page)).toContain('its parent formula[.]example[.]org is on the Argus list');
    const csv = await exported(page, 'CSV');
    expect(csv.split('\r\n')[0]).toMatch(/,problem,conflicting,covering,read_from$/);
    expect(csv).toContain('"below formula[.]example[.]org (=HYPERLINK(""hxxp://x[.]example[.]org""))"');
    expect(csv).not.toMatch(/(^|,)["']*[=+\-@]/m);
    const [row] = JSON.parse(await exported(page, 'JSON'));
    expect(row).toMatchObject({
      verdict: 'INFORMATIONAL',
      summary: expect.stringContaining('its parent formula[.]example[.]org'),
      missing: '',
      conflicting: false,
      covering: [
        { relation: 'below', value: 'formula[.]example[.]org', lists: ['=HYPERLINK("hxxp://x[.]example[.]org")'] },
      ],
    });
  });

  it('is unknown, not "none", where Argus could not be asked, and the rows still come', async () => {
    const { faults } = bench.bed.emulators.argus;
    const fault = faults.add({ kind: 'status', status: 403 });
    const { page, violations } = await boardOf(['unasked.example.org', 'http://unasked.example.org/x']);
    const row = rowOf(page, 'unasked[.]example[.]org');
    expect(await standingsOf(page)).toEqual(['INCONCLUSIVE', 'INCONCLUSIVE']);
    expect(await row.innerText()).toContain('without Argus');
    expect(await cell(page, 'unasked[.]example[.]org', 'lists')).toContain('unknown');
    expect(await copiedSummary(page)).toContain('Argus refused access');
    expect(await exported(page, 'CSV')).toMatch(/,INCONCLUSIVE,.*,ARGUS,.*,false,unknown,\r\n/);
    expect(JSON.parse(await exported(page, 'JSON'))[0]).toMatchObject({ missing: 'ARGUS', covering: null });
    await row.getByRole('button').click();
    await page.getByRole('region').getByText('not known, Argus could not be asked').waitFor();
    faults.clear(fault.id);
    expect(violations).toEqual([]);
  });
});

describe('sources that contradict each other', () => {
  it('are told in the closed row, in the copied summary with both sides, in CSV and in JSON', async () => {
    const { page } = await boardOf(['disputed.example.com']);
    const sentence =
      'disputed[.]example[.]com is malicious: Argus has it on the list "Botnet command and control" (active, confidence 90); but Datadog scores it 1, called benign by "SOURCE4".';
    expect(await rowOf(page, 'disputed[.]example[.]com').innerText()).toMatch(/Malicious\s+disputed/);
    expect(await cell(page, 'disputed[.]example[.]com', 'reason')).toBe(sentence.replace(/^.*?: /, ''));
    expect(await copiedSummary(page)).toBe(`${sentence} Sources disagree.`);
    expect(await exported(page, 'CSV')).toMatch(/,true,,\r\n$/);
    expect(JSON.parse(await exported(page, 'JSON'))).toMatchObject([
      { summary: sentence, conflicting: true, covering: [] },
    ]);
  });
});

describe('a kind that no source is known to hold', () => {
  it('is inconclusive, lacks nobody who could be asked again, and says why', async () => {
    const { page, requests } = await boardOf(['19339fb728cc2597cddc742ce7f8d911', 'no-such-kind']);
    expect(await standingsOf(page)).toEqual(['INCONCLUSIVE', 'INCONCLUSIVE']);
    expect([await countOf(page, 'inconclusive'), await countOf(page, 'incomplete')]).toEqual([
      '2 inconclusive',
      '0 incomplete',
    ]);
    const row = rowOf(page, '19339fb728cc2597cddc742ce7f8d911');
    expect(await row.innerText()).toMatch(/Inconclusive\s+no source for its kind/);
    expect(await row.innerText()).not.toMatch(/retry|without/);
    expect(await copiedSummary(page)).toContain('no source that answered is known to hold MD5 hashes');
    expect(await page.getByRole('status').last().textContent()).toBe('2 rows: 2 inconclusive');
    expect(requests.filter(request => request.method() === 'POST').length).toBe(1);
    await row.getByRole('button').click();
    await page
      .getByRole('region')
      .getByText('not known to hold this kind, its silence proves nothing')
      .first()
      .waitFor();
  });

  it('is told of a URL by its limits: only the host counts', async () => {
    const { page } = await boardOf(['http://quiet.example.com/x']);
    await rowOf(page, 'hxxp://quiet[.]example[.]com/x').getByRole('button').click();
    await page.getByRole('region').getByText('only the host of it is known to be looked up').first().waitFor();
  });
});

describe('a source without credentials', () => {
  it('is not missing; row, copied summary and exports say that it is not connected', async () => {
    const alone = await startBoard({ ARGUS_API_KEY: '' });
    const { page } = await boardOf(['quiet.example.com'], alone);
    expect(await standingsOf(page)).toEqual(['NO_MATCH']);
    expect(await countOf(page, 'incomplete')).toBe('0 incomplete');
    expect(await cell(page, 'quiet[.]example[.]com', 'sources')).toMatch(/Argus\s+not connected here/);
    expect(await cell(page, 'quiet[.]example[.]com', 'lists')).toContain('unknown');
    expect(await copiedSummary(page)).toContain('Argus is not connected here');
    expect(await exported(page, 'CSV')).toMatch(/Argus is not connected here.*,UNCONFIGURED,/);
    await alone.stop();
  });
});
