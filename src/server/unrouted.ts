/**
 * Answers to requests that no route hears of, since Node's parser or the router has refused them. In the shape of a GraphQL
 * error and with the headers that stand on every answer. Nothing of what was sent is in them.
 */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from './headers.ts';
import { errorBody, refuse } from './refuse.ts';

type StatusAndMessage = readonly [status: number, message: string];

const notHttp: StatusAndMessage = [400, 'The request is not valid HTTP.'];

/** By the codes of Node's errors. */
const refusals: Readonly<Record<string, StatusAndMessage>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'Address and headers are more than 16 KB: send the operation with POST.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunks of the body have too many extensions.'],
};

/** Options of a server whose own answers are ours. Call `refuseUnheard` as well. */
export const unroutedAnswers = {
  // A request without a Host is refused by a hook: Node's own refusal is bare.
  http: { requireHostHeader: false },
  clientErrorHandler: onClientError,
  frameworkErrors(_error: Error, _request: FastifyRequest, reply: FastifyReply) {
    refuse(reply.headers(headersOf(reply.request.id)), 400, 'BAD_REQUEST', 'The address is not valid.');
  },
} satisfies FastifyHttpOptions<Server>;

export function refuseUnheard(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const { headers, httpVersion } = request.raw;
    if (headers.host !== undefined || httpVersion !== '1.1') return done();
    refuse(reply.header('connection', 'close'), 400, 'BAD_REQUEST', 'The header Host is missing.');
  });
  server.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = errorBody('BAD_REQUEST', 'Expect: 100-continue is the only expectation that is met.');
    response.writeHead(417, { ...headersOf(randomUUID()), connection: 'close' }).end(body);
  });
}

const headersOf = (requestId: string) => ({
  ...Object.fromEntries(securityHeaders),
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'x-request-id': requestId,
});

function onClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  // Proxies and browsers connect in advance: where nothing was sent, nothing is answered.
  const isUnused = socket.bytesRead === 0;
  if (isUnused || error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) return void socket.destroy();
  const [status, message] = refusals[error.code ?? ''] ?? notHttp;
  const body = errorBody('BAD_REQUEST', message);
  const headers = { ...headersOf(randomUUID()), 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  // What is left of the request may still come: it is not to be asked any more.
  if (status === 408) socket.destroySoon();
}

/** Whether a response has begun there, in the middle of which no other may be written. */
function isAnswering(socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}
