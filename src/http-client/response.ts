/** What a response, or its absence, means. Nothing here throws. */
import { errors } from 'undici';
import type { Clock } from '../clock.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import type { Later } from '../slices.ts';
import { decode, isReadable } from './body.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { isLarge, parseJson, parseLargeJson } from './json.ts';
import { UnreadableBody } from './json-survey.ts';
import { classifyStatus, createUpstreamError } from './status.ts';
import type { RawResponse, ResponseHeaders } from './transport.ts';
import type { Classify, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface ResponseOptions {
  readonly source: SourceLabel;
  readonly maxBodyBytes: number;
  readonly classify: Classify | undefined;
  readonly clock: Clock;
}

export interface Exchange {
  readonly response: UpstreamResponse | undefined;
  /** What the response, or its absence, means. */
  readonly error: UpstreamError | undefined;
  /** Its status, though the rest could not be read; undefined: nothing of it arrived. */
  readonly status: number | undefined;
}

/** JSON within our limit and in a known encoding. The body of a redirect is not read. */
export function isReadableResponse(status: number, headers: ResponseHeaders, maxBytes: number): boolean {
  if (status >= 300 && status < 400) return false;
  const isSmall = !(Number(headers['content-length']) > maxBytes);
  return isSmall && isJson(headers['content-type']) && isReadable(encodingOf(headers));
}

/** `application/json`, `application/vnd.api+json`, with or without a charset. */
function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}

/** Two headers mean one encoding inside the other. */
function encodingOf({ 'content-encoding': encoding }: ResponseHeaders): string | undefined {
  return Array.isArray(encoding) ? encoding.join(', ') : encoding;
}

/** Reads the body; a promise only where it has to be unpacked, or is large. */
export function readResponse(raw: RawResponse, request: UpstreamRequest, options: ResponseOptions): Later<Exchange> {
  const bytes = raw.bytes && decode(raw.bytes, encodingOf(raw.headers), options.maxBodyBytes);
  if (!(bytes instanceof Promise)) return read(raw, bytes, request, options);
  return bytes.then(
    unpacked => read(raw, unpacked, request, options),
    problem => read({ ...raw, problem }, undefined, request, options),
  );
}

function read(
  raw: RawResponse,
  bytes: Uint8Array | undefined,
  request: UpstreamRequest,
  options: ResponseOptions,
): Later<Exchange> {
  const classified = (body: unknown): Exchange => {
    const { status, headers, connection } = raw;
    const response = { status, headers, body, connection };
    return { response, error: classifyResponse(response, request, options), status };
  };
  const failed = (problem: unknown): Exchange => failedExchange(problem, raw.status, options);
  try {
    const body = bodyOf(raw, bytes);
    return body instanceof Promise ? body.then(classified).catch(failed) : classified(body);
  } catch (problem) {
    return failed(problem);
  }
}

/** A success needs a readable body, a 404 one that arrived completely. For other statuses the body does not matter. */
function bodyOf({ status, problem }: RawResponse, bytes: Uint8Array | undefined): Later<unknown> {
  const withoutBody = (error: unknown): undefined => {
    const isIrrelevant = status >= 300 && (status !== 404 || error instanceof UnreadableBody);
    if (!isIrrelevant) throw error;
  };
  try {
    if (problem !== undefined) throw problem;
    if (bytes === undefined) throw new UnreadableBody('not JSON, or larger than we read');
    return isLarge(bytes) ? parseLargeJson(bytes).catch(withoutBody) : parseJson(bytes);
  } catch (error) {
    return withoutBody(error);
  }
}

/** The source's own classification first, then the common one. */
function classifyResponse(
  response: UpstreamResponse,
  request: UpstreamRequest,
  { source, classify, clock }: ResponseOptions,
): UpstreamError | undefined {
  const ownClass = classify?.(response, request);
  if (ownClass === 'accept') return undefined;
  return ownClass ?? classifyStatus(source, response, clock.wall());
}

/** No response, or none that could be read. */
export function failedExchange(
  problem: unknown,
  status: number | undefined,
  { source }: Pick<ResponseOptions, 'source'>,
): Exchange {
  // The parser's error contains the bytes that it could not parse.
  const cause = problem instanceof errors.HTTPParserError ? new UnreadableBody('not HTTP') : problem;
  return { response: undefined, error: createUpstreamError(source, kindOf(cause), { cause }), status };
}

/** What undici's errors mean. Every other one is a failed connection, UNAVAILABLE. */
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
