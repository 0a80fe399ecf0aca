import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example } from '../../../src/web/board/example.ts';
import { standings } from '../../../src/web/board/triage.ts';
import {
  addAsList,
  answered,
  type BoardBench,
  clipboard,
  exported,
  holdAnswers,
  paste,
  rowOf,
  standingsOf,
  startBoard,
  textsSent,
} from './bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  bench = await startBoard();
});
afterAll(() => bench?.stop());

const names = (count: number) => Array.from({ length: count }, (_, at) => `name-${at}.example.org`).join('\n');
const values = (post: string | null): readonly string[] => JSON.parse(post ?? '{}').variables?.values ?? [];

describe('a report pasted anywhere', () => {
  it('becomes a row for each indicator in it, worst first, and leaves no trace in address, storage or links', async () => {
    const { page, requests, violations } = await bench.open();
    await paste(page, example);
    await page.locator('tr.line').nth(40).waitFor();
    await answered(page);
    const shown = await standingsOf(page);
    expect(shown.length).toBe(44);
    // People see this: the demo's data set must know enough of it.
    for (const standing of ['MALICIOUS', 'SUSPICIOUS', 'INFORMATIONAL', 'BENIGN', 'NO_MATCH']) {
      expect(shown).toContain(standing);
    }
    expect(shown.filter(standing => standing === 'NO_MATCH').length).toBeLessThan(shown.length / 2);
    const order: readonly string[] = standings;
    expect(shown).toEqual(shown.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(page.url()).toBe(`${bench.bed.url}/board#values`);
    const kept = await page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      document.cookie,
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
      document.querySelectorAll('a, [href^="http"], form[action]').length,
      history.length,
    ]);
    expect(kept).toEqual([0, 0, '', 0, 0, 0, 2]);
    for (const request of requests) {
      expect(new URL(request.url()).origin).toBe(bench.bed.url);
      if (request.url().includes('graphql'))
        expect([request.method(), new URL(request.url()).search]).toEqual(['POST', '']);
    }
    expect(violations).toEqual([]);
  });

  it('is read as a list when no line has a space in it, each spelling of an indicator once', async () => {
    const { page, requests } = await bench.open();
    await paste(page, 'evil[.]example[.]org\r\nEVIL.example.org\n\n192.0.2.1\n');
    await answered(page);
    expect(await page.locator('tr.line').count()).toBe(2);
    expect(await rowOf(page, 'evil[.]example[.]org').textContent()).toContain('given 2 times');
    expect(textsSent(requests)).toEqual([]);
  });
});

