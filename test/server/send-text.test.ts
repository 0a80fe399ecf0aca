import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { createHttpServer } from '../../src/server/http-server.ts';
import { sendText } from '../../src/server/send-text.ts';

async function received(text: string, accepted: string) {
  const server = Fastify();
  server.get('/', (_, reply) => sendText(reply, text));
  const response = await request(await server.listen({ port: 0, host: '127.0.0.1' }), {
    headers: { 'accept-encoding': accepted },
  });
  const body = Buffer.from(await response.body.bytes());
  await server.close();
  const { 'content-length': length, 'content-encoding': encoding } = response.headers;
  return { body, length, encoding };
}

const texts = [
  ['short', 'é😀'],
  ['long', 'a'.repeat(1_000_000)],
  ['long, with two halves of a character where a part ends', 'a😀'.repeat(300_000)],
  ['the same one place further', `b${'a😀'.repeat(300_000)}`],
  ['long, with half a character', `${'a'.repeat(400_000)}\ud800`],
] as const;

it.each(texts)('A text arrives as it is, and its length before it: %s', async (_, text) => {
  const body = Buffer.from(text);
  for (const accepted of ['identity', 'br, zstd', 'gzip;q=0', 'br, gzip; q=0.0, *', 'x-gzip', 'gzippy', ''])
    expect(await received(text, accepted)).toEqual({ body, length: String(body.length), encoding: undefined });
});

it.each(texts.slice(1))('It arrives compressed where that is worth it and the client takes it: %s', async (_, text) => {
  for (const accepted of ['gzip, deflate', 'br;q=1.0, GZIP;q=0.5', 'deflate,gzip']) {
    const { body, length, encoding } = await received(text, accepted);
    expect({ length, encoding }).toEqual({ length: undefined, encoding: 'gzip' });
    expect(body.length).toBeLessThan(text.length / 50);
    expect(gunzipSync(body).equals(Buffer.from(text))).toBe(true);
  }
});

it('A short text is never compressed', async () => {
  const text = 'a'.repeat(16 * 1024 - 1);
  expect(await received(text, 'gzip')).toMatchObject({ length: String(text.length), encoding: undefined });
  expect(await received(`${text}a`, 'gzip')).toMatchObject({ encoding: 'gzip' });
});

it.each(['gzip', 'identity'])(
  'A client that leaves in the middle of a long text (%s) costs nobody else',
  async accepted => {
    const server = Fastify();
    const text = randomBytes(25_000_000).toString('hex');
    server.get('/long', (_, reply) => sendText(reply, text));
    server.get('/short', (_, reply) => sendText(reply, 'short'));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const client = new AbortController();
    const response = await fetch(`${url}/long`, { signal: client.signal, headers: { 'accept-encoding': accepted } });
    client.abort();
    await expect(response.text()).rejects.toThrow();
    expect(await (await fetch(`${url}/short`)).text()).toBe('short');
    await server.close();
  },
);

it.each(['gzip', 'identity'])('A client that has left before a long text (%s) begins is no bug', async accepted => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', sources: [], destination: { write: line => lines.push(line) } });
  const server = createHttpServer({
    trustProxy: [],
    basePath: '',
    keepAliveMs: 1_000,
    phase: () => 'serving',
    gateway: { log },
  });
  server.post('/long', (request, reply) => {
    request.raw.socket.destroy();
    return sendText(reply, 'a'.repeat(1_000_000));
  });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const headers = { 'content-type': 'application/json', 'accept-encoding': accepted };
  await expect(fetch(`${url}/long`, { method: 'POST', body: '{}', headers })).rejects.toThrow();
  await server.close();
  expect(lines).toEqual([]);
});
