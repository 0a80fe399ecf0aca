import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

const maxRequests = 100_000;
const maxBodyBytes = 16 * 1_048_576;

export interface RequestRecorder {
  readonly requests: readonly RecordedRequest[];
  readonly peak: number;
  clear(): void;
  /** Records a request as active until the returned function is called or its connection closes. */
  begin(request: RecordedRequest, response: ServerResponse): () => void;
}

export function createRequestRecorder(now: () => number): RequestRecorder {
  const requests: RecordedRequest[] = [];
  const underWay = new Set<RecordedRequest>();
  let peak = 0;
  return {
    requests,
    get peak() {
      return peak;
    },
    clear: () => {
      requests.length = 0;
      peak = underWay.size;
    },
    begin: (request, response) => {
      if (requests.length >= maxRequests) requests.splice(0, maxRequests / 10);
      requests.push(request);
      underWay.add(request);
      peak = Math.max(peak, underWay.size);
      const end = (): void => {
        underWay.delete(request);
      };
      response.once('close', () => {
        end();
        if (response.writableFinished) request.answeredAt = now();
        else request.abortedAt = now();
      });
      return end;
    },
  };
}

/** Makes the record of a request. */
export function toRecordedRequest(
  incoming: IncomingMessage,
  bodyText: string,
  protocol: Protocol,
  at: number,
): RecordedRequest {
  const target = incoming.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  const parts = { method: incoming.method ?? 'GET', path, query, body: parsed(bodyText) };
  return { ...parts, headers: incoming.headers, bodyText, values: protocol.values(parts), at, faults: [] };
}

function parsed(bodyText: string): unknown {
  try {
    return JSON.parse(bodyText);
  } catch {
    return undefined;
  }
}

export async function readBody(incoming: IncomingMessage): Promise<string> {
  if (incoming.method === 'GET') return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes: Buffer = chunk;
    size += bytes.length;
    if (size > maxBodyBytes) throw new Error('body too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
