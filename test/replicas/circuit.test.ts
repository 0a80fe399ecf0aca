/** A replica that has stopped asking a source that fails says so to the others. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RedisServer, startRedis, until } from '../setup/redis.ts';
import { type Replica, type Replicas, startReplicas } from './replicas.ts';

let redis: RedisServer;
let replicas: Replicas;
beforeEach(async () => {
  redis = await startRedis();
  replicas = await startReplicas(2, { REDIS_URL: redis.url });
});
afterEach(async () => {
  await replicas.stop();
  await redis.stop();
});

const ask = ({ ask: post }: Replica, value: string) =>
  post(`{ indicator(value: "${value}.example.org") { threatScore } }`);
const circuitOf = async ({ ask: post }: Replica): Promise<string> => {
  const { data } = await post('{ sources { source circuit } }');
  return data.sources.find(({ source }: { source: string }) => source === 'DATADOG').circuit;
};
const [one, other] = [() => replicas.all[0] as Replica, () => replicas.all[1] as Replica];

async function stopAsking(): Promise<void> {
  replicas.emulators.datadog.faults.add({ kind: 'status', status: 503 });
  for (let index = 0; index < 20 && (await circuitOf(one())) === 'CLOSED'; index += 1) await ask(one(), `bad-${index}`);
  expect(await circuitOf(one())).toBe('OPEN');
  await until(async () => (await redis.cli('keys', '*{circuit*')) !== '', 'it has said so');
}

it('they stop at their first failure', async () => {
  await stopAsking();
  await ask(other(), 'first');
  await until(async () => (await circuitOf(other())) === 'OPEN', 'it has stopped as well', 1_000);
});

it('they go on asking a source that answers them', async () => {
  await stopAsking();
  replicas.emulators.datadog.faults.clear();
  for (const value of ['a', 'b', 'c']) expect((await ask(other(), value)).errors).toBeUndefined();
  expect(await circuitOf(other())).toBe('CLOSED');
});
