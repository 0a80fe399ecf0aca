import type { ServerResponse } from 'node:http';
import { compress } from './compression.ts';
import type { DeliveringFault } from './fault-kinds.ts';
import type { EmulatedAnswer } from './protocol.ts';

type Written = EmulatedAnswer & { readonly bytes: Buffer };

/** Sends a complete answer. */
export function deliver(response: ServerResponse, { status, headers, bytes }: Written): void {
  const isBodyless = status === 204 || status === 304;
  response.writeHead(status, isBodyless ? headers : { ...headers, 'content-length': bytes.length });
  response.end(isBodyless ? undefined : bytes);
}

/** Sends an answer incompletely, slowly or not at all. */
export async function deliverBadly(response: ServerResponse, answer: Written, fault: DeliveringFault): Promise<void> {
  switch (fault.kind) {
    case 'halfJson':
      return halfJson(response, answer, fault.contentLength);
    case 'cut':
      return cut(response, answer, fault.at);
    case 'hang':
      if (fault.at === 'afterHeaders') sendHalf(response, answer);
      return; // Nothing more is sent until the client or the emulator closes.
    case 'drip':
      return drip(response, answer, fault.bytes, fault.everyMs);
    case 'encoded': {
      const bytes = await compress(fault.encoding, answer.bytes);
      return deliver(response, {
        ...answer,
        headers: { ...answer.headers, 'content-encoding': fault.encoding },
        bytes,
      });
    }
  }
}

/** Sends bytes that are not valid HTTP. */
export function deliverRaw(response: ServerResponse, bytes: Buffer): void {
  response.socket?.end(bytes);
}

function half(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.ceil(bytes.length / 2));
}

function sendHalf(response: ServerResponse, { status, headers, bytes }: Written): void {
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.write(half(bytes));
}

function halfJson(response: ServerResponse, answer: Written, contentLength: 'right' | 'wrong'): void {
  if (contentLength === 'right') {
    deliver(response, { ...answer, bytes: half(answer.bytes) });
    return;
  }
  sendHalf(response, answer);
  response.socket?.end();
}

function cut(response: ServerResponse, answer: Written, at: 'beforeWork' | 'beforeHeaders' | 'midBody'): void {
  if (at !== 'midBody') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'transfer-encoding': 'chunked' });
  response.write(half(answer.bytes), () => response.socket?.destroy());
}

function drip(response: ServerResponse, answer: Written, bytes: number, everyMs: number): void {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.bytes.length });
  let sent = 0;
  const timer = setInterval(() => {
    response.write(answer.bytes.subarray(sent, sent + bytes));
    sent += bytes;
    if (sent < answer.bytes.length) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}
