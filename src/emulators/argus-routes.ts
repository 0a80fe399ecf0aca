import type { ArgusBehaviours } from './argus-behaviours.ts';
import { isObject } from './json.ts';
import type { Protocol } from './protocol.ts';
import type { RecordedRequest } from './recorded-request.ts';

export type Route =
  | { readonly name: 'types' }
  | { readonly name: 'record'; readonly id: string }
  | { readonly name: 'badId'; readonly id: string }
  | { readonly name: 'list' }
  | { readonly name: 'value'; readonly type: string; readonly value: string }
  | { readonly name: 'search' }
  /** `plain`: the response of the web server in front of Argus. */
  | { readonly name: 'failure'; readonly status: number; readonly plain?: boolean };

const base = '/reputation/v2/';
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds the documented endpoint of a request. A value is one path segment: with a raw slash it matches no endpoint. */
export function routeOf({ method, path, headers }: RecordedRequest, { encodedSlash }: ArgusBehaviours): Route {
  if (!path.startsWith(base)) return { name: 'failure', status: 404 };
  const [collection, ...rest] = path.slice(base.length).replace(/\/$/, '').split('/');
  if (collection === 'type' && rest.length === 0) return onlyGet(method, { name: 'types' });
  if (collection !== 'indicator' || rest.length > 2) return { name: 'failure', status: 404 };
  const [first, second] = rest;
  if (first === 'search' && second === undefined && method === 'POST') return searchRoute(headers['content-type']);
  if (first === undefined) return onlyGet(method, { name: 'list' });
  if (second === undefined) return onlyGet(method, recordRoute(decoded(first) ?? first));
  if (encodedSlash === '400' && /%(?:2f|25)/i.test(second)) return { name: 'failure', status: 400, plain: true };
  const type = decoded(first);
  const value = decoded(second);
  if (!type || !value) return { name: 'failure', status: 400, plain: true };
  return onlyGet(method, { name: 'value', type, value });
}

function onlyGet(method: string, route: Route): Route {
  return method === 'GET' || method === 'HEAD' ? route : { name: 'failure', status: 405 };
}

function searchRoute(contentType: string | string[] | undefined): Route {
  return /^application\/json\b/i.test(String(contentType)) ? { name: 'search' } : { name: 'failure', status: 415 };
}

function recordRoute(id: string): Route {
  return uuid.test(id) ? { name: 'record', id } : { name: 'badId', id };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** The values that a request asks about: in the path, the query or the body, depending on the endpoint. */
export const argusValues: Protocol['values'] = ({ path, query, body }) => {
  const inPath = /^\/reputation\/v2\/indicator\/[^/]+\/([^/]+)$/.exec(path)?.[1];
  if (inPath !== undefined) return [decoded(inPath) ?? inPath];
  if (!isObject(body)) return query.getAll('value');
  const { value, domainSearch, ipSearch } = body;
  return [value, Object(domainSearch).domain, Object(ipSearch).ip].flatMap(texts);
};

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter(item => typeof item === 'string') : [];
}