describe('the rows', () => {
  it('are there at once and keep their height while chunks of 25 fill them', async () => {
    const { page, requests } = await bench.open();
    const release = await holdAnswers(page);
    await paste(page, names(60));
    await page.locator('tr.line').nth(59).waitFor();
    expect(new Set(await standingsOf(page))).toEqual(new Set(['PENDING']));
    const heights = () =>
      page.locator('tr.line').evaluateAll(rows => rows.map(row => row.getBoundingClientRect().height));
    const frame = () =>
      page
        .locator('header, nav, main, footer')
        .evaluateAll(all => all.map(part => part.getBoundingClientRect().toJSON()));
    const before = { heights: await heights(), frame: await frame() };
    release();
    await answered(page);
    expect(await heights()).toEqual(before.heights);
    expect(await frame()).toEqual(before.frame);
    expect(new Set(before.heights).size).toBe(1);
    expect(requests.map(request => values(request.postData()).length).filter(Boolean)).toEqual([25, 25, 10]);
  });

  it('sort as answers come, but the one that has the focus stays where it is on the screen', async () => {
    const { page } = await bench.open();
    const release = await holdAnswers(page);
    const bad = ['evil.example.org', 'disputed.example.com', 'listed.example.net', 'parked.example.com'];
    await paste(page, [...Array.from({ length: 30 }, (_, at) => `still-${at}.example.org`), ...bad].join('\n'));
    const button = page.getByRole('button', { name: 'still-20[.]example[.]org', exact: true });
    await button.focus();
    const top = () => button.evaluate(element => Math.round(element.getBoundingClientRect().top));
    const before = await top();
    release();
    await answered(page);
    expect((await standingsOf(page)).slice(0, 4)).toEqual(['MALICIOUS', 'MALICIOUS', 'MALICIOUS', 'SUSPICIOUS']);
    expect(await top()).toBe(before);
    expect(await button.evaluate(element => element === document.activeElement)).toBe(true);
  });

  it('that are inconclusive stand directly under suspicious ones, striped, and neither they nor no match are green', async () => {
    const { page } = await bench.open();
    const fault = bench.bed.emulators.datadog.faults.add({
      kind: 'status',
      status: 400,
      match: { value: 'inconclusive.example.org' },
    });
    await paste(page, 'inconclusive.example.org\nquiet.example.com\nparked.example.com\n198.51.100.5\ncdn.example.net');
    await answered(page);
    expect(await standingsOf(page)).toEqual(['SUSPICIOUS', 'INCONCLUSIVE', 'INFORMATIONAL', 'BENIGN', 'NO_MATCH']);
    const look = (shown: string) =>
      rowOf(page, shown).evaluate(row => {
        const [red = 0, green = 0, blue = 0] = (
          getComputedStyle(row.querySelector('.verdict') ?? row).color.match(/\d+/g) ?? []
        ).map(Number);
        return {
          isGreen: green > red && green > blue,
          isGrey: Math.max(red, green, blue) - Math.min(red, green, blue) < 40,
          background: getComputedStyle(row).backgroundImage,
        };
      });
    expect(await look('inconclusive[.]example[.]org')).toMatchObject({
      isGreen: false,
      isGrey: false,
      background: expect.stringContaining('repeating-linear-gradient'),
    });
    expect(await look('quiet[.]example[.]com')).toMatchObject({ isGreen: false, background: 'none' });
    expect(await look('cdn[.]example[.]net')).toMatchObject({ isGreen: true });
    bench.bed.emulators.datadog.faults.clear(fault.id);
  });

  it('that lack a source count down, retry by themselves and then stand where they belong', async () => {
    const { page, requests } = await bench.open();
    const { faults } = bench.bed.emulators.datadog;
    const fault = faults.add({ kind: 'status', status: 503, match: { value: 'late.example.net' } });
    bench.bed.emulators.dataSet.datadog.add('late.example.net', {
      attributes: { score: 90, malicious_sources: [{ name: 'SOURCE1' }] },
    });
    await paste(page, 'late.example.net\n198.51.100.5');
    const row = rowOf(page, 'late[.]example[.]net');
    await row.getByText(/^retry in \d+s$/).waitFor();
    expect(await row.textContent()).toContain('without Datadog · retry');
    expect(await standingsOf(page)).toEqual(['INCONCLUSIVE', 'INFORMATIONAL']);
    expect(await page.getByRole('button', { name: '1 incomplete' }).count()).toBe(1);
    faults.clear(fault.id);
    await page.locator('tr.line[data-standing="MALICIOUS"]').waitFor();
    const lookups = requests.map(request => values(request.postData())).filter(sent => sent.length > 0);
    expect(lookups).toEqual([['late.example.net', '198.51.100.5'], ['late.example.net']]);
  }, 60_000);

  it('show hostile values and upstream words as the text they are', async () => {
    const { page, violations } = await bench.open();
    await addAsList(page, '"><img src=x onerror=alert(1)>\n</script><script>alert(2)</script>\n\u202egnp.exe');
    await page.locator('tr.line[data-standing="SUSPICIOUS"]').first().click();
    await page.getByText('<script>alert(2)</script>').first().waitFor();
    await page.locator('.details').getByText('javascript:alert(3)').waitFor();
    // Its links are the gateway's own.
    const elsewhere = 'main a:not([href^="https://app.datadoghq.com/"])';
    expect(await page.locator(`main img, main script, ${elsewhere}, svg [onload]`).count()).toBe(0);
    expect(violations).toEqual([]);
  });
});

describe('the counters', () => {
  it('say how many there are of each and filter on click, several at once', async () => {
    const { page } = await bench.open();
    await paste(page, example);
    await page.locator('tr.line').nth(40).waitFor();
    await answered(page);
    const malicious = page.getByRole('button', { name: /^\d+ malicious$/ });
    const count = Number.parseInt((await malicious.textContent()) ?? '', 10);
    await malicious.click();
    expect(await malicious.getAttribute('aria-pressed')).toBe('true');
    expect(await standingsOf(page)).toEqual(Array(count).fill('MALICIOUS'));
    await page.getByRole('button', { name: /benign$/ }).click();
    expect(await standingsOf(page)).toEqual([...Array(count).fill('MALICIOUS'), 'BENIGN']);
  });
});

describe('the keys', () => {
  it('move, open, select, filter, copy, look up live and help, without the mouse', async () => {
    const { page, requests } = await bench.open();
    await paste(page, 'evil.example.org\ndisputed.example.com\nquiet.example.com');
    await answered(page);
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.keyboard.press('j');
    expect(await focused()).toBe('evil[.]example[.]org');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await focused()).toBe('disputed[.]example[.]com');
    await page.keyboard.press('Enter');
    await page
      .getByRole('region', { name: 'Details of disputed[.]example[.]com' })
      .getByText('Sinkholed since May?')
      .waitFor();
    await page.keyboard.press('c');
    await expect.poll(() => clipboard(page)).toBe('disputed[.]example[.]com');
    await page.keyboard.press('s');
    await expect.poll(() => clipboard(page)).toMatch(/^disputed\[\.\]example\[\.\]com is malicious: .+\.$/);
    for (const key of ['x', 'k', 'x', 'c']) await page.keyboard.press(key);
    await expect.poll(() => clipboard(page)).toBe('evil[.]example[.]org\ndisputed[.]example[.]com');
    await page.keyboard.press('r');
    await expect
      .poll(() => requests.filter(request => request.postData()?.includes('"maxAgeSeconds":0')).length)
      .toBe(1);
    await page.keyboard.press('/');
    await page.keyboard.type('quiet cx');
    expect(await page.locator('tr.line').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.locator('tr.line').count()).toBe(3);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Help' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('can be switched off, for people who speak to their computer', async () => {
    const { page } = await bench.open();
    await paste(page, 'evil.example.org');
    await answered(page);
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: 'Single keys are on' }).uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('x');
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
  });
});

