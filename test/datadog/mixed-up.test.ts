/** Something between the gateway and Datadog sends one answer too many, so that each belongs to the request before it. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '../../src/main.ts';
import { postQuery } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';
import { silentLog } from '../setup/silent-log.ts';

const query = 'query ($values: [String!]!) { indicators(values: $values) { threatScore sources { source status } } }';
const isKnown = (value: string) => value.startsWith('known');

let upstream: Awaited<ReturnType<typeof startUpstream>>;
let gateway: RunningGateway;

beforeEach(async () => {
  upstream = await startUpstream();
  gateway = await startGateway(
    { PORT: '0', DATADOG_URL: upstream.url, DD_API_KEY: 'key', DD_APP_KEY: 'key', DATADOG_CONCURRENCY: '1' },
    { log: silentLog, auditTo: new PassThrough().resume() },
  );
  // The last answer that came by the connection is an absence.
  await ask('known-0.example.org');
  await ask('other-0.example.org');
});
afterEach(async () => {
  await gateway.stop();
  upstream.stop();
});

interface Found {
  readonly sources: readonly { readonly source: string; readonly status: string }[];
}

/** What Datadog is said to know of each. */
async function ask(...values: readonly string[]): Promise<(string | undefined)[]> {
  const { data } = await postQuery(gateway.url, query, { values });
  return data.indicators.map(({ sources }: Found) => sources.find(({ source }) => source === 'DATADOG')?.status);
}

it('an absence that came before an answer about another indicator is asked for again, by another connection', async () => {
  const before = upstream.connections();
  upstream.repeatLast();
  const values = [1, 2, 3].map(number => `known-${number}.example.org`);
  expect((await ask(...values)).sort()).toEqual(['MALFORMED', 'MATCHED', 'MATCHED']);
  expect(upstream.connections()).toBe(before + 1);
  expect(values.map(upstream.asked).sort()).toEqual([1, 1, 2]);
});

it('an absence is forgotten once an answer comes that nobody has asked for', async () => {
  upstream.repeatLast();
  expect(await ask('known-1.example.org')).toEqual(['NO_MATCH']);
  upstream.sendRest();
  await until(async () => (await ask('known-1.example.org'))[0] === 'MATCHED', 'it is asked for again');
  expect(upstream.asked('known-1.example.org')).toBe(2);
});

it('an absence stays believed when a connection of right answers ends', async () => {
  expect(await ask('other-1.example.org')).toEqual(['NO_MATCH']);
  upstream.close();
  expect(await ask('known-1.example.org', 'other-1.example.org')).toEqual(['MATCHED', 'NO_MATCH']);
  expect(upstream.asked('other-1.example.org')).toBe(1);
});

async function startUpstream() {
  let connections = 0;
  const asked: string[] = [];
  const open = new Map<Socket, string[]>();
  const server = createServer(socket => {
    connections += 1;
    const waiting: string[] = [];
    open.set(socket, waiting);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    let read = '';
    socket.on('data', chunk => {
      read += chunk.toString();
      for (let end = read.indexOf('\r\n\r\n'); end !== -1; end = read.indexOf('\r\n\r\n')) {
        const [target = ''] = read.slice(0, end).split(' ').slice(1);
        read = read.slice(end + 4);
        asked.push(new URL(target, 'http://datadog').searchParams.get('indicator') ?? '');
        waiting.push(answerTo(target));
        socket.write(waiting.shift() ?? '');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    asked: (value: string) => asked.filter(one => one === value).length,
    /** On each connection "not known" comes once more, in the place of the next answer. */
    repeatLast() {
      for (const waiting of open.values()) waiting.push(unknown);
    },
    /** The answers that are left over. */
    sendRest() {
      for (const [socket, waiting] of open) if (waiting.length > 0) socket.write(waiting.splice(0).join(''));
    },
    close() {
      for (const socket of open.keys()) socket.destroy();
    },
    stop() {
      server.close();
      this.close();
    },
  };
}

function response(status: number, body: object): string {
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${text.length}`;
  return `${head}\r\n\r\n${text}`;
}

const unknown = response(404, { errors: ['Not found'] });

function answerTo(target: string): string {
  const value = new URL(target, 'http://datadog').searchParams.get('indicator') ?? '';
  const attributes = { data: { indicator: value, score: 50 } };
  return isKnown(value) ? response(200, { data: { id: value, type: 'ioc-explorer-indicator', attributes } }) : unknown;
}
