/** What the tests of the work list do on the page. */
import type { Page } from 'playwright-core';
import type { BoardBench } from '../bench.ts';

/** As the rows show them, from the top. */
export const namesOf = (page: Page) => page.locator('.work .line .value').allTextContents();

/** The row of the keyboard cursor. */
export const chosenRow = (page: Page) => page.locator('.work .line[data-current="true"]');

/** Until the last page was read, or one has failed. */
export async function scrollToTheEnd(page: Page) {
  const end = page.getByText(/^That is all|could not be read/);
  while ((await end.count()) === 0) {
    await page.locator('.list-end').scrollIntoViewIfNeeded();
    await page.waitForTimeout(50);
  }
}

/** What Datadog was told, oldest first. */
export const marksSent = ({ bed }: BoardBench) =>
  bed.emulators.datadog.requests
    .filter(({ method }) => method === 'POST')
    .map(({ bodyText }) => {
      const { indicator, triage_state } = JSON.parse(bodyText).data.attributes;
      return `${indicator} ${triage_state}`;
    });
