/** Lists as they come: a line that is no indicator, but holds one, is the row of that one. */
import type { Request } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addAsList,
  answered,
  type BoardBench,
  exported,
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

const lookedUp = (requests: readonly Request[]): readonly (readonly string[])[] =>
  requests
    .map(request => JSON.parse(request.postData() ?? '{}').variables?.values ?? [])
    .filter(sent => sent.length > 0);

it('a line that holds exactly one indicator becomes its row, marked; several or none stay unusable, with the reason', async () => {
  const { page, requests } = await bench.open();
  const lines = [
    '192.0.2.1:443',
    'evil.example.org # our own comment',
    '- disputed[.]example[.]com',
    '192.0.2.9, quiet.example.com',
    'None',
    'quiet.example.com',
  ];
  await addAsList(page, lines.join('\n'));
  expect(lookedUp(requests)).toEqual([lines, ['192.0.2.1', 'evil.example.org']]);
  expect(textsSent(requests)).toEqual([[lines[0], lines[1], lines[3], lines[4]].join('\n')]);
  expect((await standingsOf(page)).filter(standing => standing === 'UNUSABLE').length).toBe(2);
  const row = rowOf(page, 'evil[.]example[.]org');
  expect(await row.getAttribute('data-standing')).toBe('MALICIOUS');
  expect(await row.textContent()).toContain('read from: evil[.]example[.]org # our own comment');
  expect(await rowOf(page, '192[.]0[.]2[.]1').textContent()).toContain('read from: 192[.]0[.]2[.]1:443');
  expect(await rowOf(page, 'disputed[.]example[.]com').textContent()).not.toContain('read from');
  expect(await page.getByRole('status').last().textContent()).toBe(
    '6 rows: 2 malicious, 1 suspicious, 2 not usable, 1 no match',
  );
  await page.getByText('One value is expected').waitFor();
  await page.getByText('stands for no value').waitFor();
  const csv = await exported(page, 'CSV');
  expect(csv.split('\r\n')[0]).toMatch(/,covering,read_from$/);
  expect(csv).toMatch(
    /evil\[\.\]example\[\.\]org,DOMAIN,MALICIOUS,.*,evil\[\.\]example\[\.\]org # our own comment\r\n/,
  );
  await row.getByRole('button').click();
  await page.getByText('Read from the line: evil[.]example[.]org # our own comment').waitFor();
});

it('the unusable lines of a long list are read together, by one request, and lines of one indicator are one row', async () => {
  const { page, requests } = await bench.open();
  const lines = Array.from({ length: 150 }, (_, at) => `198.51.100.${at % 75}:${at < 75 ? 443 : 8443}`);
  await paste(page, lines.join('\n'));
  await answered(page);
  expect(await page.locator('tr.line').count()).toBe(75);
  expect(textsSent(requests)).toEqual([lines.join('\n')]);
  const [asked, again] = [lookedUp(requests).flat().slice(0, 150), lookedUp(requests).flat().slice(150)];
  expect(asked).toEqual(lines);
  // The second line of an address may be looked up before the first is answered.
  expect([...new Set(again)]).toEqual([...new Set(lines.map(line => line.split(':')[0]))]);
  expect(lookedUp(requests).length).toBeLessThanOrEqual(12);
  expect(await rowOf(page, '198[.]51[.]100[.]7').textContent()).toContain('given 2 times');
});

it('a line whose reading failed is no unusable one: it has no answer yet, and is read again', async () => {
  const { page, requests } = await bench.open();
  let isDown = true;
  await page.route('**/graphql', route =>
    isDown && route.request().postData()?.includes('query Extract')
      ? route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: 'busy' })
      : route.continue(),
  );
  await paste(page, 'evil.example.org:8443');
  await page.getByText('The gateway answered 503').waitFor();
  expect(await standingsOf(page)).toEqual(['UNANSWERED']);
  isDown = false;
  await page.locator('tr.line[data-standing="MALICIOUS"]').waitFor();
  expect(textsSent(requests).length).toBe(2);
}, 60_000);
