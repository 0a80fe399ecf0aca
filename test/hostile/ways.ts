/** The ways in which requests are sent. */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

interface Load {
  /** http://host:port */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: readonly string[];
  readonly atOnce: number;
  /** Default: `/graphql`. */
  readonly path?: string | undefined;
}

/** What came back for one request. */
export interface Heard {
  /** 0: nothing whole. */
  readonly status: number;
  readonly bytes: number;
  /** Undefined where it was too long to be read by a test; a promise of `longestAnswer` is broken then. */
  readonly body: HeardBody | undefined;
}

interface HeardBody {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
  readonly extensions?: { readonly estimate?: { readonly indicators: number } };
}

/** Sends all, at most so many at once. Empty: what comes back is nothing to judge. */
export type Way = (load: Load) => Promise<readonly Heard[]>;

/** Bytes that an answer may have, and its frame. */
export const longestAnswer = 16 * 1_048_576 + 4_096;
const longestWaitMs = 30_000;
const holdMs = 2_500;
/** So long that all answers are there, and wait. */
const unreadMs = 6_000;

const nothing: Heard = { status: 0, bytes: 0, body: undefined };

async function inTurn<T>(items: readonly T[], atOnce: number, send: (item: T) => Promise<Heard>): Promise<Heard[]> {
  const heard: Heard[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) heard[index] = await send(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return heard;
}

export const post: Way = async ({ url, headers, bodies, atOnce, path = '/graphql' }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const until = AbortSignal.timeout(longestWaitMs);
  const heard = await inTurn(bodies, atOnce, body => sendOne(url + path, { agent, headers, signal: until }, body));
  agent.destroy();
  return heard;
};

interface SendOptions {
  readonly agent?: Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

function sendOne(url: string, { agent, headers, signal }: SendOptions, body: string): Promise<Heard> {
  return new Promise(resolve => {
    const giveUp = () => resolve(nothing);
    if (signal.aborted) return giveUp();
    const length = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { method: 'POST', agent, signal, headers: { ...length, ...headers } }, response => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= longestAnswer) parts.push(part);
      });
      response.once('error', giveUp);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, bytes, body: read(parts, bytes) }));
    });
    sent.once('error', giveUp).end(body);
  });
}

/** One request for itself, such as one that is to be priced. */
export const postOnce = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  waitMs = longestWaitMs,
  path = '/graphql',
): Promise<Heard> => sendOne(url + path, { headers, signal: AbortSignal.timeout(waitMs) }, body);

function read(parts: readonly Buffer[], bytes: number): HeardBody | undefined {
  if (bytes > longestAnswer) return undefined;
  try {
    return inGraphqlShape(JSON.parse(Buffer.concat(parts).toString()));
  } catch {
    return undefined;
  }
}

/** What the other addresses answer, as GraphQL would have said it. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of any shape
function inGraphqlShape(answer: any): HeardBody {
  if (answer.data !== undefined || answer.errors !== undefined) return answer;
  const refused = answer.code ?? answer.error?.data?.code ?? answer.result?._meta?.['indicator-gateway/error']?.code;
  const message = answer.detail ?? answer.error?.message ?? answer.result?.content?.[0]?.text;
  if (refused !== undefined) return { errors: [{ message, extensions: { code: refused } }] };
  return { data: answer.result?.structuredContent ?? answer };
}

const textOf = ({ url, headers, path = '/graphql' }: Load, body: string): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const fixed = `Host: ${new URL(url).host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return `POST ${path} HTTP/1.1\r\n${fixed}${lines.join('')}\r\n${body}`;
};

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect(Number(port), hostname).on('error', () => undefined);
}

/** For a while; then all are closed. */
async function hold(sockets: readonly Socket[], milliseconds = holdMs): Promise<readonly Heard[]> {
  await pause(milliseconds);
  for (const socket of sockets) socket.destroy();
  return [];
}

/** Clients that ask and do not read. */
export const unread: Way = load =>
  hold(
    load.bodies.map(body => {
      const socket = open(load.url).pause();
      socket.write(textOf(load, body));
      return socket;
    }),
    unreadMs,
  );

/** Clients that ask and are gone before there is an answer. */
export const abandoned: Way = async load => {
  const sockets = load.bodies.map(body => {
    const socket = open(load.url).resume();
    socket.write(textOf(load, body));
    return socket;
  });
  await pause(200);
  for (const socket of sockets) socket.destroy();
  return hold([]);
};

/** Bodies that come a byte at a time. */
export const dripping: Way = load =>
  hold(
    load.bodies.map(body => {
      const socket = open(load.url).resume();
      const text = textOf(load, body);
      let at = text.length - body.length;
      socket.write(text.slice(0, at));
      const timer = setInterval(() => socket.write(text.slice(at, ++at)), 20);
      return socket.once('close', () => clearInterval(timer));
    }),
  );

/** Connections that begin a request and say no more. */
export const silent: Way = load =>
  hold(
    load.bodies.map(body => {
      const socket = open(load.url).resume();
      socket.write(textOf(load, body).slice(0, 40));
      return socket;
    }),
  );

/** All on one connection, without waiting for an answer. */
export const pipelined: Way = async load => {
  const socket = open(load.url);
  const until = AbortSignal.timeout(longestWaitMs);
  let answered = 0;
  for (const body of load.bodies) socket.write(textOf(load, body));
  await new Promise<void>(resolve => {
    until.addEventListener('abort', () => resolve());
    socket.once('close', () => resolve());
    socket.on('data', part => {
      answered += part.toString('latin1').split('HTTP/1.1 200').length - 1;
      if (answered >= load.bodies.length) resolve();
    });
  });
  socket.destroy();
  return answered >= load.bodies.length ? [] : [nothing];
};

/** The body as the query string of a GET. */
export const byGet: Way = async ({ url, headers, bodies, atOnce }) => {
  const until = AbortSignal.timeout(longestWaitMs);
  return inTurn(bodies, atOnce, async body => {
    const { query } = JSON.parse(body);
    const answer = await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, { headers, signal: until });
    const text = await answer.text();
    return { status: answer.status, bytes: text.length, body: text.startsWith('{') ? JSON.parse(text) : undefined };
  }).catch(() => [nothing]);
};
