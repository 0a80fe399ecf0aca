import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { apiKeyAuth, as } from '../setup/callers.ts';
import { postQuery } from '../setup/gateway.ts';
import { type GatewayProcess, startProcess } from '../setup/process.ts';
import { until } from '../setup/redis.ts';

/** Starting a process takes long while other tests start theirs. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const wireSpan = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes: z.array(attribute),
  links: z.array(z.object({ spanId: z.string() })),
  status: z.object({ code: z.number(), message: z.string().optional() }),
});
const payload = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(wireSpan) })),
    }),
  ),
});
type WireSpan = z.infer<typeof wireSpan>;

/** OpenTelemetry's numbers. */
const kinds = { internal: 1, server: 2, client: 3 };
const failed = 2;

const valuesOf = ({ attributes }: { readonly attributes: readonly z.infer<typeof attribute>[] }) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const requestsIn = (spans: readonly WireSpan[]) => spans.filter(({ kind }) => kind === kinds.server);
const operationsIn = (spans: readonly WireSpan[]) => spans.filter(({ name }) => /^(query|mutation)\b/.test(name));

/** Receives OTLP over HTTP, as a collector does. */
async function startCollector() {
  const bodies: string[] = [];
  const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    requests.push(request);
    response.statusCode = collector.refusal ?? 200;
    response.setHeader('content-type', 'application/json').end(collector.answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    requests,
    /** In place of 200. */
    refusal: undefined as number | undefined,
    answer: '{}',
    text: () => bodies.join('\n'),
    spans: (): WireSpan[] =>
      bodies.flatMap(body =>
        payload
          .parse(JSON.parse(body))
          .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    resource: () =>
      payload.parse(JSON.parse(bodies[0] ?? '')).resourceSpans.map(({ resource }) => valuesOf(resource))[0],
    close: () => server.close(),
  };
}

let emulators: Emulators;
let gateway: GatewayProcess;
let collector: Awaited<ReturnType<typeof startCollector>>;

async function start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  collector = await startCollector();
  emulators = await startEmulators();
  gateway = await startProcess(emulators, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    ...environment,
  });
}
afterEach(async () => {
  await gateway?.stop();
  await emulators?.close();
  collector?.close();
});

/** Resolves when the spans of so many requests have arrived. */
async function end(requests: number): Promise<readonly WireSpan[]> {
  const isHere = () => requestsIn(collector.spans()).length === requests;
  await until(isHere, `${requests} requests were told`, 30_000);
  gateway.child.kill('SIGTERM');
  expect((await gateway.ended).code).toBe(0);
  return collector.spans();
}

const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
const query = 'query Triage($values: [String!]!) { indicators(values: $values) { threatScore memberships { value } } }';

