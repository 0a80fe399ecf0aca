/** An answer whose size nobody could know before ends where it becomes too large. */
import { connect } from 'node:net';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { sendText } from '../../src/server/send-text.ts';
import { longestReadMs } from '../../src/server/slow-reader.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';

const value = 'very-crowded.example.org';
/** So slow that no deadline passes on a busy machine. */
const clock = { wall: systemClock.wall, monotonic: () => systemClock.monotonic() / 10 };

let bed: TestBed;
beforeAll(async () => {
  bed = await startTestBed({ RATE_LIMIT_INDICATORS_PER_MINUTE: '0' }, {}, undefined, undefined, { clock });
  for (let index = 0; index < 2_000; index += 1)
    bed.emulators.dataSet.argus.add({ value, list: 'phishing', state: 'active' });
});
afterAll(() => bed.stop());
afterEach(() => vi.useRealTimers());

const aliases = Array.from(
  { length: 45 },
  (_, index) =>
    `a${index}: memberships { id recordId value state list { id name shortName } properties(names: ["comment"]) { value } }`,
);
const ask = (fields: string, more = '') => bed.ask(`{ indicator(value: "${value}") { ${fields} } ${more} }`);

const metrics = async () => (await fetch(`${bed.url}/metrics`)).text();

describe('An answer of more than sixteen million characters', () => {
  it.each([
    ['', 'by itself'],
    ['__schema { queryType { name } }', 'beside introspection'],
  ])(
    'is refused as too large, whichever way it is made, and no data come with it: %s %s',
    async more => {
      for (const _ of [1, 2, 3]) {
        const { status, data, errors, headers } = await ask(aliases.join(' '), more);
        expect({ status, data, code: errors?.[0].extensions.code }).toEqual({
          status: 400,
          data: null,
          code: 'OPERATION_TOO_LARGE',
        });
        expect(errors).toHaveLength(1);
        expect(errors?.[0].message).toContain('ask for');
        expect(headers.get('cache-control')).toBe('no-store');
      }
      expect(await metrics()).not.toMatch(/operations_total{[^}]*failed[^}]*} [1-9]/);
    },
    120_000,
  );

  it('leaves the gateway as it was: a part of it is answered', async () => {
    const { status, data } = await ask(aliases.slice(0, 3).join(' '));
    expect(status).toBe(200);
    expect(data.indicator.a2).toHaveLength(2_000);
  });
});

describe('Errors', () => {
  it('that say a source could not be asked are never dropped: too many of them end the whole operation', async () => {
    const fault = bed.emulators.argus.faults.add({ kind: 'status', status: 403 });
    const values = Array.from({ length: 400 }, (_, index) => `n${index}.example.org`);
    const field = (count: number) =>
      Array.from({ length: count }, (_, index) => `m${index}: memberships { id }`).join(' ');
    const query = (count: number) => `query ($v: [String!]!) { indicators(values: $v) { ${field(count)} } }`;
    for (const _ of [1, 2]) {
      const { status, data, errors } = await bed.ask(query(30), { v: values });
      expect({ status, data, code: errors?.[0].extensions.code }).toEqual({
        status: 400,
        data: null,
        code: 'OPERATION_TOO_LARGE',
      });
      const fewer = await bed.ask(query(20), { v: values });
      expect(fewer.status).toBe(200);
      expect(fewer.errors).toHaveLength(400 * 20);
    }
    expect(fault).toBeDefined();
    bed.emulators.argus.faults.clear();
  }, 60_000);
});

describe('A client that does not read its answer', () => {
  it('is cut off when it had time for it', async () => {
    const server = Fastify();
    const text = 'a'.repeat(50_000_000);
    const sent = vi.fn();
    server.get('/', (_, reply) => {
      reply.raw.once('close', () => sent(reply.raw.writableFinished));
      return sendText(reply, text);
    });
    const { port } = new URL(await server.listen({ port: 0, host: '127.0.0.1' }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = connect(Number(port), '127.0.0.1');
    client.on('error', () => {});
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise(resolve => client.once('readable', resolve));
    vi.advanceTimersByTime(longestReadMs(text.length) - 1);
    expect(sent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    await vi.waitFor(() => expect(sent).toHaveBeenCalledWith(false));
    client.destroy();
    await server.close();
  });
});
