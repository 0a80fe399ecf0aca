/** One entry of `messages`, in the order in which it was captured. */
export interface Message {
  readonly message: string | null;
  readonly messageTemplate: string | null;
  readonly type: 'ACTION_ERROR' | 'FIELD_ERROR';
  readonly field: string | null;
  readonly parameter: unknown;
  readonly timestamp: number;
}

export interface ListContent {
  readonly limit: number;
  readonly offset: number;
  readonly count: number;
  readonly data: readonly unknown[];
}

// The members are in the order of the captured body: `size` is last because the data are streamed before it.

export function listBody({ limit, offset, count, data }: ListContent): Record<string, unknown> {
  return { responseCode: 200, limit, offset, count, metaData: {}, messages: [], data, size: data.length };
}

/** Counts of a single object are 0. */
export function singleBody(data: unknown): Record<string, unknown> {
  return { responseCode: 200, limit: 0, offset: 0, count: 0, metaData: {}, messages: [], data, size: 0 };
}

export function errorBody(
  responseCode: number,
  messages: readonly Message[],
  metaData: Record<string, unknown> = {},
): Record<string, unknown> {
  return { responseCode, limit: 0, offset: 0, count: 0, metaData, messages, data: null, size: 0 };
}

export function actionError(message: string | null, messageTemplate: string | null, timestamp: number): Message {
  return { message, messageTemplate, type: 'ACTION_ERROR', field: null, parameter: null, timestamp };
}

/** The problem of one argument; `field` is its dotted path, with `[i]` for an index. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly messageTemplate: string;
  readonly parameter: unknown;
}

export function fieldError(problem: FieldProblem, timestamp: number): Message {
  const { message, messageTemplate, field, parameter } = problem;
  return { message, messageTemplate, type: 'FIELD_ERROR', field, parameter: asText(parameter), timestamp };
}

function asText(parameter: unknown): string {
  if (parameter === null || parameter === undefined) return 'NULL';
  return typeof parameter === 'string' ? parameter : JSON.stringify(parameter);
}

const texts: Record<number, readonly [message: string, template: string]> = {
  400: ['Invalid JSON request.', 'invalid.json.request'],
  401: ['User not authenticated', 'user.not.authenticated'],
  402: ['Resource limit exceeded', 'resource.limit.exceeded'],
  403: ['Access denied to requested URL.', 'access.denied'],
  404: ['Requested URL does not exist.', 'url.not.exist'],
  405: ['Method not allowed.', 'method.not.allowed'],
  408: ['Operation timed out.', 'operation.timeout'],
  412: ['Validation error', 'validation.error'],
  415: ['Unsupported media type.', 'unsupported.media.type'],
  500: ['Unknown server error.', 'unknown.server.error'],
};

/** Argus's body for a status. The bodies of 503 and 504 were captured; their first message is empty. */
export function statusBody(status: number, timestamp: number): Record<string, unknown> {
  if (status === 503 || status === 504) {
    const text = 'Request timed out, service may be overloaded or unavailable';
    return errorBody(status, [
      actionError(null, null, timestamp - 108),
      actionError(text, 'service.timeout', timestamp),
    ]);
  }
  const [message, template] = texts[status] ?? [`HTTP ${status}`, 'unknown.error'];
  return errorBody(status, [actionError(message, template, timestamp)]);
}
