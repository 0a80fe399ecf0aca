/**
 * The pages by WCAG 2.2 AA, as axe finds violations: in light and dark, narrow and wide. And by keyboard alone.
 * A further page, tab or dialog is a row of `views`.
 */
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildGraphiql } from '../setup/graphiql.ts';
import { answered, type BoardBench, paste, rowOf, startBoard } from './board/bench.ts';

let bench: BoardBench;
beforeAll(async () => {
  await buildGraphiql();
  bench = await startBoard({ TRIAGE_WRITES: 'service' });
});
afterAll(() => bench?.stop());

interface View {
  readonly path: '/board#work-list' | '/board#values' | '/graphiql';
  readonly name: string;
  /** What is done before it is looked at. */
  readonly prepare: (page: Page) => Promise<unknown>;
}

const values = [
  ...['evil.example.org', 'disputed.example.com', 'quiet.example.com', 'cdn.example.net', 'listed.example.net'],
  ...['44d88612fea8a8f36de82e1278abb02f', '192.0.2.1/24'],
];
async function withRows(page: Page) {
  await paste(page, values.join('\n'));
  await answered(page);
}
/** axe takes long for a hundred. */
async function withFewRows(page: Page) {
  await page.getByRole('searchbox', { name: 'Query' }).fill('crow-10');
  await page.keyboard.press('Enter');
  await page.getByText('That is all').waitFor();
  await page.getByRole('tab', { name: 'Work list' }).focus();
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const editor = (page: Page) => page.locator('.graphiql-query-editor .view-line').first().waitFor();

const views: readonly View[] = [
  {
    path: '/board#values',
    name: 'without rows',
    prepare: page => page.getByRole('heading', { name: 'Paste a list' }).waitFor(),
  },
  { path: '/board#values', name: 'with rows', prepare: withRows },
  {
    path: '/board#values',
    name: 'with an opened row',
    async prepare(page) {
      await withRows(page);
      await rowOf(page, 'evil[.]example[.]org').getByRole('checkbox').check();
      await press(page, 'evil[.]example[.]org');
      await page.getByText('Fake parcel tracking').waitFor();
    },
  },
  { path: '/board#values', name: 'with its help', prepare: page => press(page, 'Help and keys') },
  { path: '/board#values', name: 'where indicators are added', prepare: page => press(page, 'Add') },
  {
    path: '/board#values',
    name: 'with a text that was read',
    async prepare(page) {
      await paste(page, 'It called evil[.]example[.]org at noon, or 192.0.2.1/24.');
      await answered(page);
      await press(page, 'Show the text');
    },
  },
  {
    path: '/board#values',
    name: 'where a key is wanted',
    async prepare(page) {
      await page.route('**/graphql', route => route.fulfill({ status: 401, body: '' }));
      await paste(page, 'evil.example.org');
      await page.getByRole('dialog').waitFor();
    },
  },
  { path: '/board#work-list', name: 'with the work list', prepare: withFewRows },
  {
    path: '/board#work-list',
    name: 'with a row of the work list opened and another reviewed',
    async prepare(page) {
      await withFewRows(page);
      for (const key of ['j', 'r', 'j', 'Enter']) await page.keyboard.press(key);
      await page.getByText('✓ Reviewed').waitFor();
      await page.getByRole('link', { name: 'Datadog: logs' }).waitFor();
    },
  },
  {
    path: '/board#work-list',
    name: 'where the work list cannot be read',
    async prepare(page) {
      await page.route('**/graphql', route => route.abort());
      await press(page, 'Read again');
      await page.getByRole('alert').waitFor();
    },
  },
  {
    path: '/graphiql',
    name: 'with an answer',
    async prepare(page) {
      await editor(page);
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.result-window', { hasText: 'MALICIOUS' }).waitFor();
    },
  },
  {
    path: '/graphiql',
    name: 'with the schema explained',
    async prepare(page) {
      await editor(page);
      await press(page, 'Show Documentation Explorer');
      await page.getByText('All schema types').waitFor();
    },
  },
  {
    path: '/graphiql',
    name: 'with its history',
    async prepare(page) {
      await editor(page);
      await page.locator('.graphiql-execute-button').click();
      await press(page, 'Show History');
      await page.locator('.graphiql-history-item').waitFor();
    },
  },
  { path: '/graphiql', name: 'with its settings', prepare: page => press(page, 'Open settings dialog') },
];

/** What libraries bring along, where they bring it, and why it stays. */
const foreign: Readonly<Record<string, { readonly within: string; readonly why: string }>> = {
  'color-contrast': {
    within: '.monaco-editor',
    why: "Monaco's dark theme has line numbers and comments of 3.6 to 3.9 to 1; its colours are set by scripts",
  },
  'nested-interactive': {
    within: '.graphiql-tabs',
    why: 'GraphiQL puts the buttons of a tab into the tab; both are reached and named',
  },
  'label-content-name-mismatch': {
    within: '.graphiql-history',
    why: 'GraphiQL names an entry of the history "Set active", and shows the name of its operation',
  },
};

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const axeSource = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** "rule: element", without what is foreign. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResults, readonly string[]>(
    of => Reflect.get(globalThis, 'axe').run({ runOnly: [...of], resultTypes: ['violations'] }),
    tags,
  );
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => ({ id, selector: target.join(' ') })));
  const within = await Promise.all(
    found.map(({ id, selector }) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, area) => element.closest(area) !== null, foreign[id]?.within ?? 'nothing'),
    ),
  );
  for (const [at, { id }] of found.entries()) if (within[at]) met.add(id);
  return found.filter((_, at) => !within[at]).map(({ id, selector }) => `${id}: ${selector}`);
}

