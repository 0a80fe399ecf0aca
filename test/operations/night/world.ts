/** Two gateways behind nginx, in processes of their own, with one Redis and the emulated sources. */
import { type Emulators, startEmulators } from '../../../src/emulators/emulators.ts';
import { startNginx } from '../../setup/nginx.ts';
import { type GatewayProcess, startProcess } from '../../setup/process.ts';
import { freePort, type RedisServer, startRedis } from '../../setup/redis.ts';

export interface World {
  /** Of nginx. */
  readonly url: string;
  /** host:port, for Prometheus. */
  readonly admins: readonly string[];
  readonly emulators: Emulators;
  readonly redis: RedisServer;
  /** Each gateway is told to end and is started again, one after the other. */
  roll(): Promise<void>;
  stop(): Promise<void>;
}

/** As shipped, with room for a slow Argus. */
const settings = {
  ...{ DATADOG_TIMEOUT_MS: '2500', ARGUS_TIMEOUT_MS: '6000', REQUEST_DEADLINE_MS: '8000' },
  ...{ ARGUS_CONCURRENCY: '64', SHUTDOWN_DELAY_MS: '1000' },
};

export async function startWorld(): Promise<World> {
  const [emulators, redis] = [await startEmulators(), await startRedis()];
  const ports = [await freePort(), await freePort()];
  const adminPorts = [await freePort(), await freePort()];
  const start = (at: number) =>
    startProcess(emulators, {
      ...settings,
      ...{ PORT: String(ports[at]), ADMIN_PORT: String(adminPorts[at]), REDIS_URL: redis.url },
    });
  const gateways: GatewayProcess[] = [await start(0), await start(1)];
  const nginx = await startNginx(ports);
  return {
    url: nginx.url,
    admins: adminPorts.map(port => `127.0.0.1:${port}`),
    emulators,
    redis,
    async roll() {
      for (const [at, gateway] of gateways.entries()) {
        gateway.child.kill('SIGTERM');
        await gateway.ended;
        gateways[at] = await start(at);
      }
    },
    async stop() {
      await nginx.stop();
      for (const gateway of gateways) await gateway.stop();
      await redis.stop();
      await emulators.close();
    },
  };
}
