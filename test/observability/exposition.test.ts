/** What a scrape gets, as Prometheus and its own tools read it. */
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import { type Prometheus, startPrometheus } from '../operations/prometheus.ts';
import { requireCommand } from '../setup/command.ts';
import { postQuery, startTestBed, type TestBed } from '../setup/gateway.ts';
import { type GatewayProcess, startProcess } from '../setup/process.ts';
import { until } from '../setup/redis.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let bed: TestBed;
let emulators: Emulators | undefined;
let gateway: GatewayProcess | undefined;
let prometheus: Prometheus | undefined;
afterEach(() => bed?.stop());
afterAll(async () => {
  await prometheus?.stop();
  await gateway?.stop();
  await emulators?.close();
});

const question = '{ indicator(value: "evil.example.org") { threatScore memberships { value } } }';
const openMetrics = 'application/openmetrics-text';

const scrape = (accept?: string) => fetch(`${bed.url}/metrics`, accept === undefined ? {} : { headers: { accept } });

/** Those of the client library, which dashboards for Node know by these names, and the same under the names of before. */
const ofTheClient = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  'nodejs_eventloop_utilization_histogram',
  'nodejs_eventloop_utilization_summary',
].flatMap(name => [name, `gateway_${name}`]);

it('promtool has nothing against a name of ours', async () => {
  bed = await startTestBed();
  await bed.ask(question);
  const input = await (await scrape()).text();
  const { stderr, status } = spawnSync(requireCommand('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
  expect([0, 3]).toContain(status); // 3: it has something to say
  const disliked = stderr.split('\n').flatMap(line => line.split(' ')[0] || []);
  expect(disliked.toSorted()).toEqual(ofTheClient.toSorted());
});

const fromPrometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const fromPrometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

it.each([
  [undefined, 'text/plain'],
  ['*/*', 'text/plain'],
  ['text/plain;version=0.0.4', 'text/plain'],
  ['text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5', 'text/plain'],
  ['application/openmetrics-text;q=0', 'text/plain'],
  ['application/openmetrics-text;q=much', 'text/plain'],
  [openMetrics, openMetrics],
  ['Application/OpenMetrics-Text; Version=1.0.0; Q=0.9, text/plain; q=0.5', openMetrics],
  [fromPrometheus2, openMetrics],
  [fromPrometheus3, openMetrics],
])('where a scrape accepts %s, it gets %s', async (accept, type) => {
  bed = await startTestBed();
  const response = await scrape(accept);
  expect(response.headers.get('content-type')).toMatch(new RegExp(`^${type}; version=\\d\\.\\d\\.\\d; charset=utf-8$`));
  expect((await response.text()).endsWith('\n# EOF\n')).toBe(type === openMetrics);
});

/** Ours, name with labels: which kinds of handles and of garbage collection there are changes at any time. */
const seriesOf = (text: string) =>
  text
    .split('\n')
    .filter(line => /^gateway_(?!nodejs|process)/.test(line))
    .map(line => line.replace(/ # .*/, '').replace(/ \S+$/, ''))
    .toSorted();

it('has the same series in both formats, however often and in which order they are asked for', async () => {
  bed = await startTestBed();
  await bed.ask(question);
  const formats = [openMetrics, 'text/plain', openMetrics, 'text/plain'];
  const texts = await Promise.all(formats.map(async accept => (await scrape(accept)).text()));
  const [first = [], ...others] = texts.map(seriesOf);
  expect(first.length).toBeGreaterThan(80);
  for (const other of others) expect(other).toEqual(first);
  expect(texts[0]).toContain('# TYPE gateway_operations counter\ngateway_operations_total{outcome="ok"} 1\n');
  expect(texts[1]).toContain('# TYPE gateway_operations_total counter\ngateway_operations_total{outcome="ok"} 1\n');
});

interface Exemplars {
  readonly seriesLabels: { readonly __name__: string };
  readonly exemplars: readonly { readonly labels: object }[];
}

it('leads from a slow answer to its trace in a real Prometheus, where the trace is kept', async () => {
  emulators = await startEmulators();
  // Nobody listens there: an exemplar does not depend on what becomes of the trace.
  gateway = await startProcess(emulators, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  const { url, adminUrl } = gateway;
  const [kept, dropped] = ['0af7651916cd43dd8448eb211c80319c', '1bf7651916cd43dd8448eb211c80319c'];
  const ask = (value: string, traceId: string, flag: string) =>
    postQuery(url, question.replace('evil', value), {}, { traceparent: `00-${traceId}-b7ad6b7169203331-${flag}` });
  await ask('evil', kept, '01');
  await ask('other', dropped, '00');
  prometheus = await startPrometheus({ gateway: [new URL(adminUrl).host] });
  const query = encodeURIComponent('{__name__=~"gateway_.*_bucket"}');
  const exemplars = async () => {
    const answer = await prometheus?.get(`/api/v1/query_exemplars?query=${query}&start=0&end=${Date.now()}`);
    return (answer as { data: readonly Exemplars[] }).data;
  };
  const names = async () => new Set((await exemplars()).map(({ seriesLabels }) => seriesLabels.__name__)).size;
  await until(async () => (await names()) === 2, 'Prometheus has exemplars of both histograms', 60_000);
  const traces = (await exemplars()).flatMap(found => found.exemplars.map(({ labels }) => labels));
  expect(new Set(traces.map(labels => JSON.stringify(labels)))).toEqual(new Set([JSON.stringify({ trace_id: kept })]));
});
