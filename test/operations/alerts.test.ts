/** Each outage is told by the alerts that are for it, and by no others; healthy gateways are quiet. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

type Fault = Parameters<TestBed['emulators']['datadog']['faults']['add']>[0];

interface Outage {
  readonly alerts: readonly string[];
  /** May fire as well, as a consequence. */
  readonly perhaps?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  begin(bed: TestBed): unknown;
}

const datadog =
  (fault: Fault) =>
  ({ emulators }: TestBed) =>
    emulators.datadog.faults.add(fault);
const downAndPartial = ['AnswersPartial', 'SourceDown'];

let redis: RedisServer;
let prometheus: Prometheus;
const beds = new Map<string, TestBed>();
const timers: NodeJS.Timeout[] = [];

const outages: Readonly<Record<string, Outage>> = {
  'every call fails': { alerts: downAndPartial, begin: datadog({ kind: 'status', status: 503 }) },
  'one call of three fails': {
    // Retries would hide it.
    alerts: ['AnswersPartial'],
    perhaps: ['SourceDown'],
    begin: datadog({ kind: 'status', status: 500, probability: 0.5 }),
  },
  'the keys are refused': {
    alerts: ['SourceDenied', 'AnswersPartial'],
    begin: datadog({ kind: 'status', status: 403 }),
  },
  'the limit is spent': {
    alerts: ['SourceRateLimited', 'AnswersPartial'],
    perhaps: ['BudgetLow'],
    begin: datadog({ kind: 'tooManyRequests', reset: 1 }),
  },
  'few calls are left': {
    alerts: ['BudgetLow'],
    perhaps: ['SourceRateLimited', 'AnswersPartial'],
    begin: datadog({ kind: 'rateLimit', limit: 15, periodSeconds: 1 }),
  },
  'answers cannot be read': {
    alerts: ['SourceMalformed', 'AnswersPartial'],
    perhaps: ['SourceDown'],
    begin: datadog({ kind: 'html' }),
  },
  'nothing is known for an hour': {
    alerts: ['SourceFindsNothing'],
    begin: ({ emulators }) => emulators.datadog.faults.add({ kind: 'status', status: 404 }),
  },
  'questions are refused': {
    alerts: ['SourceRejected', 'AnswersPartial'],
    begin: datadog({ kind: 'status', status: 422 }),
  },
  'Redis is gone': {
    alerts: ['RedisDown'],
    perhaps: ['CacheReadsFailing', 'CacheWritesFailing'],
    begin: () => redis.kill(),
  },
  'all replicas are gone': {
    alerts: ['Absent'],
    perhaps: ['ReplicaDown'],
    async begin({ gateway, url }) {
      await gateway.stop();
      await holdPort(Number(new URL(url).port));
    },
  },
};

const held: Server[] = [];

/** Nobody answers there, and no other test gets the port, which Prometheus goes on asking. 0: any. */
async function holdPort(port: number): Promise<number> {
  const server = createServer(socket => socket.destroy()).listen(port, '127.0.0.1');
  held.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Those of the process itself depend on the machine that runs the tests. */
const ofTheMachine = new Set(['Busy', 'Slow', 'MemoryHigh', 'Full', 'Overloaded', 'QueueLong', 'Restarting']);
const firedFor = (job: string): readonly string[] =>
  [...prometheus.fired(job)]
    .map(name => name.replace('IndicatorGateway', ''))
    .filter(name => !ofTheMachine.has(name))
    .toSorted();

const idOf = (name: string) => name.replaceAll(' ', '-');

/** Verdicts alone, which have no errors, of values that are new each time, as automation asks. */
function keepAsking(bed: TestBed): void {
  let asked = 0;
  const ask = () => {
    asked += 1;
    // Now and then one that is known.
    const given = asked % 8 === 0 ? '"evil.example.org", maxAgeSeconds: 0' : `"n${asked}.example.org"`;
    void bed.ask(`{ indicator(value: ${given}) { verdict { level missing } } }`).catch(() => {});
  };
  timers.push(setInterval(ask, 150));
}

beforeAll(async () => {
  redis = await startRedis();
  const environments = Object.entries(outages).map(([name, { environment }]) => [name, environment ?? {}] as const);
  for (const [name, environment] of [...environments, ['healthy', {}] as const])
    beds.set(name, await startTestBed({ ...(name.includes('Redis') && { REDIS_URL: redis.url }), ...environment }));
  const targets = [...beds].map(([name, { url }]) => [idOf(name), [new URL(url).host]] as const);
  const healthy = new URL(beds.get('healthy')?.url ?? '').host;
  prometheus = await startPrometheus({
    ...Object.fromEntries(targets),
    'one-never-starts': [healthy, `127.0.0.1:${await holdPort(0)}`],
  });
  for (const bed of beds.values()) keepAsking(bed);
  // Long enough for a rate, and for Prometheus to have seen each release.
  await new Promise(resolve => setTimeout(resolve, 10_000));
  for (const [name, { begin }] of Object.entries(outages)) await begin(beds.get(name) as TestBed);
});
afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  await prometheus?.stop();
  for (const server of held) server.close();
  for (const bed of beds.values()) await bed.stop();
  await redis?.stop();
});

describe('where', () => {
  it.each(Object.keys(outages))('%s, the alerts for it fire', async name => {
    const { alerts = [], perhaps = [] } = outages[name] ?? {};
    await until(
      () => alerts.every(alert => firedFor(idOf(name)).includes(alert)),
      `${alerts} for ${name}`,
      180_000,
    ).catch(() => {});
    expect(firedFor(idOf(name))).toEqual(expect.arrayContaining([...alerts]));
    expect(firedFor(idOf(name)).filter(alert => !alerts.includes(alert) && !perhaps.includes(alert))).toEqual([]);
  });

  it('one replica never starts, that is told, and of the others nothing', async () => {
    await until(() => firedFor('one-never-starts').length > 0, 'ReplicaDown', 120_000);
    expect(firedFor('one-never-starts')).toEqual(['ReplicaDown']);
  });

  it('nothing is wrong, nothing fires', () => {
    expect(firedFor('healthy')).toEqual([]);
  });
});
