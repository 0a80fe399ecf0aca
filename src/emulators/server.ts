import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { BehaviourControl } from './behaviours.ts';
import { type Bombs, createBombs } from './compression.ts';
import { type ControlRoutes, createControl } from './control.ts';
import { deliver, deliverBadly, deliverRaw } from './delivery.ts';
import { isAnswering, isChanging, isDelivering } from './fault-kinds.ts';
import { type AppliedFaults, createFaults, type FaultControl } from './faults.ts';
import { changedBody, faultyAnswer, rateLimitHeaders, toWritten } from './faulty-answers.ts';
import { close, listen } from './listening.ts';
import type { EmulatedAnswer, Protocol } from './protocol.ts';
import { createRateWindows, type RateWindows } from './rate-window.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { createRequestRecorder, readBody, toRecordedRequest } from './request-recorder.ts';
import { createServiceQueues, type ServiceQueues } from './service-queue.ts';

export interface Emulator {
  /** `http://127.0.0.1:4010`, without a slash at its end. */
  readonly url: string;
  /** Every request since the start or the last `clearRequests`, oldest first (the last 100,000 of them). */
  readonly requests: readonly RecordedRequest[];
  /** Those of them that ask about a value. */
  readonly lookups: readonly RecordedRequest[];
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
  readonly behaviours: BehaviourControl;
}

/** Listens on a real port. Rejects with a message for the user if the port is taken. */
export async function startEmulator(protocol: Protocol, options: EmulatorOptions): Promise<Emulator> {
  const { now } = options;
  const recorder = createRequestRecorder(now);
  const faults = createFaults(now);
  const upstream: EmulatedUpstream = {
    protocol,
    windows: createRateWindows(now),
    queues: createServiceQueues(),
    bombs: createBombs(),
  };
  const control = createControl({ protocol, faults, recorder, behaviours: options.behaviours });

  const server = createServer((incoming, response) => {
    receive(incoming, response).catch((error: unknown) => {
      // Ignore clients that close in the middle of their body, but report bugs: they must not look like a cut connection.
      if (incoming.complete) process.emitWarning(error instanceof Error ? error : String(error));
      response.socket?.destroy();
    });
  });

  async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const bodyText = await readBody(incoming);
    if (control.handles(incoming.url ?? '/')) return answerControl(control, incoming, bodyText, response);
    const request = toRecordedRequest(incoming, bodyText, protocol, now());
    const endRequest = recorder.begin(request, response);
    await respond(request, response, faults.apply(request), upstream);
    if (response.headersSent) request.status = response.statusCode;
    // Do not wait for 'close': a client may send its next request before that event.
    if (response.writableEnded) endRequest();
  }

  const url = await listen(server, options, protocol.name);
  return {
    url,
    requests: recorder.requests,
    get lookups() {
      return recorder.requests.filter(({ values }) => values.length > 0);
    },
    clearRequests: recorder.clear,
    faults,
    get concurrentPeak() {
      return recorder.peak;
    },
    close: () => close(server),
  };
}

interface EmulatedUpstream {
  readonly protocol: Protocol;
  readonly windows: RateWindows;
  readonly queues: ServiceQueues;
  readonly bombs: Bombs;
}

async function respond(
  request: RecordedRequest,
  response: ServerResponse,
  applied: AppliedFaults,
  upstream: EmulatedUpstream,
): Promise<void> {
  const { protocol } = upstream;
  if (applied.latencyMs > 0 && !(await waitUnlessClosed(applied.latencyMs, response))) return;
  if (applied.faults.some(({ fault }) => fault.kind === 'cut' && fault.at === 'beforeWork')) {
    response.socket?.destroy();
    return;
  }
  const answer = toWritten(await prepareAnswer(request, applied, upstream), protocol);
  if (response.destroyed) return;
  if (applied.faults.some(({ fault }) => fault.kind === 'raw')) return deliverRaw(response, answer.bytes);
  const delivering = applied.faults.map(({ fault }) => fault).find(isDelivering);
  if (delivering) return deliverBadly(response, answer, delivering);
  deliver(response, answer);
}

async function prepareAnswer(
  request: RecordedRequest,
  { faults }: AppliedFaults,
  { protocol, windows, queues, bombs }: EmulatedUpstream,
): Promise<EmulatedAnswer> {
  const refuse = (status: number, headers = {}): EmulatedAnswer => ({
    status,
    headers,
    json: protocol.errorBody(status, 'usual'),
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
  const answer = answering ? await faultyAnswer(answering, protocol, bombs) : protocol.answer(request);
  let json = answer.json;
  if (!answering)
    for (const { fault, random } of faults) if (isChanging(fault)) json = changedBody(json, fault, protocol, random);
  return { ...answer, headers: { ...limits, ...answer.headers }, json };
}

/** Resolves to false if the client closes the connection first. */
function waitUnlessClosed(ms: number, response: ServerResponse): Promise<boolean> {
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
