/** With TRUSTED_DOCUMENTS only listed operations run, however they are asked for. */
import type { TrustedDocuments } from '../auth/trusted-documents.ts';
import type { SentRequest } from './sent-request.ts';

interface SentDocument {
  readonly query: unknown;
  readonly documentId: unknown;
  readonly extensions: unknown;
}

/**
 * The request with the listed document in it, or undefined when none is listed. An operation is named by `documentId`
 * (GraphQL over HTTP's appendix, relay-style clients) or by `extensions.persistedQuery.sha256Hash` (Apollo's clients), with
 * the id that its manifest gives it, or stands there in full. Whatever else was sent as its text is not looked at.
 */
export function trustedRequest(request: SentRequest, trusted: TrustedDocuments): SentRequest | undefined {
  return request.method === 'GET' ? trustedGet(request, trusted) : trustedPost(request, trusted);
}

function trustedPost(request: SentRequest, trusted: TrustedDocuments): SentRequest | undefined {
  const { body } = request;
  if (!isObject(body)) return undefined;
  const { query, documentId, extensions, ...rest } = body;
  const document = documentOf({ query, documentId, extensions }, trusted);
  return document === undefined ? undefined : { ...request, body: { ...rest, query: document } };
}

function trustedGet(request: SentRequest, trusted: TrustedDocuments): SentRequest | undefined {
  const search = new URLSearchParams(request.search);
  const extensions = parsed(search.get('extensions'));
  const sent = { query: search.get('query'), documentId: search.get('documentId'), extensions };
  const document = documentOf(sent, trusted);
  if (document === undefined) return undefined;
  for (const name of ['documentId', 'extensions']) search.delete(name);
  search.set('query', document);
  return { ...request, search: `?${search}` };
}

function documentOf({ query, documentId, extensions }: SentDocument, trusted: TrustedDocuments): string | undefined {
  const persisted = isObject(extensions) && isObject(extensions.persistedQuery) ? extensions.persistedQuery : {};
  const id = documentId ?? persisted.sha256Hash;
  if (typeof id === 'string') {
    const document = trusted.byId(id) ?? trusted.byId(id.replace(/^sha256:/, ''));
    if (document !== undefined) return document;
  }
  return typeof query === 'string' && trusted.has(query) ? query : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
