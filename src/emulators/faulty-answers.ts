import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Answer, Dialect, Row } from './dialect.ts';
import type { AnsweringFault, ChangingFault } from './fault-kinds.ts';
import { isObject, literalNumber, toJson } from './json.ts';
import type { Random } from './random.ts';

const page = '<!doctype html><html><head><title>Please wait</title></head><body>Scheduled maintenance</body></html>';

/** What is answered in place of the upstream. `raw` is not among it: that is no answer but bytes (delivery). */
export async function faultyAnswer(fault: AnsweringFault, dialect: Dialect): Promise<Answer> {
  switch (fault.kind) {
    case 'status':
      return { ...failure(fault, dialect), status: fault.status };
    case 'tooManyRequests':
      return {
        status: 429,
        headers: { ...rateLimitHeaders(fault), ...fault.headers },
        json: dialect.errorBody(429, 'usual'),
      };
    case 'quota':
      return { status: 402, headers: {}, json: dialect.quotaBody(fault.millis, fault.place) };
    case 'html':
      return text(fault.status, 'text/html; charset=utf-8', page);
    case 'redirect':
      return { ...text(fault.status, 'text/plain', 'Moved'), headers: { location: fault.location } };
    case 'noContent':
      return { status: 204, headers: {}, bytes: Buffer.alloc(0) };
    case 'bomb':
      return bomb(fault.encoding, fault.megabytes, fault.layers, dialect);
    case 'deep':
      return text(200, dialect.contentType, `{"data":${'['.repeat(fault.levels)}${']'.repeat(fault.levels)}}`);
    case 'text':
      return {
        status: 200,
        headers: { 'content-type': dialect.contentType, ...fault.headers },
        bytes: Buffer.from(fault.text),
      };
    case 'raw':
      return { status: 200, headers: {}, bytes: Buffer.from(fault.bytes, 'latin1') };
  }
}

type StatusFault = Extract<AnsweringFault, { kind: 'status' }>;

function failure(fault: StatusFault, dialect: Dialect): Answer {
  const { status, shape, headers } = fault;
  if (shape === 'plain')
    return { ...text(status, 'text/plain', 'Server too busy'), ...withHeaders('text/plain', headers) };
  if (shape === 'html') return { ...text(status, 'text/html', page), ...withHeaders('text/html', headers) };
  if (shape === 'empty') return { status, headers, bytes: Buffer.alloc(0) };
  return { status, headers, json: dialect.errorBody(status, shape) };
}

function withHeaders(contentType: string, headers: Readonly<Record<string, string>>): Pick<Answer, 'headers'> {
  return { headers: { 'content-type': contentType, ...headers } };
}

function text(status: number, contentType: string, body: string): Answer {
  return { status, headers: { 'content-type': contentType }, bytes: Buffer.from(body) };
}

export interface RateLimitState {
  readonly limit: number;
  readonly period: number;
  readonly remaining: number;
  readonly reset: number;
  readonly name: string;
}

/** Datadog's five, of which `-Period` and `-Reset` are seconds. */
export function rateLimitHeaders(state: RateLimitState): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(state.limit),
    'X-RateLimit-Period': String(state.period),
    'X-RateLimit-Remaining': String(state.remaining),
    'X-RateLimit-Reset': String(state.reset),
    'X-RateLimit-Name': state.name,
  };
}

/** A good body, changed. An error body has no rows, so most changes leave it alone. */
export function changedBody(body: unknown, fault: ChangingFault, dialect: Dialect, random: Random): unknown {
  const rows = dialect.rows(body);
  const kept = (changed: readonly Row[]): unknown => dialect.withRows(body, changed, 'kept');
  const members = (added: Row): unknown => kept(rows.map(row => ({ ...row, ...added })));
  switch (fault.kind) {
    case 'wrongTypes':
      return members(dialect.wrongTypes);
    case 'set':
      return members(fault.members);
    case 'setTop':
      return isObject(body) ? { ...body, ...fault.members } : body;
    case 'hugeNumbers':
      return members(literalNumbers(fault.members ?? dialect.hugeNumbers));
    case 'otherIndicator':
      return members(dialect.aboutAnother(fault.value));
    case 'missingRows':
      return dialect.withRows(body, remaining(rows, fault), fault.honestCount ? 'honest' : 'kept');
    case 'duplicateRows':
      return kept(rows.flatMap(row => [row, row]));
    case 'shuffleRows':
      return kept(random.shuffled(rows));
    case 'countUnknown':
      return isObject(body) ? { ...body, count: -1 } : body;
    case 'lowerLimit':
      return lowerLimit(body, rows, fault.limit, dialect);
  }
}

function literalNumbers(members: Readonly<Record<string, string>>): Row {
  return Object.fromEntries(Object.entries(members).map(([name, digits]) => [name, literalNumber(digits)]));
}

type MissingRows = Extract<ChangingFault, { kind: 'missingRows' }>;

function remaining(rows: readonly Row[], { value, every }: MissingRows): Row[] {
  if (value !== undefined) return rows.filter(row => row.value !== value);
  return rows.filter((_row, index) => (index + 1) % every !== 0);
}

function lowerLimit(body: unknown, rows: readonly Row[], limit: number, dialect: Dialect): unknown {
  if (!isObject(body) || typeof body.limit !== 'number' || body.limit <= limit) return body;
  return dialect.withRows({ ...body, limit }, rows.slice(0, limit), 'kept');
}

type Encoding = 'gzip' | 'br' | 'zstd' | 'deflate';

const compressors: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: promisify<Buffer, Buffer>(zlib.gzip),
  deflate: promisify<Buffer, Buffer>(zlib.deflate),
  zstd: promisify<Buffer, Buffer>(zlib.zstdCompress),
  // The default quality of 11 is for files that are compressed once and read for years.
  br: bytes => promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)(bytes, quickly),
};
const quickly: zlib.BrotliOptions = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };

export function compress(encoding: Encoding, bytes: Buffer): Promise<Buffer> {
  return compressors[encoding](bytes);
}

const bombs = new Map<string, Promise<Buffer>>();

async function bomb(encoding: Encoding, megabytes: number, layers: number, dialect: Dialect): Promise<Answer> {
  const name = `${encoding} ${megabytes} ${layers}`;
  const built = bombs.get(name) ?? buildBomb(encoding, megabytes, layers);
  bombs.set(name, built);
  const headers = {
    'content-type': dialect.contentType,
    'content-encoding': Array.from({ length: layers }, () => encoding).join(', '),
  };
  return { status: 200, headers, bytes: await built };
}

async function buildBomb(encoding: Encoding, megabytes: number, layers: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(megabytes * 1_048_576, ' ');
  bytes.write('{"data":');
  bytes.write('null}', bytes.length - 5);
  for (let layer = 0; layer < layers; layer += 1) bytes = await compress(encoding, bytes);
  return bytes;
}

/** An answer as it goes over the wire. */
export function written(answer: Answer, dialect: Dialect): Answer & { readonly bytes: Buffer } {
  if (answer.bytes) return { ...answer, bytes: answer.bytes };
  const headers = { 'content-type': dialect.contentType, ...answer.headers };
  return { ...answer, headers, bytes: Buffer.from(toJson(answer.json)) };
}