describe('tracing', () => {
  it('shows an operation with its calls and their attempts, as a part of the caller’s trace', async () => {
    await start();
    emulators.datadog.faults.add({ kind: 'status', status: 500, times: 1 });
    const headers = { traceparent, authorization: 'Bearer header-canary', 'x-request-id': 'id-1' };
    await postQuery(gateway.url, query, { values: ['evil.example.org', 'value-canary.example.org'] }, headers);
    const spans = await end(1);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([caller.traceId]));
    const of = (name: string) => spans.filter(span => span.name === name);
    const [request] = of('POST /graphql');
    const { port } = new URL(gateway.url);
    expect(request).toMatchObject({ parentSpanId: caller.spanId, kind: kinds.server, status: { code: 0 } });
    expect(request && valuesOf(request)).toEqual({
      ...{ 'http.request.method': 'POST', 'http.route': '/graphql', 'http.response.status_code': 200 },
      ...{ 'url.path': '/graphql', 'url.scheme': 'http', 'server.address': '127.0.0.1', 'server.port': Number(port) },
      ...{ 'gateway.outcome': 'ok', 'gateway.request_id': 'id-1' },
    });
    const [operation] = of('query Triage');
    expect(operation).toMatchObject({ parentSpanId: request?.spanId, kind: kinds.internal, status: { code: 0 } });
    expect(operation && valuesOf(operation)).toEqual({
      ...{ 'graphql.operation.type': 'query', 'graphql.operation.name': 'Triage' },
      'gateway.operation.hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(of('DATADOG indicator')).toHaveLength(2);
    expect(of('ARGUS search')).toMatchObject([
      { attributes: [{ key: 'gateway.values', value: { intValue: 2 } }], links: [] },
    ]);
    for (const question of [...of('DATADOG indicator'), ...of('ARGUS search')])
      expect(question.parentSpanId).toBe(operation?.spanId);
    const lookups = new Set(of('DATADOG indicator').map(({ spanId }) => spanId));
    expect(of('GET')).toHaveLength(3); // one of them again after its 500
    for (const attempt of of('GET')) expect(lookups).toContain(attempt.parentSpanId);
    expect(of('POST')).toMatchObject([{ parentSpanId: of('ARGUS search')[0]?.spanId, kind: kinds.client }]);
    expect(gateway.lines('operation')).toMatchObject([{ traceId: caller.traceId }]);
  });

  it('tells of each call where it went, which attempt it was, and what became of it', async () => {
    await start();
    emulators.datadog.faults.add({ kind: 'status', status: 500, times: 1 });
    emulators.argus.faults.add({ kind: 'html' });
    await postQuery(gateway.url, query, { values: ['evil.example.org'] });
    const calls = (await end(1)).filter(({ kind }) => kind === kinds.client);
    const serverOf = (url: string) => ({ 'server.address': '127.0.0.1', 'server.port': Number(new URL(url).port) });
    const datadog = { 'http.request.method': 'GET', ...serverOf(emulators.datadog.url) };
    const of = (method: string) => calls.filter(({ name }) => name === method);
    expect(of('GET').map(valuesOf)).toEqual([
      { ...datadog, 'http.response.status_code': 500, 'error.type': '500' },
      { ...datadog, 'http.response.status_code': 200, 'http.request.resend_count': 1 },
    ]);
    expect(of('GET').map(({ status }) => status)).toEqual([{ code: failed, message: 'UNAVAILABLE' }, { code: 0 }]);
    expect(of('POST').map(valuesOf)[0]).toEqual({
      ...{ 'http.request.method': 'POST', ...serverOf(emulators.argus.url) },
      ...{ 'http.response.status_code': 200, 'error.type': 'MALFORMED' },
    });
  });

  it('holds what a caller gets wrong for no error, and what no source answers for one of the operation', async () => {
    await start(apiKeyAuth({ soc: [] }));
    const headers = as('soc');
    await postQuery(gateway.url, '{ nonsense }', {}, headers);
    await postQuery(gateway.url, '{ __typename }', {}, as('nobody'));
    await postQuery(gateway.url, '{ indicator(value: "no indicator") { threatScore } }', {}, headers);
    emulators.datadog.faults.add({ kind: 'status', status: 403 });
    await postQuery(gateway.url, '{ indicator(value: "evil.example.org") { threatScore } }', {}, headers);
    const spans = await end(4);
    const told = requestsIn(spans).map(span => [valuesOf(span)['http.response.status_code'], span.status.code]);
    expect(told.toSorted()).toEqual([
      [200, 0],
      [200, 0],
      [400, 0],
      [401, 0],
    ]);
    expect(operationsIn(spans).map(({ status }) => status.message ?? '')).toEqual(
      expect.arrayContaining(['', 'UPSTREAM_DENIED']),
    );
  });

  it('names the service, its release and each process', async () => {
    const named = [];
    for (const _ of [1, 2]) {
      await start();
      await postQuery(gateway.url, '{ __typename }');
      await end(1);
      named.push(collector.resource());
      await emulators.close();
      collector.close();
    }
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
    const service = { 'service.name': 'indicator-gateway', 'service.version': manifest.version };
    for (const resource of named) expect(resource).toMatchObject({ ...service, 'service.instance.id': uuid });
    expect(named[0]?.['service.instance.id']).not.toBe(named[1]?.['service.instance.id']);
  });

  it('shows as an error what the gateway itself has no room for', async () => {
    await start({ MEMORY_LIMIT_MB: '32', MAX_VALUES: '3000' });
    const values = Array.from({ length: 1400 }, (_, index) => `a${index}.example.org`);
    const ask = () => postQuery(gateway.url, query.replace('threatScore', ''), { values });
    emulators.argus.faults.add({ kind: 'latency', ms: 3_000 });
    const first = ask();
    await until(() => emulators.argus.requests.length > 0, 'the room is taken');
    values.push('another.example.org');
    expect((await ask()).status).toBe(503);
    await first;
    const [request] = requestsIn(await end(2)).filter(({ status }) => status.code === failed);
    expect(request).toMatchObject({ status: { code: failed, message: '503' } });
    expect(request && valuesOf(request)).toMatchObject({ 'http.response.status_code': 503, 'error.type': '503' });
  });

  it('leaves open what became of a request whose client had gone', async () => {
    await start();
    emulators.datadog.faults.add({ kind: 'hang' });
    const leaving = fetch(`${gateway.url}/graphql?query={indicator(value:"evil.example.org"){threatScore}}`, {
      headers: { 'apollo-require-preflight': '1' },
      signal: AbortSignal.timeout(500),
    });
    await expect(leaving).rejects.toThrow();
    const [left] = requestsIn(await end(1));
    expect(left).toMatchObject({ name: 'GET /graphql', status: { code: 0 } });
    expect(left && valuesOf(left)).toMatchObject({ 'url.path': '/graphql', 'gateway.outcome': 'cancelled' });
    expect(Object.keys((left && valuesOf(left)) ?? {})).not.toContain('http.response.status_code');
  });

  it('contains no value, key, header or variable, and propagates nothing', async () => {
    await start();
    const headers = { traceparent, tracestate: 'a=state-canary', baggage: 'a=baggage-canary', 'x-a': 'header-canary' };
    await postQuery(gateway.url, query, { values: ['value-canary.example.org'] }, headers);
    await postQuery(gateway.url, '{ indicator(value: "literal-canary.example.org") { threatScore } }');
    await postQuery(gateway.url, '{ indicator(value: "literal-canary") { nonsense } }');
    const address = `${gateway.url}/graphql/?query={indicator(value:"address-canary.example.org"){id}}&a=canary`;
    await fetch(address, { headers: { 'apollo-require-preflight': '1', 'user-agent': 'canary' } });
    expect((await end(4)).length).toBeGreaterThan(5);
    // The caller's own tracestate belongs to the trace that it began.
    expect(collector.text().replaceAll('state-canary', '')).not.toMatch(/canary|example\.org|demo|authorization/i);
    const sent = [...emulators.datadog.requests, ...emulators.argus.requests].flatMap(({ headers: all }) =>
      Object.keys(all),
    );
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.filter(name => /trace|baggage|b3/i.test(name))).toEqual([]);
  });

  it('links a search to all operations that it serves, and a waiting operation to the one it waits for', async () => {
    await start({ ARGUS_CONCURRENCY: '1' });
    emulators.argus.faults.add({ kind: 'latency', ms: 2_000 });
    const ask = (value: string) =>
      postQuery(gateway.url, `{ indicator(value: "${value}.example.org") { memberships { value } } }`);
    const searches = () => emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length;
    const first = ask('first');
    await until(() => searches() === 1, 'the only place is taken');
    const others = [ask('first'), ask('second'), ask('third')];
    await Promise.all([first, ...others]);
    expect(searches()).toBe(2);
    const spans = await end(4);
    const operations = new Set(operationsIn(spans).map(({ spanId }) => spanId));
    const batch = spans.find(({ name, links }) => name === 'ARGUS search' && links.length > 0);
    expect(batch?.attributes).toEqual([{ key: 'gateway.values', value: { intValue: 2 } }]);
    expect(operations).toContain(batch?.parentSpanId);
    expect(operations).toContain(batch?.links[0]?.spanId);
    expect(batch?.links[0]?.spanId).not.toBe(batch?.parentSpanId);
    const waiting = operationsIn(spans).filter(({ links }) => links.length > 0);
    expect(waiting).toHaveLength(1);
    const asker = spans.find(({ name, links }) => name === 'ARGUS search' && links.length === 0)?.parentSpanId;
    expect(waiting[0]?.links).toMatchObject([{ spanId: asker }]);
  });

  it('fails no operation without a collector, does not delay the end, and says once that nothing is sent', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    const problems = () => gateway.lines('Traces cannot be sent');
    const ask = async () =>
      expect((await postQuery(gateway.url, '{ __typename }')).data).toEqual({ __typename: 'Query' });
    await ask();
    await until(() => problems().length > 0, 'it is said that nothing is sent', 30_000);
    await ask();
    const signalledAt = performance.now();
    await end(0);
    expect((await gateway.ended).at - signalledAt).toBeLessThan(8_000);
    expect(problems()).toEqual([expect.objectContaining({ level: 'warn', code: 'ECONNREFUSED' })]);
    expect(gateway.output()).not.toMatch(/at Object|127\.0\.0\.1:1\b/);
  });

  it('says by its status that a collector refuses, and nothing of what was sent to it', async () => {
    await start({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=secret-canary' });
    collector.refusal = 401;
    await postQuery(gateway.url, '{ __typename }');
    const problems = () => gateway.lines('Traces cannot be sent');
    await until(() => problems().length > 0, 'it is said that nothing is sent', 30_000);
    expect(problems()).toEqual([expect.objectContaining({ code: '401' })]);
    expect(gateway.output()).not.toContain('canary');
  });

  it('says once that a collector stays busy, and counts what it has taken and what it has not', async () => {
    await start({ OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    const spans = async (outcome: string) => {
      const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      return Number(new RegExp(`^gateway_trace_spans_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
    };
    expect([await spans('sent'), await spans('failed')]).toEqual([0, 0]);
    await postQuery(gateway.url, '{ __typename }');
    await until(async () => (await spans('sent')) === 2, 'a request and its operation are sent', 30_000);
    collector.refusal = 503;
    for (const failures of [2, 4]) {
      await postQuery(gateway.url, '{ __typename }');
      await until(async () => (await spans('failed')) === failures, `${failures} are not`, 30_000);
    }
    expect(await spans('sent')).toBe(2);
    expect(gateway.lines('Traces cannot be sent')).toMatchObject([{ level: 'warn', code: 'BUSY' }]);
  });

  it.each([
    ['<html>canary</html>', 'What takes the traces does not answer as a collector does'],
    [
      '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"canary"}}',
      'The collector has refused a part of the spans',
    ],
  ])('says once what is wrong with a collector that answers %s', async (answer, message) => {
    await start();
    collector.answer = answer;
    for (const requests of [1, 2]) {
      await postQuery(gateway.url, '{ __typename }');
      await until(() => requestsIn(collector.spans()).length === requests, `${requests} requests were told`, 30_000);
    }
    await until(() => gateway.lines(message).length > 0, 'it is said', 30_000);
    await end(2);
    expect(gateway.lines(message)).toMatchObject([{ level: 'warn' }]);
    expect(gateway.output()).not.toMatch(/canary|cannot use a part/);
  });

  it('names a variable that OpenTelemetry cannot use', async () => {
    await start({ OTEL_EXPORTER_OTLP_TIMEOUT: '-1' });
    expect(gateway.lines('OpenTelemetry cannot use a part of its configuration')).toEqual([
      expect.objectContaining({ level: 'warn', variable: 'OTEL_EXPORTER_OTLP_TIMEOUT' }),
    ]);
  });

  it('sends protobuf unless told otherwise, with the headers, the service name and the attributes that are set', async () => {
    await start({
      OTEL_EXPORTER_OTLP_PROTOCOL: '',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=soc',
      OTEL_SERVICE_NAME: 'own-name',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=own-environment,service.instance.id=own-instance',
    });
    await postQuery(gateway.url, '{ __typename }');
    await until(() => collector.requests.length > 0, 'a trace arrives', 30_000);
    expect(collector.requests[0]).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-tenant': 'soc' },
    });
    for (const text of ['own-name', 'own-environment', 'own-instance', 'telemetry.sdk.name', 'host.name'])
      expect(collector.text()).toContain(text);
    expect(collector.text()).not.toContain('process.');
  });

  it('samples as it is told', async () => {
    await start({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    await postQuery(gateway.url, '{ __typename }');
    await postQuery(gateway.url, '{ __typename }', {}, { traceparent });
    expect(new Set((await end(1)).map(({ traceId }) => traceId))).toEqual(new Set([caller.traceId]));
  });

  it('is off where OTEL_SDK_DISABLED says so', async () => {
    await start({ OTEL_SDK_DISABLED: 'true' });
    await postQuery(gateway.url, '{ __typename }', {}, { traceparent });
    expect(await end(0)).toEqual([]);
    expect(gateway.lines('operation')).toMatchObject([expect.not.objectContaining({ traceId: caller.traceId })]);
  });
});
