/** Failure → GraphQL error. An error that is not on the list of codes is a bug: the client sees a masked one, the log has its stack. */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { UpstreamError } from '../http-client/errors.ts';
import { type Bug, describeBug } from '../observability/bug.ts';
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

/** The error's code; undefined when clients may not see the error. */
function listedCode(root: unknown): ErrorCode | undefined {
  if (root instanceof UpstreamError) return codeOf(root);
  if (!(root instanceof GraphQLError)) return undefined;
  if (isRequestProblem(root)) return 'BAD_REQUEST';
  const code: unknown = root.extensions.code;
  return isListed(code) && code !== 'INTERNAL_SERVER_ERROR' ? plainCode(code) : undefined;
}

/** For Apollo Server's `formatError`: the part of an error that a client may see. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const limit = error instanceof GraphQLError ? parseLimitError(error) : undefined;
  if (limit) return { message: limit.message, extensions: { code: limit.extensions.code } };
  const place = {
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
  };
  const root = rootOf(error);
  if (root instanceof UpstreamError) return { message: root.message, ...place, extensions: upstreamExtensions(root) };
  const code = listedCode(root) ?? listedCode(error);
  if (code === undefined)
    return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {};
  return { message: formatted.message, ...place, extensions: { ...extensions, code } };
}

/** For a gateway without introspection: drops graphql-js's "Did you mean", which gives away names of the schema. */
export function formatErrorWithoutHints(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const shown = formatError(formatted, error);
  return { ...shown, message: shown.message.replace(/ ?Did you mean .*$/s, '') };
}

/** What may be logged of an error that is a bug (`describeBug`); undefined for an error that clients may see. */
export function bugIn(error: unknown): Bug | undefined {
  const root = rootOf(error);
  if (listedCode(root) ?? listedCode(error)) return undefined;
  if (error instanceof GraphQLError && parseLimitError(error)) return undefined;
  return describeBug(root);
}
