/** A gateway that an outage strikes: in this process, or in one of its own where the outage is one of the process. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import type { Environment } from '../../../src/config/variables.ts';
import { type Emulators, startEmulators } from '../../../src/emulators/emulators.ts';
import { createLog } from '../../../src/observability/log.ts';
import { startTestBed } from '../../setup/gateway.ts';
import { type GatewayProcess, patient, startProcess } from '../../setup/process.ts';
import { freePort, type RedisServer, startRedis } from '../../setup/redis.ts';

type Line = Readonly<Record<string, unknown>>;

export interface Subject {
  readonly url: string;
  /** Of /readyz and /metrics. */
  readonly adminUrl: string;
  readonly emulators: Emulators;
  /** Its own, where it has one. */
  readonly redis: RedisServer | undefined;
  /** In a process of its own: as it runs now. */
  readonly process: GatewayProcess | undefined;
  /** Its log so far. */
  lines(): readonly Line[];
  /** Ends it at once and starts it again, at the same addresses. */
  restart(): Promise<void>;
  /** It is gone, and nobody else gets its port. */
  vanish(): Promise<void>;
  stop(): Promise<void>;
}

export interface SubjectOptions {
  readonly environment?: Environment;
  /** A Redis of its own; a number: so many milliseconds away. */
  readonly redis?: true | number;
  /** In a process of its own, which runs this first. */
  readonly preload?: string;
  /** More options of Node, for that process. */
  readonly nodeOptions?: readonly string[];
}

export async function startSubject({ redis: wanted, ...options }: SubjectOptions): Promise<Subject> {
  const redis = wanted === undefined ? undefined : await startRedis();
  const far = redis !== undefined && typeof wanted === 'number' ? await putFarAway(redis, wanted) : undefined;
  const redisUrl = far?.url ?? redis?.url;
  const environment = { ...options.environment, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) };
  const subject =
    options.preload === undefined ? await startHere(environment) : await startApart({ ...options, environment });
  return {
    ...subject,
    get process() {
      return subject.process;
    },
    redis,
    async stop() {
      await subject.stop();
      far?.server.close();
      await redis?.stop();
    },
  };
}

const onlyApart = new Error('only a process of its own is ended');

async function startHere(environment: Environment): Promise<Omit<Subject, 'redis'>> {
  const written: Line[] = [];
  const note = (text: string): void => {
    // Those of operations would be many.
    if (!text.includes('"message":"operation"')) written.push(JSON.parse(text));
  };
  const log = createLog({ level: 'info', sources: ['DATADOG', 'ARGUS'], destination: { write: note } });
  const bed = await startTestBed({ ...patient, ...environment }, {}, undefined, log);
  return {
    url: bed.url,
    adminUrl: bed.url,
    emulators: bed.emulators,
    process: undefined,
    lines: () => written,
    restart: () => Promise.reject(onlyApart),
    vanish: () => Promise.reject(onlyApart),
    stop: bed.stop,
  };
}

async function startApart({
  environment,
  preload = '',
  nodeOptions = [],
}: SubjectOptions): Promise<Omit<Subject, 'redis'>> {
  const emulators = await startEmulators();
  const fixed = { PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) };
  const options = [...nodeOptions, '--import', `data:text/javascript,${encodeURIComponent(preload)}`];
  const start = () => startProcess(emulators, { ...environment, ...fixed }, options);
  let process = await start();
  let holder: Server | undefined;
  let isStopped = false;
  let restarted = Promise.resolve();
  const again = async () => {
    await process.stop();
    if (!isStopped) process = await start();
  };
  return {
    url: process.url,
    adminUrl: `http://127.0.0.1:${fixed.ADMIN_PORT}`,
    emulators,
    get process() {
      return process;
    },
    lines: () => process.lines(),
    restart() {
      restarted = restarted.then(again);
      return restarted;
    },
    async vanish() {
      await process.stop();
      holder = await holdPort(Number(fixed.ADMIN_PORT));
    },
    async stop() {
      isStopped = true;
      holder?.close();
      await restarted;
      await process.stop();
      await emulators.close();
    },
  };
}

/** Nobody answers there, and no other test gets the port, which Prometheus goes on asking. 0: any. */
export async function holdPort(port: number): Promise<Server> {
  const server = createServer(socket => socket.destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Whatever Redis replies comes so much later. */
async function putFarAway(redis: RedisServer, ms: number): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(client => {
    const upstream = connect(redis.port, '127.0.0.1');
    client.pipe(upstream);
    upstream.on('data', chunk => setTimeout(() => client.write(chunk), ms));
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const])
      one.on('close', () => other.destroy()).on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
