/** What stands in front of the gateway: load balancers, proxies that show it below a prefix, pages that are traced. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import type { PageFolders } from '../../src/server/pages.ts';
import { launchChromium } from '../setup/chromium.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { paste } from '../web/board/bench.ts';

let bed: TestBed;
let stopProxy = async () => {};
afterEach(async () => {
  await stopProxy();
  stopProxy = async () => {};
  await bed.stop();
});

/** As they are in the working tree. */
const folder = mkdtempSync(join(tmpdir(), 'pages-'));
afterAll(() => rmSync(folder, { recursive: true }));
const folderOf = (name: 'graphiql' | 'board') => pathToFileURL(`${join(folder, name)}/`);
const pages: PageFolders = { graphiql: folderOf('graphiql'), board: folderOf('board') };

const start = async (environment: Environment = {}, pages?: PageFolders) => {
  bed = await startTestBed(environment, { dataSet: createSeededDataSet() }, pages);
};

async function buildPage(name: 'graphiql' | 'board') {
  const configFile = fileURLToPath(new URL(`../../src/web/${name}/vite.config.ts`, import.meta.url));
  await build({ root: dirname(configFile), configFile, logLevel: 'error', build: { outDir: join(folder, name) } });
}

type Mode = 'keeps' | 'strips';
const prefix = '/ioc';

/** A proxy that shows the gateway below the prefix and nothing else: what it was asked in vain. */
async function startProxy(mode: Mode) {
  const { hostname, port } = new URL(bed.url);
  const missed: string[] = [];
  const pass = (incoming: IncomingMessage, answer: ServerResponse) => {
    const { url = '', method, headers } = incoming;
    if (!/^\/ioc(?=[/?]|$)/.test(url)) {
      missed.push(url);
      answer.writeHead(404).end();
      return;
    }
    const path = mode === 'keeps' ? url : url.slice(prefix.length).replace(/^(?!\/)/, '/');
    const sent = request({ hostname, port, path, method, headers }, received => {
      if ((received.statusCode ?? 0) >= 400) missed.push(`${received.statusCode} ${url}`);
      received.pipe(answer.writeHead(received.statusCode ?? 502, received.headers));
    });
    incoming.pipe(sent);
  };
  const server = createServer(pass);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  stopProxy = () =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`, missed };
}

const modes: readonly (readonly [Mode, Environment])[] = [
  ['keeps', { BASE_PATH: '/ioc' }],
  ['strips', { BASE_PATH: '/ioc/' }],
  ['strips', {}],
];

describe.each(modes)('behind a proxy that %s a prefix, with %o', (mode, environment) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    await buildPage('graphiql');
    await buildPage('board');
  });
  afterAll(() => browser.close());

  async function visit(path: string, act: (page: Page) => Promise<void>) {
    await start({ BOARD: 'on', ...environment }, pages);
    const proxy = await startProxy(mode);
    const page = await browser.newPage();
    const wrong: string[] = [];
    page.on('pageerror', error => wrong.push(error.message));
    page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    await page.goto(`${proxy.url}${path}`);
    await act(page);
    expect([...proxy.missed, ...wrong]).toEqual([]);
    await page.close();
  }

  it.each(['/graphiql', '/graphiql/'])('GraphiQL is whole at %s', async path => {
    await visit(`${path}?query={__typename}`, async page => {
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      expect(new URL(page.url()).pathname).toBe(`/ioc${path}`);
      await page.locator('.graphiql-execute-button').click();
      await page.locator('.result-window .view-lines', { hasText: '"data"' }).waitFor();
    });
  });

  it.each(['/board', '/board/'])('so is the board at %s', async path => {
    await visit(path, async page => {
      await page.locator('.work .line').first().waitFor();
      await paste(page, 'evil.example.org');
      await page.locator('[data-standing="MALICIOUS"]', { hasText: 'evil[.]example[.]org' }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/ioc${path}`);
    });
  });
});

describe('BASE_PATH', () => {
  const ask = async (path: string) => {
    const response = await fetch(`${bed.url}${path}`, {
      headers: { 'apollo-require-preflight': '1' },
      redirect: 'manual',
    });
    return [response.status, response.headers.get('location') ?? (await response.text())];
  };
  const query = '?query={__typename}';
  const answer = [200, '{"data":{"__typename":"Query"}}\n'];

  it('is a prefix of whole segments; without it everything is where it was', async () => {
    await start({ BASE_PATH: '/soc/ioc' });
    expect(await ask(`/soc/ioc/graphql${query}`)).toEqual(answer);
    expect(await ask(`/graphql${query}`)).toEqual(answer);
    expect((await ask('/soc/ioc/livez'))[0]).toBe(200);
    for (const path of ['/soc', '/soc/iocgraphql', '/soc/ioc.graphql', '/other/soc/ioc/graphql'])
      expect((await ask(`${path}${query}`))[0]).toBe(404);
    for (const path of ['/', '/soc/ioc', '/soc/ioc/', '/soc/ioc?a=b'])
      expect(await ask(path)).toEqual([302, '/soc/ioc/graphiql']);
  });

  it('is not needed for a redirect that stays below what a proxy strips', async () => {
    await start();
    expect(await ask('/')).toEqual([302, 'graphiql']);
  });
});

describe('KEEP_ALIVE_SECONDS', () => {
  it.each([
    [{}, 'timeout=65'],
    [{ KEEP_ALIVE_SECONDS: '620' }, 'timeout=620'],
  ])('with %o every answer says for how long its connection stays open', async (environment, told) => {
    await start(environment);
    expect((await bed.ask('{ __typename }')).headers.get('keep-alive')).toBe(told);
  });

  it('ends an idle connection', async () => {
    await start({ KEEP_ALIVE_SECONDS: '1' });
    const socket = connect(Number(new URL(bed.url).port), '127.0.0.1');
    socket.resume().write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'end');
  });
});

describe('CORS_HEADERS', () => {
  const origin = 'https://board.example.com';
  const tracing = [
    ...['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-origin', 'x-datadog-sampling-priority'],
    ...['sentry-trace', 'baggage', 'traceparent', 'tracestate'],
  ];
  const allowed = async () => {
    const response = await fetch(`${bed.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    return (response.headers.get('access-control-allow-headers') ?? '').split(/\s*,\s*/);
  };

  it('adds to the headers that a page may send; those of tracing need no setting', async () => {
    await start({ CORS_ORIGINS: origin, CORS_HEADERS: 'X-Team, b3' });
    expect(await allowed()).toEqual(expect.arrayContaining([...tracing, 'authorization', 'x-team', 'b3']));
    await bed.stop();
    await start({ CORS_ORIGINS: origin });
    expect(await allowed()).toEqual(expect.arrayContaining(tracing));
    expect(await allowed()).not.toContain('x-team');
  });
});
