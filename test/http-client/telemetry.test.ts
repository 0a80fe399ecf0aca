import { expect, test } from 'vitest';
import type { UpstreamOptions } from '../../src/http-client/client.ts';
import { UpstreamError } from '../../src/http-client/errors.ts';
import { createLog } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createTestClock } from '../setup/test-clock.ts';
import { argus, ask, failure, json, startTestUpstream, upstreamTo } from './test-upstream.ts';

const secret = 'canary-77aa';

/** A log whose lines the test reads. */
function readableLog() {
  const lines: string[] = [];
  const log = createLog({
    sources: ['DATADOG', 'ARGUS'],
    level: 'debug',
    destination: { write: line => void lines.push(line) },
  });
  return { lines, log, messages: () => lines.map(line => String(JSON.parse(line).message)) };
}

type Classify = NonNullable<UpstreamOptions['classify']>;

test('the source classifies a response before the common classification does', async () => {
  const server = await startTestUpstream((_, response) => json(response, 404, { errors: ['indicator not found'] }));
  const classify: Classify = answer => (answer.status === 404 ? 'accept' : undefined);
  const answer = await ask(upstreamTo(server.url, { classify }));
  expect(answer).toMatchObject({ status: 404, body: { errors: ['indicator not found'] } });
});

test('the source may reject a response that looks good', async () => {
  const server = await startTestUpstream((_, response) => json(response, 200, { responseCode: 403 }));
  const classify: Classify = () => new UpstreamError('ARGUS', 'DENIED', 'no', { httpStatus: 403 });
  expect((await failure(ask(upstreamTo(server.url, { classify })))).kind).toBe('DENIED');
  expect(server.seen).toHaveLength(1);
});

test('the source gets no body if there was no JSON', async () => {
  const server = await startTestUpstream((_, response) =>
    response.writeHead(404, { 'content-type': 'text/html' }).end('<p>'),
  );
  const bodies: unknown[] = [];
  const classify: Classify = answer => void bodies.push(answer.body);
  expect((await failure(ask(upstreamTo(server.url, { classify })))).kind).toBe('MALFORMED');
  expect(bodies).toEqual([undefined]);
});

test('health has the last success, the last failure and the rate limit', async () => {
  const statuses = [200, 403];
  const headers = { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '30' };
  const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, {}, headers));
  const upstream = upstreamTo(server.url);
  expect(upstream.health()).toEqual({
    circuit: 'CLOSED',
    lastSuccessAt: null,
    lastFailureAt: null,
    lastFailureKind: null,
    rateLimitRemaining: null,
    rateLimitResetAt: null,
  });
  const before = Date.now();
  await ask(upstream);
  await failure(ask(upstream));
  const health = upstream.health();
  expect(health).toMatchObject({ circuit: 'CLOSED', lastFailureKind: 'DENIED', rateLimitRemaining: 40 });
  expect(health.lastSuccessAt).toBeGreaterThanOrEqual(before);
  expect(health.lastFailureAt).toBeGreaterThanOrEqual(health.lastSuccessAt ?? Number.NaN);
  expect(health.rateLimitResetAt).toBeGreaterThanOrEqual(before + 30_000);
});

test('every change of state of the circuit is a line in the log, and a metric', async () => {
  let isDown = true;
  const server = await startTestUpstream((_, response) => json(response, isDown ? 500 : 200, {}));
  const { log, messages } = readableLog();
  const metrics = createMetrics();
  const clock = createTestClock();
  const upstream = upstreamTo(server.url, { log, metrics, clock, policy: { attempts: 1 } });
  const deadlineAt = () => clock.monotonic() + 5000;
  for (let index = 0; index < 5; index += 1) await failure(ask(upstream, { deadlineAt }));
  expect((await metrics.expose()).text).toContain('gateway_upstream_circuit_open{source="DATADOG"} 1');
  clock.pass(5000);
  isDown = false;
  await ask(upstream, { deadlineAt });
  expect((await metrics.expose()).text).toContain('gateway_upstream_circuit_open{source="DATADOG"} 0');
  expect(messages().filter(message => message.includes('circuit'))).toEqual([
    'upstream circuit opened',
    'upstream circuit half-open: one call probes',
    'upstream circuit closed',
  ]);
});

test('attempts, retries and rate limits are counted', async () => {
  const statuses = [503, 200];
  const headers = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '30' };
  const server = await startTestUpstream((_, response) => json(response, statuses.shift() ?? 500, {}, headers));
  const metrics = createMetrics();
  await ask(upstreamTo(server.url, { metrics }), { call: { operation: 'search' } });
  const { text } = await metrics.expose();
  const labels = (outcome: string) => `{source="DATADOG",operation="search",outcome="${outcome}"}`;
  expect(text).toContain(`gateway_upstream_calls_total${labels('UNAVAILABLE')} 1`);
  expect(text).toContain(`gateway_upstream_calls_total${labels('ok')} 1`);
  expect(text).toContain('gateway_upstream_retries_total{source="DATADOG"} 1');
  expect(text).toContain('gateway_upstream_budget_remaining{source="DATADOG"} 6');
  expect(text).toContain('gateway_upstream_queue{source="DATADOG"} 0');
});

test('an exhausted limit is one line in the log, however many responses state it', async () => {
  const server = await startTestUpstream((_, response) => json(response, 429, {}, { 'x-ratelimit-reset': '3600' }));
  const { log, messages } = readableLog();
  const upstream = upstreamTo(server.url, { log });
  await Promise.all(Array.from({ length: 5 }, () => failure(ask(upstream))));
  expect(messages().filter(message => message.includes('budget'))).toEqual(['upstream budget is spent: calls wait']);
});

test('no key, no address and no body is in a log line', async () => {
  const answers = [
    { status: 500, type: 'application/json' },
    { status: 200, type: 'application/json' },
  ];
  const server = await startTestUpstream((_, response) => {
    const { status, type } = answers.shift() ?? { status: 302, type: 'text/html' };
    response.writeHead(status, { 'content-type': type, location: `http://${secret}/`, 'x-s': secret }).end(secret);
  });
  const { log, lines } = readableLog();
  const upstream = upstreamTo(server.url, { log });
  const call = { headers: { 'dd-api-key': secret }, query: [['indicator', secret]] as const };
  await failure(ask(upstream, { call }));
  await failure(ask(upstream, { call }));
  await failure(ask(upstream, { call: { ...call, headers: { 'dd-api-key': `${secret}\n` } } }));
  expect(lines.length).toBeGreaterThanOrEqual(4);
  expect(lines.join('')).not.toContain(secret);
  expect(lines.join('')).not.toContain('127.0.0.1');
});

test('an upstream that cannot be reached is UNAVAILABLE', async () => {
  const gone = await startTestUpstream(() => {});
  const upstream = upstreamTo(gone.url.replace(/\d+$/, '1'), { policy: { attempts: 1 } });
  expect((await failure(ask(upstream))).kind).toBe('UNAVAILABLE');
});

test('the fields that Argus finds wrong are named, and only names', async () => {
  const messages = [{ field: 'value[3]' }, { field: null }, { field: `<b>${secret}` }, null, { field: 'type' }];
  const server = await startTestUpstream((_, response) => json(response, 412, { messages }));
  const error = await failure(ask(upstreamTo(server.url, { source: argus })));
  expect(error).toMatchObject({ kind: 'REJECTED', fields: ['value[3]', 'type'], source: 'ARGUS' });
});
