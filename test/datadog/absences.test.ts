/** When a 404 of Datadog is an absence, and when it is only a wrong address. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { type Emulators, startEmulators } from '../../src/emulators/emulators.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import type { RecordedRequest } from '../../src/emulators/recorded-request.ts';
import { startGateway } from '../../src/main.ts';
import { postQuery } from '../setup/gateway.ts';
import { silentLog } from '../setup/silent-log.ts';
import { twoSources } from '../setup/two-sources.ts';

const unknown = ['quiet.example.com', '192.0.2.250', '2001:db8::250', 'e'.repeat(64), 'e'.repeat(40)];
const known = 'seen.example.com';

const isProof = ({ values }: RecordedRequest) => values.length === 0;

let emulators: Emulators;
let url: string;
let stop: () => Promise<void>;
beforeEach(async () => {
  emulators = await startEmulators();
});
afterEach(async () => {
  await stop();
  await emulators.close();
});

async function open(environment: Environment = {}): Promise<void> {
  const all = { PORT: '0', ...emulators.environment, ...environment };
  const gateway = await startGateway(all, { sources: twoSources, log: silentLog, auditTo: { write() {} } });
  ({ url, stop } = gateway);
}

async function ask(...values: readonly string[]) {
  const { data } = await postQuery(
    url,
    `query ($values: [String!]!) { indicators(values: $values) {
      value datadog { report { status detail servedFrom } } verdict { level missing } } }`,
    { values },
  );
  return data.indicators;
}
const statusOf = async (value: string): Promise<string> => (await ask(value))[0].datadog.report.status;
const proofs = () => emulators.datadog.requests.filter(isProof);
const addToProof = (fault: Fault) => emulators.datadog.faults.add({ ...fault, when: isProof });

describe('where there is no IoC Explorer', () => {
  const elsewhere = [
    ['below a prefix that leads nowhere, errors as objects', '/proxy', 'objects', true],
    ['below a prefix that leads nowhere, errors as strings', '/proxy', 'strings', true],
    ['at a site or organisation without it, errors as objects', '', 'objects', false],
    ['at a site or organisation without it, errors as strings', '', 'strings', false],
  ] as const;

  it.each(elsewhere)('%s, no absence is believed, and what to check is said', async (_, prefix, errorShape, has) => {
    Object.assign(emulators.datadog.behaviours, { errorShape, hasExplorer: has });
    await open({ DATADOG_URL: `${emulators.datadog.url}${prefix}` });
    for (const { datadog, verdict, value } of await ask(...unknown, known)) {
      expect([value, datadog.report.status]).toEqual([value, 'MALFORMED']);
      expect(datadog.report.detail).toMatch(/DATADOG_URL, DD_SITE, and whether the organisation has the IoC Explorer/);
      expect(verdict).toEqual({ level: 'INCONCLUSIVE', missing: ['DATADOG'] });
    }
    expect(await statusOf('another.example.com')).toBe('MALFORMED');
    expect(proofs()).toHaveLength(1);
  });

  it('a shorthand field raises the error', async () => {
    emulators.datadog.behaviours.hasExplorer = false;
    await open();
    const { errors } = await postQuery(url, '{ indicator(value: "quiet.example.com") { threatScore } }');
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({ code: 'UPSTREAM_MALFORMED', source: 'DATADOG' }),
      }),
    ]);
  });
});

describe('the first absence', () => {
  it('is believed after one request for the list, however many come at once, and none comes later', async () => {
    await open();
    const values = Array.from({ length: 500 }, (_, index) => `first-${index}.example.org`);
    const statuses = (await ask(...values)).map(
      ({ datadog }: { datadog: { report: { status: string } } }) => datadog.report.status,
    );
    expect(new Set(statuses)).toEqual(new Set(['NO_MATCH']));
    await ask('later.example.org');
    expect(proofs().map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/api/v2/security/siem/ioc-explorer?limit=1',
    ]);
    expect(emulators.datadog.lookups).toHaveLength(501);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const calls = (operation: string, outcome: string) =>
      metrics.match(
        `gateway_upstream_calls_total{source="DATADOG",operation="${operation}",outcome="${outcome}"} (\\d+)`,
      )?.[1];
    expect([calls('proof', 'ok'), calls('indicator', 'absent')]).toEqual(['1', '501']);
  });

  it('needs no such request after a match, which is proof enough', async () => {
    await open();
    expect(await statusOf(known)).toBe('MATCHED');
    expect(await statusOf('quiet.example.com')).toBe('NO_MATCH');
    expect(proofs()).toEqual([]);
  });

  it('beside a match of the same operation is believed too', async () => {
    await open();
    const [first, second] = await ask(known, 'quiet.example.com');
    expect([first, second].map(({ datadog }) => datadog.report.status)).toEqual(['MATCHED', 'NO_MATCH']);
    expect(proofs().length).toBeLessThanOrEqual(1);
  });

  it('that is cached stays believed although the address has lost its IoC Explorer', async () => {
    await open();
    await ask('quiet.example.com');
    emulators.datadog.behaviours.hasExplorer = false;
    expect((await ask('quiet.example.com'))[0].datadog.report).toMatchObject({
      status: 'NO_MATCH',
      servedFrom: 'CACHE',
    });
  });
});

describe('the request for the list', () => {
  const apiAnswers: readonly (readonly [string, Fault])[] = [400, 403, 405, 422, 429].flatMap(status =>
    (['objects', 'strings'] as const).map(
      shape => [`a ${status} in the API’s own shape, errors as ${shape}`, { kind: 'status', status, shape }] as const,
    ),
  );

  it.each(apiAnswers)('proves the address by %s', async (_, fault) => {
    addToProof(fault);
    await open();
    expect(await statusOf('quiet.example.com')).toBe('NO_MATCH');
    expect(await statusOf('later.example.com')).toBe('NO_MATCH');
    expect(proofs()).toHaveLength(1);
  });

  const elsewhere: readonly (readonly [string, Fault])[] = [
    ['a 404 with error objects', { kind: 'status', status: 404, shape: 'objects' }],
    ['a 404 with error strings', { kind: 'status', status: 404, shape: 'strings' }],
    ['a 404 page', { kind: 'status', status: 404, shape: 'html' }],
    ['a 403 page', { kind: 'status', status: 403, shape: 'html' }],
    ['a 400 that is not JSON', { kind: 'status', status: 400, shape: 'plain' }],
    ['a page', { kind: 'html' }],
    ['an empty object', { kind: 'text', text: '{}' }],
    ['a list without envelope', { kind: 'text', text: '[]' }],
    ['a list with errors', { kind: 'setTop', members: { errors: ['partial'] } }],
    ['nothing', { kind: 'noContent' }],
  ];

  it.each(elsewhere)('answered by %s leaves absences unheard, and is not repeated at once', async (_, fault) => {
    addToProof(fault);
    await open();
    expect(await statusOf('quiet.example.com')).toBe('MALFORMED');
    expect(await statusOf('later.example.com')).toBe('MALFORMED');
    expect(proofs()).toHaveLength(1);
    expect(await statusOf(known)).toBe('MATCHED');
    expect(await statusOf('quiet.example.com')).toBe('NO_MATCH');
  });

  const failures: readonly (readonly [string, Fault, string])[] = [
    ['a 500', { kind: 'status', status: 500 }, 'UNAVAILABLE'],
    ['a 503', { kind: 'status', status: 503 }, 'UNAVAILABLE'],
    ['a redirect', { kind: 'redirect', location: '/login' }, 'UNAVAILABLE'],
    ['a cut connection', { kind: 'cut' }, 'UNAVAILABLE'],
    ['silence', { kind: 'hang' }, 'TIMED_OUT'],
    ['a 429 of a proxy', { kind: 'status', status: 429, shape: 'html' }, 'RATE_LIMITED'],
    ['a 401', { kind: 'status', status: 401 }, 'DENIED'],
  ];

  it.each(failures)(
    'that fails with %s leaves the absence unheard for that reason, and is repeated',
    async (_, fault, status) => {
      addToProof(fault);
      await open({ DATADOG_TIMEOUT_MS: '300' });
      expect(await statusOf('quiet.example.com')).toBe(status);
      emulators.datadog.faults.clear();
      expect(await statusOf('quiet.example.com')).toBe('NO_MATCH');
      expect(proofs()).toHaveLength(2);
    },
  );

  it('holds nobody longer than the deadline of the operation', async () => {
    addToProof({ kind: 'hang' });
    await open({ REQUEST_DEADLINE_MS: '400', DATADOG_TIMEOUT_MS: '5000' });
    const began = performance.now();
    expect(await statusOf('quiet.example.com')).toBe('TIMED_OUT');
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
