import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createUpstream, type UpstreamOptions } from '../../src/http-client/client.ts';
import { UpstreamError } from '../../src/http-client/errors.ts';
import type { CallOptions, Upstream, UpstreamRequest, UpstreamResponse } from '../../src/http-client/upstream.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { silentLog } from '../setup/silent-log.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

export interface TestUpstream {
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly sockets: ReadonlySet<Socket>;
  /** Most requests that were under way at once. */
  readonly mostAtOnce: number;
}

/** An upstream of the test's own, over real sockets. */
export async function startTestUpstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestUpstream> {
  const seen: Seen[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const listener: RequestListener = (request, response) => {
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      at: performance.now(),
    });
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    answer(request, response);
  };
  const { url, sockets } = await listen(createServer(listener));
  return {
    url,
    seen,
    sockets,
    get mostAtOnce() {
      return mostAtOnce;
    },
  };
}

/** Answers every connection with bytes that need not be HTTP. */
export function startRawUpstream(answer: (socket: Socket) => void, received: string[] = []) {
  const listener = (socket: Socket) =>
    socket
      .once('data', bytes => {
        received.push(bytes.toString('latin1'));
        answer(socket);
      })
      .on('error', () => {});
  return listen(createTcpServer(listener));
}

async function listen(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, sockets };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** An upstream with short times, so that a test takes no longer than it must. */
export function upstreamTo(url: string, options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = createUpstream({
    source: { name: 'DATADOG', title: 'Datadog' },
    url,
    timeoutMs: 5000,
    concurrency: 32,
    maxBodyBytes: 1_000_000,
    unavailableBackoffMs: 20,
    log: silentLog,
    metrics: createMetrics(),
    clock: systemClock,
    ...options,
    policy: { backoffMs: [5, 20], ...options.policy },
  });
  onTestFinished(() => upstream.close());
  return upstream;
}

export interface Wish extends Partial<CallOptions> {
  readonly withinMs?: number;
  readonly call?: Partial<UpstreamRequest>;
  readonly prepare?: () => UpstreamRequest | undefined;
}

export const plainCall: UpstreamRequest = {
  method: 'GET',
  path: '/thing',
  headers: {},
  isRepeatable: true,
  operation: 'indicator',
};

export const argus = { name: 'ARGUS', title: 'Argus' };

export function ask(upstream: Upstream, wish: Wish = {}): Promise<UpstreamResponse | undefined> {
  const { withinMs = 10_000, call, prepare = () => ({ ...plainCall, ...call }), ...options } = wish;
  const deadline = performance.now() + withinMs;
  return upstream.call(prepare, {
    signal: AbortSignal.timeout(withinMs),
    deadlineAt: () => deadline,
    caller: 'ann',
    partition: 'key',
    isSmall: true,
    ...options,
  });
}

/** The error of a call that must fail, and fail as an UpstreamError. */
export async function failure(call: Promise<unknown>): Promise<UpstreamError> {
  const outcome = await call.then(
    () => 'it was answered',
    error => error,
  );
  if (outcome instanceof UpstreamError) return outcome;
  throw new Error(`expected an UpstreamError, but ${outcome}`);
}

export async function elapsed<T>(promise: Promise<T>): Promise<readonly [result: T, ms: number]> {
  const start = performance.now();
  const result = await promise;
  return [result, performance.now() - start];
}

/** Waits for what will be, without guessing how long it takes. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 5));
}
