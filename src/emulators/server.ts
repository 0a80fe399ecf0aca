import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ControlRoutes, createControl } from './control.ts';
import { deliver, deliverBadly, deliverRaw } from './delivery.ts';
import type { Answer, Dialect } from './dialect.ts';
import { isAnswering, isChanging, isDelivering } from './fault-kinds.ts';
import { type AppliedFaults, createFaults, type FaultControl } from './faults.ts';
import { changedBody, faultyAnswer, rateLimitHeaders, written } from './faulty-answers.ts';
import { createRateWindows, type RateWindows } from './rate-window.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { createRequestLog, readBody, recorded } from './request-log.ts';
import { createServiceQueues, type ServiceQueues } from './service-queue.ts';

export interface Emulator {
  /** `http://127.0.0.1:4010`, without a slash at its end. */
  readonly url: string;
  /** Every request since the start or the last `clearRequests`, oldest first (the last 100,000 of them). */
  readonly requests: readonly RecordedRequest[];
  clearRequests(): void;
  readonly faults: FaultControl;
  /** Most requests under way at once since the start or the last `clearRequests`. */
  readonly concurrentPeak: number;
  /** Closes every connection, hung ones included. */
  close(): Promise<void>;
}

export interface EmulatorOptions {
  readonly host: string;
  readonly port: number;
  readonly now: () => number;
}

/** Listens on a real port. Rejects with a sentence for the person who started it where that port is taken. */
export async function startEmulator(dialect: Dialect, options: EmulatorOptions): Promise<Emulator> {
  const { now } = options;
  const log = createRequestLog(now);
  const faults = createFaults(now);
  const upstream: Upstream = { dialect, windows: createRateWindows(now), queues: createServiceQueues() };
  const control = createControl({ dialect, faults, log });

  const server = createServer((incoming, response) => {
    receive(incoming, response).catch((error: unknown) => {
      // A client that left in the middle of its body is no news; a bug of the emulator must not pass for a cut connection.
      if (incoming.complete) process.emitWarning(error instanceof Error ? error : String(error));
      response.socket?.destroy();
    });
  });

  async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bodyText = await readBody(incoming);
    if (control.handles(incoming.url ?? '/')) return answerControl(control, incoming, bodyText, response);
    const request = recorded(incoming, bodyText, dialect, now());
    const leave = log.begin(request, response);
    await respond(request, response, faults.apply(request), upstream);
    if (response.headersSent) request.status = response.statusCode;
    // Now, not when the connection says so: a client may send its next request before that.
    if (response.writableEnded) leave();
  }

  const url = await listen(server, options, dialect.name);
  return {
    url,
    requests: log.requests,
    clearRequests: log.clear,
    faults,
    get concurrentPeak() {
      return log.peak;
    },
    close: () => close(server),
  };
}

interface Upstream {
  readonly dialect: Dialect;
  readonly windows: RateWindows;
  readonly queues: ServiceQueues;
}

async function respond(
  request: RecordedRequest,
  response: ServerResponse,
  applied: AppliedFaults,
  upstream: Upstream,
): Promise<void> {
  const { dialect } = upstream;
  if (applied.latencyMs > 0 && !(await waited(applied.latencyMs, response))) return;
  const answer = written(await prepared(request, applied, upstream), dialect);
  if (response.destroyed) return;
  if (applied.faults.some(({ fault }) => fault.kind === 'raw')) return deliverRaw(response, answer.bytes);
  const delivering = applied.faults.map(({ fault }) => fault).find(isDelivering);
  if (delivering) return deliverBadly(response, answer, delivering);
  deliver(response, answer);
}

async function prepared(
  request: RecordedRequest,
  { faults }: AppliedFaults,
  { dialect, windows, queues }: Upstream,
): Promise<Answer> {
  const refuse = (status: number, headers = {}): Answer => ({
    status,
    headers,
    json: dialect.errorBody(status, 'usual'),
  });
  let limits: Record<string, string> = {};
  for (const { fault, id } of faults) {
    if (fault.kind === 'queue' && !(await queues.serve(id, fault, request))) return refuse(503);
    if (fault.kind !== 'rateLimit') continue;
    const state = windows.take(id, fault);
    limits = rateLimitHeaders(state);
    if (state.isSpent) return refuse(429, limits);
  }
  const answering = faults.map(({ fault }) => fault).find(isAnswering);
  const answer = answering ? await faultyAnswer(answering, dialect) : dialect.answer(request);
  let json = answer.json;
  if (!answering)
    for (const { fault, random } of faults) if (isChanging(fault)) json = changedBody(json, fault, dialect, random);
  return { ...answer, headers: { ...limits, ...answer.headers }, json };
}

/** False when the client went away meanwhile. */
function waited(ms: number, response: ServerResponse): Promise<boolean> {
  return new Promise(resolve => {
    const gone = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', gone);
      resolve(true);
    }, ms);
    response.once('close', gone);
  });
}

function answerControl(
  control: ControlRoutes,
  incoming: IncomingMessage,
  bodyText: string,
  response: ServerResponse,
): void {
  const { status, json } = control.answer(incoming.method ?? 'GET', incoming.url ?? '/', bodyText);
  const bytes = Buffer.from(JSON.stringify(json, null, 2));
  deliver(response, { status, headers: { 'content-type': 'application/json' }, bytes });
}

function listen(server: Server, { host, port }: EmulatorOptions, name: string): Promise<string> {
  // Longer than any client keeps an idle connection: a server that closes first resets requests under way.
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(taken(name, host, port), { cause: error }) : error);
    });
    server.listen(port, host, () => resolve(addressOf(server.address())));
  });
}

function taken(name: string, host: string, port: number): string {
  return `Port ${port} on ${host} is taken: the ${name} emulator cannot listen there. Set EMULATOR_${name.toUpperCase()}_PORT to a free one.`;
}

function addressOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
