import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Fastify from 'fastify';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBoard } from '../../../src/server/board.ts';
import { startTestBed } from '../../setup/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'board-'));
const board = pathToFileURL(`${folder}/`);
const app = Fastify();
let address = '';

beforeAll(async () => {
  registerBoard(app, { folder: board, keyHeaders: [] });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

async function get(path: string) {
  const { statusCode, headers, body } = await request(`${address}${path}`);
  return { statusCode, headers, text: await body.text() };
}

/** The first test finds nothing built, the others what this puts there. */
function build() {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Board</title>');
  writeFileSync(join(folder, 'assets/index-a1.js'), 'void 0');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
}

describe('the board at /board', () => {
  it('says how to build it while it is not, and is there as soon as it was', async () => {
    const before = await get('/board');
    expect(before.statusCode).toBe(503);
    expect(before.text).toContain('npm run build');
    build();
    expect(await get('/board')).toMatchObject({ statusCode: 200, text: expect.stringContaining('<title>Board') });
  });

  it('allows nothing inline and nothing from elsewhere, on every answer', async () => {
    for (const path of ['/board', '/board/assets/index-a1.js', '/board/assets/none.js']) {
      const { headers } = await get(path);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    }
  });

  it.each(['..%2fsecret.txt', '%2e%2e%2fsecret.txt', '..%5csecret.txt', 'secret.txt'])(
    'never leaves its folder for %s',
    async name => {
      const { statusCode, text } = await get(`/board/assets/${name}`);
      expect(statusCode).toBe(404);
      expect(text).not.toBe('secret');
    },
  );
});

describe('BOARD', () => {
  it('is off unless it is set: nothing tells that there could be a board', async () => {
    const bed = await startTestBed();
    const ask = async (path: string) => {
      const { statusCode, headers, body } = await request(`${bed.url}${path}`);
      const { 'x-request-id': _, date: __, ...others } = headers;
      return { statusCode, headers: others, text: (await body.text()).replaceAll(path, '') };
    };
    expect((await ask('/board')).statusCode).toBe(404);
    for (const path of ['/board', '/board/', '/board/assets/index.js'])
      expect(await ask(path)).toEqual(await ask('/none'));
    await bed.stop();
  });

  it('serves the page to everybody, and its requests to callers', async () => {
    const hash = createHash('sha256').update('a key').digest('hex');
    const bed = await startTestBed({ BOARD: 'on', AUTH: 'api-key', API_KEYS: `soc:${hash}` }, {}, { board });
    expect((await request(`${bed.url}/board`)).statusCode).toBe(200);
    expect((await bed.ask('{ __typename }')).status).toBe(401);
    await bed.stop();
  });
});