/** Rules of `foreign` that were broken. */
const met = new Set<string>();

/** Controls that are out of sight, and areas that scroll sideways; rows alone may be wider than the page. */
const outOfReach = (page: Page) =>
  page.locator('header, header *, nav, nav *, footer, footer *, dialog, dialog *').evaluateAll(elements =>
    elements
      .filter(element => !element.closest('.unseen, svg'))
      .filter(
        one =>
          one.getBoundingClientRect().right > innerWidth ||
          (one.matches('dialog') && one.scrollWidth > one.clientWidth),
      )
      .map(({ outerHTML }) => outerHTML.slice(0, 80)),
  );

describe.each(views)('$path, $name', ({ path, prepare }) => {
  it('violates no rule of WCAG 2.2 AA, in light or dark, narrow or wide', async () => {
    const { page } = await bench.open(path);
    await prepare(page);
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [320, 768, 1280, 2560]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        expect({ colorScheme, width, violations: await violationsOf(page) }).toMatchObject({ violations: [] });
        if (path !== '/graphiql') expect(await outOfReach(page)).toEqual([]);
      }
  }, 60_000);
});

it('nothing is excused that libraries no longer bring along', () => {
  expect([...met].toSorted()).toEqual(Object.keys(foreign).toSorted());
});

/** Presses Tab until it has the focus. */
async function tabTo(page: Page, name: string | RegExp, role: 'button' | 'checkbox' | 'textbox' = 'button') {
  const wanted = page.getByRole(role, { name, exact: true }).first();
  const isThere = () => wanted.evaluate(element => element === document.activeElement);
  for (let presses = 0; !(await isThere()); presses++) {
    if (presses > 80) throw new Error(`${name} cannot be reached`);
    await page.keyboard.press('Tab');
  }
}

describe('by keyboard alone', () => {
  it('the board is filled, read, selected and saved, also with the single keys off', async () => {
    const { page } = await bench.open();
    await tabTo(page, 'A list or a text with indicators', 'textbox');
    await page.keyboard.type('evil.example.org\ndisputed.example.com');
    await page.keyboard.press('Control+Enter');
    await answered(page);
    await tabTo(page, 'Help and keys');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Single keys are on', 'checkbox');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await tabTo(page, 'evil[.]example[.]org');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Details of disputed[.]example[.]com' }).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect(await rowOf(page, 'disputed[.]example[.]com').getByRole('checkbox').isChecked()).toBe(true);
    // The first press leads from the checkbox to its row.
    for (const key of ['ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('evil[.]example[.]org');
    const saved = page.waitForEvent('download');
    await tabTo(page, 'CSV');
    await page.keyboard.press('Enter');
    expect((await saved).suggestedFilename()).toBe('board.csv');
  });

  it('GraphiQL is run and read, and no editor keeps the focus', async () => {
    const { page } = await bench.open('/graphiql');
    await editor(page);
    await tabTo(page, /^Execute query/);
    await page.keyboard.press('Enter');
    await page.locator('.result-window', { hasText: 'MALICIOUS' }).waitFor();
    const passed: string[] = [];
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab');
      passed.push(
        await page.evaluate(() => {
          const named = document.activeElement?.closest('section') ?? document.activeElement;
          return named?.getAttribute('aria-label') ?? '';
        }),
      );
    }
    for (const name of ['Operation Editor', 'Result Window', 'Show Documentation Explorer', 'Open settings dialog'])
      expect(passed).toContain(name);
  });
});
