import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { type GatewayProcess, startProcess } from '../setup/process.ts';
import { until } from '../setup/redis.ts';

/** A process of its own takes long to start where others start theirs. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const body = JSON.stringify({ query: '{ indicator(value: "evil.example.org") { memberships { value } } }' });
/** Promised is half a second; a machine that does ten other things gets more. None of the known ways to hang ends so soon. */
const soonMs = 4_000;

let emulators: Emulators;
let gateway: GatewayProcess;
const agent = new Agent({ keepAlive: true });
const sockets: Socket[] = [];

beforeEach(async () => {
  emulators = await startEmulators();
  gateway = await startProcess(emulators);
});
afterEach(async () => {
  agent.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.stop();
  await emulators.close();
});

interface Got {
  readonly status: number | undefined;
  readonly connection: string | undefined;
  readonly text: string;
  readonly at: number;
}

/** POSTs over a connection that is kept alive. */
function ask(): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${gateway.url}/graphql`, { method: 'POST', agent, headers }, answer =>
      read(answer).then(resolve, reject),
    );
    sent.on('error', reject).end(body);
  });
}

async function read(answer: IncomingMessage): Promise<Got> {
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode, connection: answer.headers.connection, text, at: performance.now() };
}

/** A connection that sends only this text, and collects what it receives. */
function open(sent: string): { readonly socket: Socket; received(): string } {
  let received = '';
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  sockets.push(socket);
  socket
    .on('error', () => {})
    .on('data', text => {
      received += text;
    });
  socket.write(sent);
  return { socket, received: () => received };
}

const isAsking = () => emulators.argus.requests.some(({ path }) => path.endsWith('/search'));
const readiness = async () => {
  const answer = await fetch(`${gateway.adminUrl}/readyz`);
  return { status: answer.status, ...(await answer.json()) };
};

describe('SIGTERM', () => {
  it('finishes the answer under way with "connection: close", unready first, and exits 0 soon after', async () => {
    expect(await readiness()).toMatchObject({ status: 'ready' });
    expect(await ask()).toMatchObject({ status: 200, connection: 'keep-alive' }); // its connection stays, idle
    emulators.argus.faults.add({ kind: 'latency', ms: 1_500 });
    const slow = body.replace('evil.example.org', 'other.example.org');
    const underWay = open(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${slow.length}\r\n\r\n${slow}`,
    );
    emulators.argus.clearRequests();
    await until(isAsking, 'the search is under way');
    gateway.child.kill('SIGTERM');
    await until(() => gateway.lines('draining').length === 1, 'it drains');
    expect(await readiness()).toMatchObject({ status: 'draining', reasons: ['the gateway is draining'] });
    await until(() => underWay.received().includes('"memberships"'), 'the answer is here');
    const answeredAt = performance.now();
    expect(underWay.received()).toMatch(/^HTTP\/1\.1 200 /);
    expect(underWay.received()).toMatch(/^connection: close\r$/im);
    const { code, at } = await gateway.ended;
    expect(code).toBe(0);
    expect(at - answeredAt).toBeLessThan(soonMs);
  });

  it('answers what arrives on an open connection while another answer is under way', async () => {
    emulators.argus.faults.add({ kind: 'latency', ms: 1_500 });
    const underWay = ask();
    const begun = open('GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\napollo-require-preflight: 1\r\n');
    await until(isAsking, 'the search is under way');
    gateway.child.kill('SIGTERM');
    await until(() => gateway.lines('draining').length === 1, 'it drains');
    begun.socket.write('\r\n');
    await until(() => begun.received().includes('__typename'), 'the late one is answered');
    expect(begun.received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*^connection: close\r$/im);
    expect(await underWay).toMatchObject({ status: 200, connection: 'close' });
    expect((await gateway.ended).code).toBe(0);
  });

  it('waits for nobody who sends or reads slowly', async () => {
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    open('GET /graphql HTTP/1.1\r\nhost: x'); // half a header
    open(`${head}content-length: 1000\r\n\r\n{"query":`); // half a body
    open(''); // nothing at all
    // An answer of some megabytes, more than any buffer between us holds.
    const values = Array.from({ length: 400 }, (_, i) => `https://example.org/${i}/${'x'.repeat(1000)}`);
    const aliases = Array.from({ length: 30 }, (_, i) => `a${i}: value`);
    const query = `query ($values: [String!]!) { indicators(values: $values) { ${aliases.join(' ')} } }`;
    const large = JSON.stringify({ query, variables: { values } });
    const reader = open(`${head}content-length: ${large.length}\r\n\r\n${large}`);
    reader.socket.pause();
    reader.socket.on('readable', () => {}); // reads one buffer, and no more
    await until(() => reader.socket.bytesRead > 0, 'the large answer is on its way');
    expect(gateway.lines('operation')).toEqual([]); // it is not out
    const signalledAt = performance.now();
    gateway.child.kill('SIGTERM');
    const { code, at } = await gateway.ended;
    expect(code).toBe(0);
    expect(at - signalledAt).toBeLessThan(soonMs);
    // The half body and the large answer.
    expect(gateway.lines('operation')).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  });

  it('counts once, however often and in whatever form it comes', async () => {
    emulators.argus.faults.add({ kind: 'latency', ms: 1_000 });
    const underWay = ask();
    await until(isAsking, 'the search is under way');
    gateway.child.kill('SIGTERM');
    await until(() => gateway.lines('draining').length === 1, 'it drains');
    gateway.child.kill('SIGTERM');
    gateway.child.kill('SIGINT');
    expect((await underWay).status).toBe(200);
    expect((await gateway.ended).code).toBe(0);
    expect([gateway.lines('draining'), gateway.lines('stopped')].map(({ length }) => length)).toEqual([1, 1]);
  });
});

describe('SHUTDOWN_DELAY_MS', () => {
  it('keeps a leaving gateway answering on new connections, unready and closing each, before it stops listening', async () => {
    await gateway.stop();
    gateway = await startProcess(emulators, { SHUTDOWN_DELAY_MS: '1500' });
    expect(await ask()).toMatchObject({ status: 200, connection: 'keep-alive' });
    const toldAt = performance.now();
    gateway.child.kill('SIGTERM');
    await until(() => gateway.lines('draining').length === 1, 'it drains');
    expect(await readiness()).toMatchObject({ status: 'draining' });
    expect(await ask()).toMatchObject({ status: 200, connection: 'close' });
    const late = open('GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\napollo-require-preflight: 1\r\n\r\n');
    await until(() => late.received().includes('__typename'), 'a new connection is answered');
    const { code, at } = await gateway.ended;
    expect(code).toBe(0);
    expect(at - toldAt).toBeGreaterThan(1_400);
  });
});
