import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
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
  status: z.object({ message: z.string().optional() }),
});
const payload = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(wireSpan) })) })),
});
type WireSpan = z.infer<typeof wireSpan>;

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
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    requests,
    /** In place of 200. */
    refusal: undefined as number | undefined,
    text: () => bodies.join('\n'),
    spans: (): WireSpan[] =>
      bodies.flatMap(body =>
        payload
          .parse(JSON.parse(body))
          .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
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

/** Resolves when the spans of so many operations have arrived. */
async function end(operations: number): Promise<readonly WireSpan[]> {
  const isHere = () => collector.spans().filter(({ name }) => name === 'graphql').length === operations;
  await until(isHere, `${operations} operations were told`, 30_000);
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
    const [operation] = of('graphql');
    expect(operation).toMatchObject({ parentSpanId: caller.spanId, kind: 2 });
    expect(Object.fromEntries(operation?.attributes.map(({ key, value }) => [key, value.stringValue]) ?? [])).toEqual({
      'graphql.operation.name': 'Triage',
      'gateway.operation.hash': expect.stringMatching(/^[0-9a-f]{64}$/),
      'gateway.outcome': 'ok',
      'gateway.request_id': 'id-1',
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
    expect(of('GET').filter(({ status }) => status.message === 'UNAVAILABLE')).toHaveLength(1);
    expect(of('POST')).toMatchObject([{ parentSpanId: of('ARGUS search')[0]?.spanId, kind: 3 }]);
    expect(gateway.lines('operation')).toMatchObject([{ traceId: caller.traceId }]);
  });

  it('contains no value, key, header or variable, and propagates nothing', async () => {
    await start();
    const headers = { traceparent, tracestate: 'a=state-canary', baggage: 'a=baggage-canary', 'x-a': 'header-canary' };
    await postQuery(gateway.url, query, { values: ['value-canary.example.org'] }, headers);
    await postQuery(gateway.url, '{ indicator(value: "literal-canary.example.org") { threatScore } }');
    await postQuery(gateway.url, '{ indicator(value: "literal-canary") { nonsense } }');
    expect((await end(3)).length).toBeGreaterThan(5);
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
    const operations = new Set(spans.filter(({ name }) => name === 'graphql').map(({ spanId }) => spanId));
    const batch = spans.find(({ name, links }) => name === 'ARGUS search' && links.length > 0);
    expect(batch?.attributes).toEqual([{ key: 'gateway.values', value: { intValue: 2 } }]);
    expect(operations).toContain(batch?.parentSpanId);
    expect(operations).toContain(batch?.links[0]?.spanId);
    expect(batch?.links[0]?.spanId).not.toBe(batch?.parentSpanId);
    const waiting = spans.filter(({ name, links }) => name === 'graphql' && links.length > 0);
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
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=own-environment',
    });
    await postQuery(gateway.url, '{ __typename }');
    await until(() => collector.requests.length > 0, 'a trace arrives', 30_000);
    expect(collector.requests[0]).toMatchObject({
      url: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-tenant': 'soc' },
    });
    for (const text of ['own-name', 'own-environment', 'telemetry.sdk.name', 'host.name'])
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
