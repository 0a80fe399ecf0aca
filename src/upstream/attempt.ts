import { type Dispatcher, errors } from 'undici';
import type { SourceName } from '../domain/report.ts';
import type { Address } from './address.ts';
import { acceptedEncodings, readBody } from './body.ts';
import type { UpstreamError, UpstreamErrorKind } from './errors.ts';
import { parseJson, UnreadableBody } from './json.ts';
import { fail, readStatus } from './status.ts';
import type { UpstreamAnswer, UpstreamCall } from './upstream.ts';

export interface AttemptOptions {
  readonly source: SourceName;
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
export async function attempt(call: UpstreamCall, signal: AbortSignal, options: AttemptOptions): Promise<Attempted> {
  const path = options.address.pathOf(call);
  if (path === undefined) return { answer: undefined, error: fail(options.source, 'REJECTED') };
  try {
    const response = await send(call, path, signal, options);
    const answer = await read(response, options.maxBodyBytes);
    return { answer, error: judged(answer, options) };
  } catch (caught) {
    const cause = withoutBody(caught);
    return { answer: undefined, error: fail(options.source, kindOf(cause), { cause }) };
  }
}

/** The parser's error has no code, and carries what it could not parse: neither is of use further on. */
function withoutBody(caught: unknown): unknown {
  return caught instanceof errors.HTTPParserError ? new UnreadableBody('not HTTP') : caught;
}

function send(call: UpstreamCall, path: string, signal: AbortSignal, options: AttemptOptions) {
  const body = call.body === undefined ? null : JSON.stringify(call.body);
  return options.dispatcher.request({
    origin: options.address.origin,
    path,
    method: call.method,
    headers: {
      accept: 'application/json',
      'accept-encoding': acceptedEncodings,
      'user-agent': 'indicator-gateway',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...lowerCased(call.headers),
    },
    body,
    signal,
  });
}

/** So that a header of the source's own replaces ours, however it is written. */
function lowerCased(headers: UpstreamCall['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The body decides over a success, and over a 404; any other failure is known by its status, read or not. */
async function read(response: Dispatcher.ResponseData, maxBodyBytes: number): Promise<UpstreamAnswer> {
  const { statusCode: status, headers, body } = response;
  body.on('error', () => {});
  const answer = { status, headers };
  if (status >= 300 && status < 400) {
    body.destroy();
    return { ...answer, body: undefined };
  }
  if (status < 300) return { ...answer, body: await readJson(response, maxBodyBytes) };
  return { ...answer, body: await readJson(response, maxBodyBytes).catch(error => forgive(error, status)) };
}

function forgive(error: unknown, status: number): undefined {
  if (status === 404 && !(error instanceof UnreadableBody)) throw error;
}

async function readJson({ headers, body }: Dispatcher.ResponseData, maxBodyBytes: number): Promise<unknown> {
  if (!isJson(headers['content-type']) || Number(headers['content-length']) > maxBodyBytes) {
    body.destroy();
    throw new UnreadableBody('not JSON, or larger than we read');
  }
  const encoding = headers['content-encoding'];
  return parseJson(await readBody(body, Array.isArray(encoding) ? encoding.join(',') : encoding, maxBodyBytes));
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
