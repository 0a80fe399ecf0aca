/** Failure → GraphQL error. One that is not on the list of codes is a bug: the client sees a masked one, the log has its stack. */
import { GraphQLError, type GraphQLFormattedError, isValueNode } from 'graphql';
import { UpstreamError } from '../http-client/errors.ts';
import { type Bug, describeBug } from '../observability/bug.ts';
import { cut, maxEcho } from './echo.ts';
import { codeOfKind, type ErrorCode, errorCodes } from './error-codes.ts';
import { parseLimitError } from './limits.ts';

function codeOf(error: UpstreamError): ErrorCode {
  if (error.forbidden) return 'FORBIDDEN';
  if (error.argument !== undefined) return 'BAD_USER_INPUT';
  if (error.neverSent && error.kind === 'TIMED_OUT') return 'DEADLINE_EXCEEDED';
  return codeOfKind(error.kind);
}

function upstreamExtensions(error: UpstreamError): Record<string, unknown> {
  const { source, retryAfterSeconds, argument } = error;
  return {
    code: codeOf(error),
    source,
    ...(argument !== undefined && { argument }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** Unwraps the error from the `originalError` layers of GraphQL. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError != null) root = root.originalError;
  return root;
}

const isListed = (code: unknown): code is ErrorCode => errorCodes.some(listed => listed === code);

/** Apollo's code for "no such operation in the document"; clients see BAD_REQUEST for it. */
const plainCode = (code: ErrorCode): ErrorCode => (code === 'OPERATION_RESOLUTION_FAILURE' ? 'BAD_REQUEST' : code);

/** Apollo refuses some requests with an error that has a status and no code, such as a persisted query's wrong hash. */
function isRequestProblem(root: GraphQLError): boolean {
  if (root.extensions.code !== undefined) return false;
  const http: unknown = root.extensions.http;
  return typeof http === 'object' && http !== null && 'status' in http && http.status === 400;
}

/** graphql-js cannot read a value as it stands in the operation, such as a variable that is null where there must be none. */
function isCallersValue(root: unknown): boolean {
  const [node] = (root instanceof GraphQLError && root.nodes) || [];
  return node !== undefined && isValueNode(node);
}

/** The code of one layer of an error, if it has one of the list. */
function listedCode(root: unknown): ErrorCode | undefined {
  if (root instanceof UpstreamError) return codeOf(root);
  if (!(root instanceof GraphQLError)) return undefined;
  if (isRequestProblem(root)) return 'BAD_REQUEST';
  const code: unknown = root.extensions.code;
  return isListed(code) && code !== 'INTERNAL_SERVER_ERROR' ? plainCode(code) : undefined;
}

/** The error's code; undefined when clients may not see the error. */
function codeFor(error: unknown): ErrorCode | undefined {
  const root = rootOf(error);
  return listedCode(root) ?? listedCode(error) ?? (isCallersValue(root) ? 'BAD_USER_INPUT' : undefined);
}

/** graphql-js would print the whole value, in which another execution has other literals. */
const withoutValue = (message: string): string =>
  message.replace(/^(Argument "\w+") has invalid value .*$/s, '$1 has a variable in it that must not be null.');

/** For Apollo Server's `formatError`: what a client may see of an error, cut where it repeats too much of what was sent. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const shown = visibleError(formatted, error);
  return shown.message.length > maxEcho ? { ...shown, message: cut(shown.message) } : shown;
}

function visibleError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const limit = error instanceof GraphQLError ? parseLimitError(error) : undefined;
  if (limit) return { message: limit.message, extensions: { code: limit.extensions.code } };
  const place = {
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
  };
  const root = rootOf(error);
  if (root instanceof UpstreamError) return { message: root.message, ...place, extensions: upstreamExtensions(root) };
  const code = codeFor(error);
  if (code === undefined)
    return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
  return { message: withoutValue(formatted.message), ...place, extensions: { ...extensions, code } };
}

/** What may be logged of an error that is a bug (`describeBug`); undefined for an error that clients may see. */
export function bugIn(error: unknown): Bug | undefined {
  if (codeFor(error)) return undefined;
  if (error instanceof GraphQLError && parseLimitError(error)) return undefined;
  return describeBug(rootOf(error));
}
