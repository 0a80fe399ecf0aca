import { type Dispatcher, errors } from 'undici';
import type { Clock } from '../clock.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import type { UpstreamAddress } from './address.ts';
import { acceptedEncodings, decode, isReadable } from './body.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { parseJson, UnreadableBody } from './json.ts';
import { classifyStatus, createUpstreamError } from './status.ts';
import type { AttemptTimeout } from './timeout.ts';
import { dispatchRequest, type RawResponse, type ResponseHeaders } from './transport.ts';
import type { Classify, UpstreamRequest, UpstreamResponse } from './upstream.ts';

export interface RequestOptions {
  readonly source: SourceLabel;
  readonly dispatcher: Dispatcher;
  readonly address: UpstreamAddress;
  readonly maxBodyBytes: number;
  readonly classify: Classify | undefined;
  readonly clock: Clock;
}

interface Exchange {
  readonly response: UpstreamResponse | undefined;
  /** What the response, or its absence, means. */
  readonly error: UpstreamError | undefined;
  /** At least its status and headers had arrived. */
  readonly hasBegun: boolean;
}

/** Sends one request. Never throws. */
export async function sendRequest(
  request: UpstreamRequest,
  { onAbort }: AttemptTimeout,
  options: RequestOptions,
): Promise<Exchange> {
  const { source, dispatcher, maxBodyBytes: maxBytes } = options;
  const isWanted = (status: number, headers: ResponseHeaders) => isReadableResponse(status, headers, maxBytes);
  let hasBegun = false;
  try {
    const dispatched = toDispatch(request, options.address);
    if (dispatched === undefined)
      return { response: undefined, error: createUpstreamError(source, 'REJECTED'), hasBegun };
    const raw = await dispatchRequest(dispatched, { dispatcher, isWanted, maxBytes, onAbort });
    hasBegun = true;
    const response = { status: raw.status, headers: raw.headers, body: await bodyOf(raw, maxBytes) };
    return { response, error: classifyResponse(response, request, options), hasBegun };
  } catch (caught) {
    const cause = withoutBody(caught);
    return { response: undefined, error: createUpstreamError(source, kindOf(cause), { cause }), hasBegun };
  }
}

/** Replaces the parser's error, which contains the bytes that it could not parse. */
function withoutBody(caught: unknown): unknown {
  return caught instanceof errors.HTTPParserError ? new UnreadableBody('not HTTP') : caught;
}

/** Undefined if the request has no safe address. */
function toDispatch(
  request: UpstreamRequest,
  { origin, pathOf }: UpstreamAddress,
): Dispatcher.DispatchOptions | undefined {
  const path = pathOf(request);
  if (path === undefined) return undefined;
  const { method, headers } = request;
  if (request.body === undefined) return { origin, path, method, headers: { ...commonHeaders, ...headers } };
  const body = JSON.stringify(request.body);
  return { origin, path, method, body, headers: { ...commonHeaders, 'content-type': 'application/json', ...headers } };
}

const commonHeaders = {
  accept: 'application/json',
  'accept-encoding': acceptedEncodings,
  'user-agent': 'indicator-gateway',
};

/** JSON within our limit and in a known encoding. The body of a redirect is not read. */
function isReadableResponse(status: number, headers: ResponseHeaders, maxBytes: number): boolean {
  if (status >= 300 && status < 400) return false;
  const isSmall = !(Number(headers['content-length']) > maxBytes);
  return isSmall && isJson(headers['content-type']) && isReadable(encodingOf(headers));
}

/** Two headers mean one encoding inside the other. */
function encodingOf({ 'content-encoding': encoding }: ResponseHeaders): string | undefined {
  return Array.isArray(encoding) ? encoding.join(', ') : encoding;
}

/** A success needs a readable body, a 404 one that arrived completely. For other statuses the body does not matter. */
async function bodyOf({ status, headers, bytes, problem }: RawResponse, maxBytes: number): Promise<unknown> {
  try {
    if (problem !== undefined) throw problem;
    if (bytes === undefined) throw new UnreadableBody('not JSON, or larger than we read');
    return parseJson(await decode(bytes, encodingOf(headers), maxBytes));
  } catch (error) {
    const isIrrelevant = status >= 300 && (status !== 404 || error instanceof UnreadableBody);
    if (!isIrrelevant) throw error;
    return undefined;
  }
}

/** `application/json`, `application/vnd.api+json`, with or without a charset. */
function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);
}

/** The source's own classification first, then the common one. */
function classifyResponse(
  response: UpstreamResponse,
  request: UpstreamRequest,
  { source, classify, clock }: RequestOptions,
): UpstreamError | undefined {
  const ownClass = classify?.(response, request);
  if (ownClass === 'accept') return undefined;
  return ownClass ?? classifyStatus(source, response, clock.wall());
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
