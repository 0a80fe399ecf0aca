/** Gateways behind nginx are told to end, one after the other, and started again, while callers go on asking. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Emulators, startEmulators } from '../../../src/emulators/emulators.ts';
import { startNginx } from '../../setup/nginx.ts';
import { type GatewayProcess, startProcess } from '../../setup/process.ts';
import { freePort, startRedis } from '../../setup/redis.ts';
import { type Load, startLoad } from './load.ts';

export interface TerminationOptions {
  readonly terminations: number;
  /** Questions a second in all. */
  readonly rate: number;
  /** Of these, about values that nobody has asked about, for which Argus takes 1.5 s. */
  readonly coldRate: number;
  readonly delayMs: number;
  readonly tell?: (line: string) => void;
}

export interface TerminationResult extends Pick<Load, 'warm' | 'cold'> {
  /** Gateways that ended otherwise than with 0. */
  readonly badExits: number;
  /** What nginx said of its connections to them. */
  readonly complaints: readonly string[];
}

const replicas = 3;
const argusMs = 1_500;

export async function terminate(options: TerminationOptions): Promise<TerminationResult> {
  const { terminations, rate, coldRate, delayMs, tell = () => {} } = options;
  const [emulators, redis] = [await startEmulators(), await startRedis()];
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const start = (port: number) =>
    startProcess(emulators, {
      ...{ PORT: String(port), REDIS_URL: redis.url, SHUTDOWN_DELAY_MS: String(delayMs) },
      ...{ CACHE_FRESH_SECONDS: '3600', CACHE_NEGATIVE_SECONDS: '3600' },
    });
  const running = await startAll(ports, start, emulators);
  const nginx = await startNginx(ports);
  const load = startLoad(nginx.url, rate, coldRate);
  const complaints = () =>
    nginx
      .output()
      .split('\n')
      .filter(line => line !== '' && !line.includes('Connection refused'));
  let badExits = 0;
  try {
    for (let done = 0; done < terminations; done += 1) {
      await pause(300);
      const at = done % replicas;
      running[at]?.child.kill('SIGTERM');
      if ((await running[at]?.ended)?.code !== 0) badExits += 1;
      running[at] = await start(ports[at] ?? 0);
      tell(`${done + 1}: ${toldOf(load)} ${complaints().at(-1) ?? ''}`);
    }
  } finally {
    await load.stop();
    await nginx.stop();
    for (const gateway of running) await gateway.stop();
    await redis.stop();
    await emulators.close();
  }
  return { warm: load.warm, cold: load.cold, badExits, complaints: complaints() };
}

const toldOf = ({ warm, cold }: Load): string => {
  const failures = [...warm.failures, ...cold.failures];
  return `${warm.asked} + ${cold.asked} asked, ${failures.length} failed ${failures.at(-1) ?? ''}`;
};

/** With what is warm in Redis, and Argus slow from then on. */
async function startAll(
  ports: readonly number[],
  start: (port: number) => Promise<GatewayProcess>,
  { argus }: Emulators,
): Promise<GatewayProcess[]> {
  const running = await Promise.all(ports.map(start));
  const body = JSON.stringify({ query: '{ indicator(value: "evil.example.org") { verdict { level missing } } }' });
  for (const { url } of running)
    await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  argus.faults.add({ kind: 'latency', ms: argusMs });
  return running;
}