describe('an opened row', () => {
  it('shows reasons, facts, history and properties, and leaves the row as whole as it was', async () => {
    const { page } = await bench.open();
    await paste(page, 'evil.example.org');
    await answered(page);
    const row = rowOf(page, 'evil[.]example[.]org');
    const cells = () => row.locator('td:not(.sources)').allTextContents();
    const before = await cells();
    await row.getByRole('button').click();
    const details = page.getByRole('region', { name: 'Details of evil[.]example[.]org' });
    for (const text of [
      'two independent sources agree',
      'Set to be reviewed',
      'alice@example.com',
      'credential harvester',
      'Partner exchange',
    ]) {
      await details.getByText(text).first().waitFor();
    }
    expect(await cells()).toEqual(before);
  });

  it('leads on into Datadog, in a tab of its own that is told nothing of this one', async () => {
    const { page } = await bench.open();
    await paste(page, 'evil.example.org');
    await answered(page);
    await rowOf(page, 'evil[.]example[.]org').getByRole('button').click();
    const link = page.getByRole('link', { name: 'Datadog: logs' });
    expect(await link.getAttribute('href')).toMatch(/^https:\/\/app\.datadoghq\.com\/logs\?/);
    expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
      '_blank',
      'noopener noreferrer',
    ]);
  });
});

describe('an export', () => {
  it('is defanged, and no cell of it is a formula', async () => {
    const { page } = await bench.open();
    await addAsList(page, 'https://evil.example.org/x\n=HYPERLINK("http://evil.example.org")\n@SUM(1)\n+1\n-1');
    const csv = await exported(page, 'CSV');
    const [head, ...lines] = csv.trimEnd().split('\r\n');
    expect(head).toMatch(/^indicator,type,verdict,first_reason/);
    expect(lines.length).toBe(5);
    expect(csv).toContain('hxxps://evil[.]example[.]org/x');
    expect(csv).not.toMatch(/evil\.example|(^|,)"?[=+\-@]/m);
    const json = JSON.parse(await exported(page, 'JSON'));
    expect(json.map((line: { indicator: string }) => line.indicator)).toContain('hxxps://evil[.]example[.]org/x');
    expect(JSON.stringify(json)).not.toContain('__typename');
  });
});

describe('for a screen reader', () => {
  it('the board is a named table with headings, each control has a name, and what happens is announced', async () => {
    const { page } = await bench.open();
    await paste(page, 'evil.example.org');
    await answered(page);
    const table = page.getByRole('table', { name: 'Indicators, worst first' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      'Verdict',
      'Indicator',
      'Why',
      'Score',
      'Log hits',
      'Lists',
      'Last seen',
      'Triage',
      'Sources',
    ]);
    expect(await table.getByRole('rowheader').count()).toBe(1);
    expect(await table.getByRole('button', { name: 'evil[.]example[.]org' }).getAttribute('aria-expanded')).toBe(
      'false',
    );
    const nameless = await page
      .locator('button, input, textarea')
      .evaluateAll(
        all =>
          all.filter(
            one => !(one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? one.textContent)?.trim(),
          ).length,
      );
    expect(nameless).toBe(0);
    expect(await page.getByRole('status').first().textContent()).toBe('Read as a list, 1 new row');
    expect(await page.getByRole('status').last().textContent()).toBe('1 row: 1 malicious');
  });

  it('the words are readable: every text stands out from its ground by 4.5 to 1', async () => {
    const { page } = await bench.open();
    await paste(page, example);
    await page.locator('tr.line').nth(40).waitFor();
    await answered(page);
    const ratios = await page.evaluate(() => {
      const luminance = (colour: string) => {
        const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? [])
          .map(part => Number(part) / 255)
          .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      // The lightest ground that the page has, so the hardest for light words.
      const ground = luminance('rgb(24, 29, 38)');
      const texts = [...document.querySelectorAll('main *, nav *, header *')].filter(
        one => one.childNodes.length === 1 && one.firstChild?.nodeType === 3,
      );
      return texts
        .map(one => ({
          text: one.textContent,
          ratio: (luminance(getComputedStyle(one).color) + 0.05) / (ground + 0.05),
        }))
        .filter(({ ratio }) => ratio < 4.5);
    });
    expect(ratios).toEqual([]);
  });
});
