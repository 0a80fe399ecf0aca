import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { registerGraphiql } from '../../src/server/graphiql.ts';
import { launchChromium } from '../setup/chromium.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { buildGraphiql } from '../setup/graphiql.ts';

const hostile = [
  '"><img src=x onerror="window.pwned=1">',
  '</script><script>window.pwned=1</script>',
  'https://evil.example.org/x.png',
  '\u202egnp.exe.example.org',
];

interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly authorization: string | undefined;
  readonly answer: { readonly data?: unknown; readonly errors?: unknown };
}

let bed: TestBed;
let browser: Browser;

beforeAll(async () => {
  await buildGraphiql();
  bed = await startTestBed({}, { dataSet: createSeededDataSet() });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await bed?.stop();
});

/** A page that may reach the gateway alone; what else it tried, and what its own policy refused, is counted. */
async function open(search = '', theme: 'dark' | 'light' = 'dark') {
  const context = await browser.newContext({ colorScheme: theme, viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const wrong: string[] = [];
  const asked: Asked[] = [];
  await context.route(
    url => url.origin !== bed.url && url.protocol !== 'data:',
    route => {
      wrong.push(`asked ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on('response', async response => {
    const request = response.request();
    const sent = request.method() === 'POST' ? request.postDataJSON() : undefined;
    if (sent === undefined || sent.operationName === 'IntrospectionQuery') return;
    asked.push({ ...sent, authorization: request.headers().authorization, answer: await response.json() });
  });
  page.on('pageerror', error => wrong.push(`threw ${error.message}`));
  page.on('console', message => message.type() === 'error' && wrong.push(`logged ${message.text()}`));
  await page.goto(`${bed.url}/graphiql${search}`);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  return { page, wrong, asked, close: () => context.close() };
}

const tabs = (page: Page) => page.locator('.graphiql-tab').allInnerTexts();
/** What an editor shows. Monaco writes its spaces as no-break ones. */
async function textOf(page: Page, name: 'query-editor' | 'response') {
  const lines = await page.locator(`.graphiql-${name} .view-line`).allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}
const run = (page: Page) => page.locator('.graphiql-execute-button').click();
const link = (given: Readonly<Record<string, string>>) => `?${new URLSearchParams(given)}`;
/** For a machine that is busy with other things. */
const slowly = { timeout: 15_000, interval: 250 };

describe('GraphiQL', () => {
  it.each(['dark', 'light'] as const)('shows the join in one click, in %s, without any other host', async theme => {
    const { page, wrong, asked, close } = await open('', theme);
    expect(await page.title()).toBe('Indicator Gateway · GraphiQL');
    expect(await tabs(page)).toEqual(['AskOnce', 'BulkFromVariables', 'OneList', 'WhyThisVerdict', 'Health']);
    await run(page);
    await expect.poll(() => textOf(page, 'response'), slowly).toContain('"level": "MALICIOUS"');
    const answers = expect.poll(() => asked, slowly);
    await answers.toMatchObject([{ answer: { data: { indicator: { verdict: { level: 'MALICIOUS' } } } } }]);
    expect(wrong).toEqual([]);
    await close();
  });

  it('runs what was asked for before its editor was there, with its variables, once', async () => {
    const editor = Promise.withResolvers<void>();
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: unknown[] = [];
    page.on('request', request => {
      const sent = request.method() === 'POST' && request.postDataJSON();
      if (sent && sent.operationName !== 'IntrospectionQuery') asked.push(sent.variables);
    });
    await page.route('**/assets/monaco-editor-*.js', async route => {
      await editor.promise;
      await route.continue();
    });
    const query = 'query ($value: String!) { indicator(value: $value) { value } }';
    const variables = { value: 'early.example.org' };
    await page.goto(`${bed.url}/graphiql${link({ query, variables: JSON.stringify(variables) })}`);
    await run(page);
    await run(page);
    editor.resolve();
    await expect.poll(() => textOf(page, 'response'), slowly).toContain('early.example.org');
    expect(asked).toEqual([variables]);
    await context.close();
  });

  it('has an answer without errors in every tab', async () => {
    const { page, wrong, asked, close } = await open();
    for (const name of await tabs(page)) {
      await page.locator('.graphiql-tab', { hasText: name }).click();
      await expect.poll(() => textOf(page, 'query-editor'), slowly).toContain(`query ${name}`);
      const before = asked.length;
      await run(page);
      await expect.poll(() => asked.length, slowly).toBe(before + 1);
      expect(asked.at(-1)?.query).toContain(`query ${name}`);
      expect(asked.at(-1)?.answer).toEqual({ data: expect.anything() });
    }
    expect(asked[1]?.variables).toHaveProperty('values');
    expect(wrong).toEqual([]);
    await close();
  });

  it('is filled by a link, and runs nothing of its own accord', async () => {
    const query = 'query First { __typename }\nquery Second($value: String!) { indicator(value: $value) { value } }';
    const { page, asked, close } = await open(
      link({ query, variables: '{"value":"192.0.2.1"}', operationName: 'Second' }),
    );
    expect(await tabs(page)).toContain('AskOnce');
    expect(await textOf(page, 'query-editor')).toContain('query Second');
    expect(asked).toEqual([]);
    await expect.poll(() => tabs(page), slowly).toContain('Second');
    await page.keyboard.press('Control+Enter');
    const last = expect.poll(() => asked.at(-1), slowly);
    await last.toMatchObject({ operationName: 'Second', variables: { value: '192.0.2.1' } });
    await close();
  });

  it.each(hostile)('shows %j as text: nothing runs, nothing is linked, nothing is loaded', async value => {
    const query = `query Hostile { lookup(values: [${JSON.stringify(value)}]) { input problem indicator { value } } }`;
    const { page, wrong, asked, close } = await open(link({ query, variables: JSON.stringify({ value }) }));
    await run(page);
    await expect.poll(() => textOf(page, 'response'), slowly).toContain('"problem"');
    for (const word of await page.locator('.view-line span:not(:has(span))', { hasText: 'example.org' }).all()) {
      await word.hover();
      await page.keyboard.down('Control');
      await page.waitForTimeout(900);
      await page.keyboard.up('Control');
    }
    expect(asked.at(-1)?.answer).toMatchObject({ data: { lookup: [{ input: value }] } });
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('.detected-link, .view-lines a, .view-lines img, .monaco-hover img').count()).toBe(0);
    expect(wrong).toEqual([]);
    await close();
  });

  it('sends the header that its user typed, and keeps what was looked up in this browser tab alone', async () => {
    const { page, asked, close } = await open(link({ query: '{ indicator(value: "secret.example.org") { value } }' }));
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool .view-lines').last().click();
    await page.keyboard.press('Control+A');
    // The editor closes the brace by itself.
    await page.keyboard.insertText('{ "Authorization": "Bearer typed-key"');
    await run(page);
    await expect.poll(() => asked.at(-1)?.authorization, slowly).toBe('Bearer typed-key');
    await page.waitForTimeout(1_000);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toMatch(/secret\.example|typed-key/);
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('typed-key');
    await close();
  });

  it('explains the schema', async () => {
    const { page, wrong, close } = await open();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByText('Null without an error', { exact: false }).waitFor();
    await docs.getByText('Indicator', { exact: true }).first().click();
    await docs.getByText('safe to paste into a chat', { exact: false }).waitFor();
    expect(wrong).toEqual([]);
    await close();
  });
});

describe('the routes of GraphiQL', () => {
  const app = Fastify();
  registerGraphiql(app);

  it("allow no script but this origin's, no frame and no other host", async () => {
    const { headers, body } = await app.inject('/graphiql');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|\*|(?<!style-src-attr )'unsafe-inline'/);
    expect(body).not.toMatch(/<script(?![^>]* src=)/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('give each visit a nonce of its own', async () => {
    const nonces = await Promise.all(
      [1, 2].map(
        async () =>
          /nonce-([^']+)/.exec(String((await app.inject('/graphiql')).headers['content-security-policy']))?.[1],
      ),
    );
    expect(nonces[0]).toMatch(/^[\w+/]{22}==$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('serve assets forever, typed and compressed', async () => {
    const { body } = await app.inject('/graphiql');
    const script = new URL(/src="([^"]+\.js)"/.exec(body)?.[1] ?? '', 'http://any/graphiql').pathname;
    const plain = await app.inject({ url: script });
    expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.headers['x-content-type-options']).toBe('nosniff');
    const small = await app.inject({ url: script, headers: { 'accept-encoding': 'br, gzip' } });
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(small.rawPayload).equals(plain.rawPayload)).toBe(true);
  });

  it.each([
    '../index.html',
    '..%2findex.html',
    '..%2f..%2f..%2fpackage.json',
    '%2e%2e%2findex.html',
    '%00',
    'toString',
    '__proto__',
    'index.html',
  ])('serve no file but an asset: %s', async name => {
    expect((await app.inject(`/graphiql/assets/${name}`)).statusCode).toBe(404);
  });

  it('say how to build what is missing, and serve it once it is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graphiql-'));
    const bare = Fastify();
    registerGraphiql(bare, { folder: pathToFileURL(`${folder}/`) });
    const before = await bare.inject('/graphiql');
    expect(before.statusCode).toBe(503);
    expect(before.body).toContain('npm run build');
    expect((await bare.inject('/graphiql/assets/index.js')).statusCode).toBe(404);
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<p>built</p>');
    expect((await bare.inject('/graphiql')).body).toBe('<p>built</p>');
    await rm(folder, { recursive: true });
  });

  it('lay prepared headers into the page as text', async () => {
    const own = Fastify();
    registerGraphiql(own, { headers: { 'x-"><script>': "$& '" } });
    const { body } = await own.inject('/graphiql');
    expect(body).toContain('x-\\&quot;&gt;&lt;script&gt;');
    expect(body).not.toContain('"><script>');
  });
});
