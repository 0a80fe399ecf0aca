import { type Dispatcher, errors } from 'undici';
import type { SourceLabel } from '../domain/source-report.ts';
import type { Address } from './address.ts';
import { acceptedEncodings, decode, isReadable } from './body.ts';
import type { UpstreamAnswer, UpstreamCall } from './client.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { parseJson, UnreadableBody } from './json.ts';
import { fail, readStatus } from './status.ts';
import type { Patience } from './timeout.ts';
import { type Received, transfer } from './transport.ts';

export interface AttemptOptions {
  readonly source: SourceLabel;
  readonly dispatcher: Dispatcher;
  readonly address: Address;
  readonly maxBodyBytes: number;
  readonly judge: ((answer: UpstreamAnswer) => UpstreamError | 'accept' | undefined) | undefined;
  readonly now: () => number;
}

/** What one attempt brought: the raw answer, if one came at all, and how it is to be read. */
export interface Attempted {
  readonly answer: UpstreamAnswer | undefined;
  readonly error: UpstreamError | undefined;
}

/** One request, one answer, read to its end. Never throws. */
export async function attempt(call: UpstreamCall, { onCut }: Patience, options: AttemptOptions): Promise<Attempted> {
  const { source, dispatcher, maxBodyBytes } = options;
  const isWanted = (status: number, headers: Headers) => isReadableAnswer(status, headers, maxBodyBytes);
  try {
    const request = requestOf(call, options.address);
    if (request === undefined) return { answer: undefined, error: fail(source, 'REJECTED') };
    const received = await transfer(request, { dispatcher, isWanted, mostBytes: maxBodyBytes, onCut });
    const answer = { status: received.status, headers: received.headers, body: await bodyOf(received, maxBodyBytes) };
    return { answer, error: judged(answer, options) };
  } catch (caught) {
    const cause = withoutBody(caught);
    return { answer: undefined, error: fail(source, kindOf(cause), { cause }) };
  }
}

/** The parser's error has no code, and carries what it could not parse: neither is of use further on. */
function withoutBody(caught: unknown): unknown {
  return caught instanceof errors.HTTPParserError ? new UnreadableBody('not HTTP') : caught;
}

/** Undefined where there is no such address. */
function requestOf(call: UpstreamCall, { origin, pathOf }: Address): Dispatcher.DispatchOptions | undefined {
  const path = pathOf(call);
  if (path === undefined) return undefined;
  const { method, headers } = call;
  if (call.body === undefined) return { origin, path, method, headers: { ...usualHeaders, ...headers } };
  const body = JSON.stringify(call.body);
  return { origin, path, method, body, headers: { ...usualHeaders, 'content-type': 'application/json', ...headers } };
}

const usualHeaders = {
  accept: 'application/json',
  'accept-encoding': acceptedEncodings,
  'user-agent': 'indicator-gateway',
};

type Headers = UpstreamAnswer['headers'];

/** JSON, no larger than we read, in an encoding that we know; what a redirect says beside its address tells nothing. */
function isReadableAnswer(status: number, headers: Headers, mostBytes: number): boolean {
  if (status >= 300 && status < 400) return false;
  const isSmall = !(Number(headers['content-length']) > mostBytes);
  return isSmall && isJson(headers['content-type']) && isReadable(encodingOf(headers));
}

/** Sent twice, it is one encoding inside the other. */
function encodingOf({ 'content-encoding': encoding }: Headers): string | undefined {
  return Array.isArray(encoding) ? encoding.join(', ') : encoding;
}

/** The body decides over a success, and over a 404; any other failure is known by its status, read or not. */
async function bodyOf({ status, headers, bytes, problem }: Received, mostBytes: number): Promise<unknown> {
  try {
    if (problem !== undefined) throw problem;
    if (bytes === undefined) throw new UnreadableBody('not JSON, or larger than we read');
    return parseJson(await decode(bytes, encodingOf(headers), mostBytes));
  } catch (error) {
    const isForgiven = status >= 300 && (status !== 404 || error instanceof UnreadableBody);
    if (!isForgiven) throw error;
    return undefined;
  }
}

/** `application/json`, `application/vnd.api+json`, with or without a charset. */
function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}

/** The source's own reading goes first; the common table settles the rest. */
function judged(answer: UpstreamAnswer, { source, judge, now }: AttemptOptions): UpstreamError | undefined {
  const verdict = judge?.(answer);
  if (verdict === 'accept') return undefined;
  return verdict ?? readStatus(source, answer, now());
}

/** What a broken exchange means. Whatever is not listed is a connection that failed. */
const kindsByCode: Readonly<Record<string, UpstreamErrorKind>> = {
  UND_ERR_HEADERS_TIMEOUT: 'TIMED_OUT',
  UND_ERR_BODY_TIMEOUT: 'TIMED_OUT',
  UND_ERR_HEADERS_OVERFLOW: 'MALFORMED',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'MALFORMED',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'MALFORMED',
  UND_ERR_INVALID_ARG: 'REJECTED',
  UND_ERR_NOT_SUPPORTED: 'REJECTED',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'REJECTED',
};

function kindOf(cause: unknown): UpstreamErrorKind {
  if (cause instanceof UnreadableBody) return 'MALFORMED';
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return (Object.hasOwn(kindsByCode, code) ? kindsByCode[code] : undefined) ?? 'UNAVAILABLE';
}
