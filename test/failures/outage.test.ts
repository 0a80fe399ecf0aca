import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { until } from '../setup/redis.ts';

const perSecond = 100;
const outageMs = 8000;

/** Asks for a value of its own so many times a second; resolves to how long each took and what it brought. */
async function load(bed: TestBed, field: string, rate: number, goesOn: () => boolean): Promise<Asked[]> {
  const asked: Promise<Asked>[] = [];
  const began = performance.now();
  let underWay = 0;
  while (goesOn()) {
    // A machine that can not keep up is asked less often: what it is asked beyond that would only measure the machine.
    if (underWay > rate / 2) {
      await pause(10);
      continue;
    }
    underWay++;
    const name = `${field.split(' ')[0]}-${asked.length}-${Math.round(began)}`;
    const query = `{ indicator(value: "${name}.example.org") { ${field} } }`;
    const sentAt = performance.now();
    asked.push(
      bed
        .ask(query)
        .finally(() => underWay--)
        .then(({ errors }) => ({ code: errors?.[0]?.extensions.code, ms: performance.now() - sentAt, sentAt })),
    );
    const due = began + (asked.length * 1000) / rate;
    await pause(Math.max(0, due - performance.now()));
  }
  return Promise.all(asked);
}

interface Asked {
  readonly code: string | undefined;
  readonly ms: number;
  readonly sentAt: number;
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

// docs/decisions/circuit-breaker.md and docs/decisions/retries.md, over the whole gateway.
it('an upstream that is fully down is asked at most 1.2 times an operation, costs nobody time, and is found back', async ({
  annotate,
}) => {
  const lines: string[] = [];
  const log = createLog({
    sources: ['DATADOG', 'ARGUS'],
    level: 'info',
    destination: { write: line => void lines.push(line) },
  });
  const bed = await startTestBed({}, {}, undefined, log);
  const { datadog, argus } = bed.emulators;
  const during = (ms: number) => {
    const end = performance.now() + ms;
    return () => performance.now() < end;
  };
  await bed.ask('{ reputationTypes { shortName } }');
  const [, quietArgus] = await Promise.all([
    load(bed, 'threatScore', perSecond, during(3000)),
    load(bed, 'memberships { value }', 20, during(3000)),
  ]);

  datadog.clearRequests();
  argus.clearRequests();
  const fault = datadog.faults.add({ kind: 'cut' });
  const [down, argusMeanwhile, nothing] = await Promise.all([
    load(bed, 'threatScore', perSecond, during(outageMs)),
    load(bed, 'memberships { value }', 20, during(outageMs)),
    load(bed, 'defanged', 20, during(outageMs)),
  ]);
  expect(down.length).toBeGreaterThan(perSecond);
  expect(datadog.lookups.length / down.length).toBeLessThanOrEqual(1.2);
  expect(down.filter(({ code }) => code === undefined)).toEqual([]);
  const { data } = await bed.ask('{ sources { source state circuit lastFailureCode lastSuccessAt lastFailureAt } }');
  expect(data.sources[0]).toMatchObject({ source: 'DATADOG', lastFailureCode: 'UPSTREAM_UNAVAILABLE' });
  expect(Date.parse(data.sources[0].lastFailureAt)).toBeGreaterThan(Date.parse(data.sources[0].lastSuccessAt));
  expect(data.sources[1]).toMatchObject({ source: 'ARGUS', state: 'UP', circuit: 'CLOSED', lastFailureAt: null });
  const whileOpen = median(down.slice(perSecond).map(({ ms }) => ms));
  // On a machine that is busy with other things, whatever is asked takes its time: even what asks nobody.
  const floor = median(nothing.map(({ ms }) => ms));
  expect(whileOpen).toBeLessThan(Math.max(50, 2 * floor));
  const ratio = median(argusMeanwhile.map(({ ms }) => ms)) / median(quietArgus.map(({ ms }) => ms));
  await annotate(`calls an operation ${(datadog.lookups.length / down.length).toFixed(3)}, ${down.length} operations`);
  await annotate(
    `median while open ${whileOpen.toFixed(1)} ms, of what asks nobody ${floor.toFixed(1)} ms, other source's median ${ratio.toFixed(2)} of before`,
  );
  expect(ratio).toBeLessThan(3);
  expect(argusMeanwhile.filter(({ code }) => code !== undefined)).toEqual([]);

  datadog.faults.clear(fault.id);
  let tries = 0;
  const isBack = async () => {
    const { errors } = await bed.ask(`{ indicator(value: "back-${tries++}.example.org") { threatScore } }`);
    return errors === undefined;
  };
  await until(isBack, 'Datadog is found back', 25_000);
  const told = lines.map(line => JSON.parse(line)).filter(({ message }) => message.startsWith('upstream circuit'));
  expect(told.map(({ source, state }) => `${source} ${state}`)).toEqual([
    'DATADOG OPEN',
    ...told.slice(1, -2).map(({ state }) => `DATADOG ${state}`),
    'DATADOG HALF_OPEN',
    'DATADOG CLOSED',
  ]);
  const metrics = await (await fetch(`${bed.url}/metrics`)).text();
  expect(metrics).toContain('gateway_upstream_circuit_open{source="DATADOG"} 0\n');
  await bed.stop();
}, 60_000);

it('a circuit that is due is told as half-open, and the next request tries it', async () => {
  const bed = await startTestBed({ ARGUS_API_KEY: undefined });
  const { datadog } = bed.emulators;
  datadog.faults.add({ kind: 'cut' });
  let asked = 0;
  const state = async () => (await bed.ask('{ sources { source state circuit } }')).data.sources[0];
  while ((await state()).circuit === 'CLOSED')
    await bed.ask(`{ indicator(value: "down-${asked++}.example.org") { threatScore } }`);
  expect(await state()).toEqual({ source: 'DATADOG', state: 'DOWN', circuit: 'OPEN' });
  const callsSoFar = datadog.lookups.length;
  await until(async () => (await state()).circuit === 'HALF_OPEN', 'the circuit is due', 10_000);
  expect(await state()).toEqual({ source: 'DATADOG', state: 'DEGRADED', circuit: 'HALF_OPEN' });
  expect(datadog.lookups).toHaveLength(callsSoFar);
  datadog.faults.clear();
  expect((await bed.ask('{ indicator(value: "evil.example.org") { threatScore } }')).data.indicator.threatScore).toBe(
    92.5,
  );
  expect(await state()).toEqual({ source: 'DATADOG', state: 'UP', circuit: 'CLOSED' });
  await bed.stop();
});

it("one caller's bad key opens no circuit for the others", async () => {
  const bed = await startTestBed({ ARGUS_KEY_FROM: 'caller', ARGUS_API_KEY: undefined });
  const ask = (value: string, key: string) =>
    bed.ask(`{ indicator(value: "${value}") { memberships { value } } }`, {}, { 'argus-api-key': key });
  const refused = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask(`host-${i}.example.org`, 'bad/key/here')),
  );
  for (const { errors } of refused)
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_DENIED', source: 'ARGUS' } }]);
  const { data, errors } = await ask('evil.example.org', 'demo/key/full');
  expect(errors).toBeUndefined();
  expect(data.indicator.memberships).toHaveLength(4);
  expect((await bed.ask('{ sources { circuit } }')).data.sources[1].circuit).toBe('CLOSED');
  await bed.stop();
});
