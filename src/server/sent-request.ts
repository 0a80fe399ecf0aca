/** A GraphQL request as the client sent it, and what it asks for if it has the ordinary form. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** `text`: the body of a POST, or the query string of a GET with its question mark. */
export interface SentText {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface SentRequest extends SentText {
  /** The query string with its question mark. */
  readonly search: string;
  /** The parsed JSON body. */
  readonly body: unknown;
}

type Variables = Readonly<Record<string, unknown>>;

/** Which operation a request asks for: by its text, or by the hash of a text that was sent before. */
export interface RequestedOperation {
  readonly text: string | undefined;
  readonly hash: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Variables | undefined;
}

export function sentText({ url, method, headers, body }: FastifyRequest): SentText {
  return { method, headers, text: typeof body === 'string' ? body : searchOf(url) };
}

/** An empty `operationName` is none. Throws an error with the status 400 if the body is not JSON. */
export function parseRequest({ url, body }: FastifyRequest, sent: SentText): SentRequest {
  const search = searchOf(url).replace(emptyName, '$1');
  return { ...sent, search, body: typeof body === 'string' ? parseBody(body) : undefined };
}

const emptyName = /([?&])operationName=?(?=&|$)/;

function searchOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark);
}

function parseBody(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && body.operationName === '' ? withoutName(body) : body;
  } catch {
    throw Object.assign(new Error('The body is not JSON.'), { statusCode: 400 });
  }
}

function withoutName({ operationName: _, ...body }: Variables): Variables {
  return body;
}

/** Undefined for a request with anything unusual in it, which is left to Apollo Server. */
export function requestedOperation({ method, headers, body, search }: SentRequest): RequestedOperation | undefined {
  if (method === 'POST') return isObject(body) ? fromParameters(body) : undefined;
  if (!isPreflightedGet(headers)) return undefined;
  const parameters = new URLSearchParams(search);
  const get = (name: string) => parameters.get(name) ?? undefined;
  const [variables, extensions] = [parseParameter(get('variables')), parseParameter(get('extensions'))];
  return fromParameters({ query: get('query'), operationName: get('operationName'), variables, extensions });
}

/** Apollo Server's CSRF prevention lets such a GET pass. */
function isPreflightedGet(headers: IncomingHttpHeaders): boolean {
  const hasPreflight = headers['apollo-require-preflight'] || headers['x-apollo-operation-name'];
  const type = headers['content-type'];
  return Boolean(hasPreflight) && (type === undefined || type === 'application/json');
}

function fromParameters({ query, operationName, variables, extensions }: Variables): RequestedOperation | undefined {
  const isOrdinary =
    (query === undefined || typeof query === 'string') &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions));
  if (!isOrdinary) return undefined;
  const persisted = extensions?.persistedQuery;
  const requested = { operationName: operationName ?? undefined, variables: variables ?? undefined };
  if (persisted === undefined) return query === undefined ? undefined : { ...requested, text: query, hash: undefined };
  const hash = isObject(persisted) && persisted.version === 1 ? persisted.sha256Hash : undefined;
  return query === undefined && typeof hash === 'string' ? { ...requested, text: undefined, hash } : undefined;
}

const isObject = (value: unknown): value is Variables =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Invalid JSON becomes a number, which is not ordinary either. */
function parseParameter(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return 0;
  }
}
