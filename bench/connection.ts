/**
 * One kept-alive connection that asks one thing at a time. It takes a third of the processor that a client library takes,
 * which would be more than the floor itself.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Connection {
  /** Rejects unless the answer has status 200, a Content-Length and no errors. */
  ask(shot: Shot): Promise<void>;
  close(): void;
}

export async function openConnection(url: string): Promise<Connection> {
  const { host, hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setNoDelay();
  await once(socket, 'connect');
  let answer: PromiseWithResolvers<void> | undefined;
  let missing = 0; // bytes that are still to come
  socket.on('data', chunk => {
    const length = missing === 0 ? lengthOf(chunk) : missing;
    missing = (length ?? 0) - chunk.length;
    if (length === undefined || chunk.includes('"errors":[')) answer?.reject(new Error(`An answer: ${chunk}`));
    else if (missing === 0) answer?.resolve();
  });
  socket.on('error', error => answer?.reject(error));
  socket.on('close', () => answer?.reject(new Error('The server has closed the connection.')));
  return {
    ask(shot) {
      answer = Promise.withResolvers();
      socket.write(textOf(shot, host));
      return answer.promise;
    },
    close: () => void socket.destroy(),
  };
}

/** Of the whole answer that begins so; undefined for any that is none. */
function lengthOf(beginning: Buffer): number | undefined {
  const end = beginning.indexOf('\r\n\r\n');
  const head = beginning.toString('latin1', 0, end);
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  return head.startsWith('HTTP/1.1 200 ') && length !== undefined ? end + 4 + Number(length) : undefined;
}

function textOf({ method, path, headers, body = '' }: Shot, host: string): string {
  const all = { host, ...headers, ...(method === 'POST' && { 'content-length': Buffer.byteLength(body) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
