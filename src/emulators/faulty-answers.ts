import type { BombSize, Bombs } from './compression.ts';
import type { AnsweringFault, ChangingFault } from './fault-kinds.ts';
import { isObject, literalNumber, toJson } from './json.ts';
import type { BodyRow, EmulatedAnswer, Protocol } from './protocol.ts';
import type { Random } from './random.ts';

const page = '<!doctype html><html><head><title>Please wait</title></head><body>Scheduled maintenance</body></html>';

/** The answer of a fault in place of the upstream's. For `raw` it only carries the bytes, which `delivery.ts` sends. */
export async function faultyAnswer(fault: AnsweringFault, protocol: Protocol, bombs: Bombs): Promise<EmulatedAnswer> {
  switch (fault.kind) {
    case 'status':
      return { ...failure(fault, protocol), status: fault.status };
    case 'tooManyRequests':
      return {
        status: 429,
        headers: { ...rateLimitHeaders(fault), ...fault.headers },
        json: protocol.errorBody(429, 'usual'),
      };
    case 'quota':
      return { status: 402, headers: {}, json: protocol.quotaBody(fault.millis, fault.place) };
    case 'html':
      return text(fault.status, 'text/html; charset=utf-8', page);
    case 'redirect':
      return { ...text(fault.status, 'text/plain', 'Moved'), headers: { location: fault.location } };
    case 'noContent':
      return { status: 204, headers: {}, bytes: Buffer.alloc(0) };
    case 'bomb':
      return { status: 200, headers: bombHeaders(fault, protocol), bytes: await bombs(fault) };
    case 'deep':
      return text(200, protocol.contentType, `{"data":${'['.repeat(fault.levels)}${']'.repeat(fault.levels)}}`);
    case 'text':
      return {
        status: 200,
        headers: { 'content-type': protocol.contentType, ...fault.headers },
        bytes: Buffer.from(fault.text),
      };
    case 'raw':
      return { status: 200, headers: {}, bytes: Buffer.from(fault.bytes, 'latin1') };
  }
}

function bombHeaders({ encoding, layers }: BombSize, protocol: Protocol): EmulatedAnswer['headers'] {
  const encodings = Array.from({ length: layers }, () => encoding).join(', ');
  return { 'content-type': protocol.contentType, 'content-encoding': encodings };
}

type StatusFault = Extract<AnsweringFault, { kind: 'status' }>;

function failure(fault: StatusFault, protocol: Protocol): EmulatedAnswer {
  const { status, shape, headers } = fault;
  if (shape === 'plain')
    return { ...text(status, 'text/plain', 'Server too busy'), ...withHeaders('text/plain', headers) };
  if (shape === 'html') return { ...text(status, 'text/html', page), ...withHeaders('text/html', headers) };
  if (shape === 'empty') return { status, headers, bytes: Buffer.alloc(0) };
  return { status, headers, json: protocol.errorBody(status, shape) };
}

function withHeaders(contentType: string, headers: Readonly<Record<string, string>>): Pick<EmulatedAnswer, 'headers'> {
  return { headers: { 'content-type': contentType, ...headers } };
}

function text(status: number, contentType: string, body: string): EmulatedAnswer {
  return { status, headers: { 'content-type': contentType }, bytes: Buffer.from(body) };
}

export interface RateLimitState {
  readonly limit: number;
  readonly period: number;
  readonly remaining: number;
  readonly reset: number;
  readonly name: string;
}

/** Datadog's five headers; `-Period` and `-Reset` are in seconds. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(state.limit),
    'X-RateLimit-Period': String(state.period),
    'X-RateLimit-Remaining': String(state.remaining),
    'X-RateLimit-Reset': String(state.reset),
    'X-RateLimit-Name': state.name,
  };
}

/** Applies a changing fault to a body. An error body has no rows, so most faults do not change it. */
export function changedBody(body: unknown, fault: ChangingFault, protocol: Protocol, random: Random): unknown {
  const rows = protocol.rows(body);
  const kept = (changed: readonly BodyRow[]): unknown => protocol.withRows(body, changed, 'kept');
  const members = (added: BodyRow): unknown => kept(rows.map(row => ({ ...row, ...added })));
  switch (fault.kind) {
    case 'wrongTypes':
      return members(protocol.wrongTypes);
    case 'set':
      return members(fault.members);
    case 'setTop':
      return isObject(body) ? { ...body, ...fault.members } : body;
    case 'hugeNumbers':
      return members(literalNumbers(fault.members ?? protocol.hugeNumbers));
    case 'otherIndicator':
      return members(protocol.aboutAnother(fault.value));
    case 'missingRows':
      return protocol.withRows(body, remaining(rows, fault), fault.honestCount ? 'honest' : 'kept');
    case 'duplicateRows':
      return kept(rows.flatMap(row => [row, row]));
    case 'shuffleRows':
      return kept(random.shuffled(rows));
    case 'countUnknown':
      return isObject(body) ? { ...body, count: -1 } : body;
    case 'lowerLimit':
      return lowerLimit(body, rows, fault.limit, protocol);
  }
}

function literalNumbers(members: Readonly<Record<string, string>>): BodyRow {
  return Object.fromEntries(Object.entries(members).map(([name, digits]) => [name, literalNumber(digits)]));
}

type MissingRows = Extract<ChangingFault, { kind: 'missingRows' }>;

function remaining(rows: readonly BodyRow[], { value, every }: MissingRows): BodyRow[] {
  if (value !== undefined) return rows.filter(row => row.value !== value);
  return rows.filter((_row, index) => (index + 1) % every !== 0);
}

function lowerLimit(body: unknown, rows: readonly BodyRow[], limit: number, protocol: Protocol): unknown {
  if (!isObject(body) || typeof body.limit !== 'number' || body.limit <= limit) return body;
  return protocol.withRows({ ...body, limit }, rows.slice(0, limit), 'kept');
}

/** Serialises an answer. */
export function toWritten(answer: EmulatedAnswer, protocol: Protocol): EmulatedAnswer & { readonly bytes: Buffer } {
  if (answer.bytes) return { ...answer, bytes: answer.bytes };
  if (answer.json === undefined) return { ...answer, bytes: Buffer.alloc(0) };
  const headers = { 'content-type': protocol.contentType, ...answer.headers };
  return { ...answer, headers, bytes: answer.json === undefined ? Buffer.alloc(0) : Buffer.from(toJson(answer.json)) };
}
