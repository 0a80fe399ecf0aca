import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const origin = 'https://board.example.com';
let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({
    ...apiKeyAuth({ soc: [] }),
    CORS_ORIGINS: `${origin},http://127.0.0.1:5173`,
    ARGUS_KEY_FROM: 'caller',
    DATADOG_KEY_FROM: 'caller',
  });
});
afterAll(() => bed.stop());

const preflight = (from: string, method = 'POST', headers = 'authorization,content-type') =>
  fetch(`${bed.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin: from, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

/** Whether a browser would let the page send the request after this preflight. */
function lets(response: Response, from: string, method: string, headers: readonly string[]): boolean {
  const list = (name: string) => (response.headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);
  return (
    response.ok &&
    response.headers.get('access-control-allow-origin') === from &&
    list('access-control-allow-methods').includes(method.toLowerCase()) &&
    headers.every(header => list('access-control-allow-headers').includes(header))
  );
}

describe('a page of another origin', () => {
  it.each([origin, 'http://127.0.0.1:5173'])('may ask when it is listed: %s', async from => {
    const needed = ['authorization', 'content-type', 'argus-api-key', 'dd-api-key', 'dd-application-key'];
    const more = ['apollo-require-preflight', 'x-apollo-operation-name', 'x-enrichment-estimate', 'x-enrichment-trace'];
    for (const method of ['GET', 'POST'])
      expect(lets(await preflight(from, method), from, method, [...needed, ...more])).toBe(true);
    const { headers } = await bed.ask('{ __typename }', {}, { origin: from, ...as('soc') });
    expect(headers.get('access-control-allow-origin')).toBe(from);
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('retry-after');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  it('reads its own 401', async () => {
    const { status, headers } = await bed.ask('{ __typename }', {}, { origin });
    expect({ status, allowed: headers.get('access-control-allow-origin') }).toEqual({ status: 401, allowed: origin });
  });

  it.each([
    'https://evil.example',
    'null',
    `${origin}.evil.example`,
    'https://evil-board.example.com',
    'http://board.example.com',
    `${origin}:8443`,
    'https://sub.board.example.com',
    `${origin}/`,
    origin.toUpperCase(),
  ])('may not when it is not: %s', async from => {
    for (const method of ['GET', 'POST']) expect(lets(await preflight(from, method), from, method, [])).toBe(false);
    const { headers } = await bed.ask('{ __typename }', {}, { origin: from, ...as('soc') });
    expect(headers.get('access-control-allow-origin')).not.toBe(from);
    expect(headers.get('access-control-allow-origin')).not.toBe('*');
  });

  it('is told, as is the log once, which variable would list it', async () => {
    for (const CORS_ORIGINS of ['', origin]) {
      const lines: string[] = [];
      const log = createLog({ level: 'warn', sources: [], destination: { write: line => void lines.push(line) } });
      const other = await startTestBed({ CORS_ORIGINS }, {}, undefined, log);
      for (const path of ['/graphql', '/graphql/']) {
        const response = await fetch(other.url + path, {
          method: 'OPTIONS',
          headers: { origin: 'http://127.0.0.1:5173', 'access-control-request-method': 'POST' },
        });
        expect(response.status).toBe(403);
        expect(await response.text()).toContain('CORS_ORIGINS');
      }
      expect(lines.filter(line => line.includes('CORS_ORIGINS'))).toHaveLength(1);
      await other.stop();
    }
  });

  it('may not at all when none is listed', async () => {
    const closed = await startTestBed();
    expect((await closed.ask('{ __typename }', {}, { origin })).headers.get('access-control-allow-origin')).toBeNull();
    await closed.stop();
  });
});

describe('every answer', () => {
  it.each(['/graphql', '/nowhere', '/livez', '/metrics'])(
    'is data that nothing may run, frame or keep: %s',
    async path => {
      const { headers } = await fetch(`${bed.url}${path}`, { headers: as('soc') });
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );

  it('of GraphQL is kept by no cache and is JSON', async () => {
    const { headers } = await bed.ask('{ __typename }', {}, as('soc'));
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  });

  it('carries the id of its request, the one that was sent if it is harmless', async () => {
    const sent = { 'x-request-id': 'abc-123' };
    expect((await bed.ask('{ __typename }', {}, { ...as('soc'), ...sent })).headers.get('x-request-id')).toBe(
      'abc-123',
    );
    const odd = { 'x-request-id': 'a"b<script>' };
    expect((await bed.ask('{ __typename }', {}, { ...as('soc'), ...odd })).headers.get('x-request-id')).toMatch(
      /^[\w-]{36}$/,
    );
  });
});

/** Everything that is received until the server closes. */
function raw(
  bytes: string,
  onOpen: (write: (more: string) => void) => void = () => {},
): Promise<{ text: string; seconds: number }> {
  return new Promise(resolve => {
    const began = performance.now();
    let text = '';
    const socket = connect(Number(new URL(bed.url).port), '127.0.0.1', () => {
      socket.write(bytes);
      onOpen(more => void socket.write(more));
    });
    socket.on('data', data => {
      text += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve({ text, seconds: (performance.now() - began) / 1000 }));
  });
}

describe('what is hardly HTTP', () => {
  const rest = 'Authorization: Bearer key-of-soc\r\nApollo-Require-Preflight: 1\r\nConnection: close\r\n\r\n';
  it.each(['[', '[::1', 'a b', '', 'x:99999', '../..', '%00', 'evil.example\tx'])(
    'a Host that is none is no trouble of ours: %j',
    async host => {
      const { text } = await raw(`GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: ${host}\r\n${rest}`);
      expect(text).toMatch(/^HTTP\/1\.1 (200|400) /);
      expect(text).not.toContain('Internal');
    },
  );

  it.each([
    '//[',
    '/graphql?%',
    '/graphql?query=%E0%A4%A',
    '/graphql/../../etc/passwd',
    '/%2e%2e/graphql',
    '/graphiql/assets/..%2f..%2fpackage.json',
  ])('nor an address that is none: %s', async path => {
    const { text } = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n${rest}`);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('two lengths, a length beside chunks, and a bare line are refused', async () => {
    for (const framing of [
      'Content-Length: 3\r\nContent-Length: 4',
      'Content-Length: 3\r\nTransfer-Encoding: chunked',
      'x\n: y',
    ]) {
      const { text } = await raw(`POST /graphql HTTP/1.1\r\nHost: x\r\n${framing}\r\n${rest}{}`);
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});

describe('a client that sends slowly', () => {
  it('is disconnected within 35 s, in the headers as in the body', async () => {
    const drip = (write: (more: string) => void, piece: string) => {
      const timer = setInterval(() => write(piece), 1_000);
      setTimeout(() => clearInterval(timer), 40_000).unref();
    };
    const body = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key-of-soc\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
    const [unused, headers, slowBody, silent] = await Promise.all([
      raw(''),
      raw('POST /graphql HTTP/1.1\r\nHost: x\r\n', write => drip(write, 'X-A: b\r\n')),
      raw(body, write => drip(write, ' ')),
      raw(body),
    ]);
    for (const { seconds, text } of [headers, slowBody, silent]) {
      expect(seconds).toBeLessThan(35);
      if (text === '') continue;
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toContain('"The request did not arrive in time."');
    }
    expect(headers.text).not.toBe('');
    // Browsers and proxies connect in advance, and take an answer that they have not asked for as the next one's.
    expect(unused.text).toBe('');
    expect(unused.seconds).toBeLessThan(35);
    expect((await bed.ask('{ __typename }', {}, as('soc'))).status).toBe(200);
  }, 60_000);
});
