/**
 * Executes operations that Apollo Server has parsed, validated and executed before, without its pipeline, which takes more
 * time than the execution. Limits, permissions, records and the bytes of the response are the same. Whatever is out of the
 * ordinary (an unknown text, invalid variables, an exceeded limit) is left to Apollo Server.
 */
import { type DocumentNode, type ExecutionResult, type GraphQLFormattedError, Kind, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Validators } from '../cache/fact-kind.ts';
import type { Context } from '../graphql/context.ts';
import type { OperationCost } from '../graphql/cost.ts';
import {
  type CostLimits,
  checkCost,
  checkVariables,
  createEstimate,
  type EstimateCost,
} from '../graphql/cost-limits.ts';
import { formatError } from '../graphql/errors.ts';
import type { Executor } from '../graphql/executor.ts';
import {
  type CachedResponse,
  cameFromMemory,
  createResponseCache,
  type GraphqlResponse,
  type OperationIdentity,
} from './response-cache.ts';
import {
  isPreflightedGet,
  requestedOperation,
  type SentRequest,
  type SentText,
  type Variables,
} from './sent-request.ts';

/** An operation that Apollo Server has executed. */
interface PreparedOperation {
  readonly document: DocumentNode;
  readonly hash: string;
  readonly name: string | null;
  readonly hasMaxAge: boolean;
  /** Its response contains no age, which would differ from one moment to the next. */
  readonly isCacheable: boolean;
  readonly estimateCost: EstimateCost;
}

/** What the server does before and after it executes an operation; the plugins of Apollo Server do the same. */
export interface OperationHooks {
  /** Equal for callers that may see the same. Undefined: no cached response for this request. */
  readonly permissionsKey: string | undefined;
  /** Takes the cost from the caller's rate limit. False if too little is left, and then nothing is taken. */
  charge(cost: OperationCost): boolean;
  /** Called before an operation is executed: creates its context. */
  begin(operation: OperationIdentity, validators?: Validators): Context;
  /** Called with the result: ends the context, records the outcome, and returns the extensions that the client wants. */
  end(context: Context, result: ExecutionResult, errors: readonly GraphQLFormattedError[]): object | undefined;
}

interface ExecutedOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly hash: string;
  /** The client sent its hash too, and may send that alone from now on. */
  readonly isPersisted: boolean;
}

export interface OperationCache {
  /** The cached response to an equal request, if it is still valid. Nothing is parsed or executed. */
  cachedResponse(sent: SentText, permissionsKey: string | undefined): CachedResponse | undefined;
  /** Undefined: the request is left to Apollo Server. */
  execute(
    request: SentRequest,
    hooks: OperationHooks,
  ): GraphqlResponse | undefined | Promise<GraphqlResponse | undefined>;
  /** Adds an operation that Apollo Server has executed. */
  add(operation: ExecutedOperation): void;
  /** Adds the content type in which Apollo Server responds to this Accept header. */
  addContentType(accept: string | undefined, contentType: string): void;
}

/** A document takes some two hundred times the memory of its text: at most a hundred megabytes. */
const maxTextLength = 512 * 1024;

export type OperationCacheOptions = CostLimits & { readonly now: () => number };

export function createOperationCache(executor: Executor, options: OperationCacheOptions): OperationCache {
  const responses = createResponseCache(options.now);
  const operations = new LRUCache<string, PreparedOperation>({
    maxSize: maxTextLength,
    sizeCalculation: (_, text) => text.length + 1,
  });
  const textByHash = new LRUCache<string, string>({ max: 1000 });
  const typeByAccept = new LRUCache<string, string>({ max: 100 });

  return {
    cachedResponse(sent, permissionsKey) {
      const contentType = typeByAccept.get(sent.headers.accept ?? '');
      const key = contentType === undefined ? undefined : cacheKey(sent, contentType, permissionsKey);
      return key === undefined ? undefined : responses.get(key);
    },
    execute(request, hooks) {
      const contentType = typeByAccept.get(request.headers.accept ?? '');
      const requested = contentType === undefined ? undefined : requestedOperation(request);
      const text = requested && (requested.text ?? textByHash.get(requested.hash ?? ''));
      const operation = text === undefined ? undefined : operations.get(text);
      if (!requested || !operation || !contentType) return undefined;
      if (requested.operationName !== undefined && requested.operationName !== operation.name) return undefined;
      if (checkVariables(requested.variables, options)) return undefined;
      const cost = operation.estimateCost(requested.variables);
      if (checkCost(cost, options) || !hooks.charge(cost)) return undefined;
      const key = operation.isCacheable ? cacheKey(request, contentType, hooks.permissionsKey) : undefined;
      return run(operation, requested.variables, { cost, contentType, hooks, key });
    },
    add({ source, document, hash, isPersisted }) {
      const definitions = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const [operation] = definitions;
      if (definitions.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return;
      // Mutations are left to Apollo Server, which refuses them by GET.
      if (operation.operation !== OperationTypeNode.QUERY) return;
      const name = operation.name?.value ?? null;
      const hasMaxAge = source.includes('maxAgeSeconds');
      const isCacheable = !hasMaxAge && !source.includes('ageSeconds');
      const estimateCost = createEstimate(document, name, options);
      operations.set(source, { document, hash, name, hasMaxAge, isCacheable, estimateCost });
      if (isPersisted) textByHash.set(hash, source);
    },
    addContentType: (accept, contentType) => typeByAccept.set(accept ?? '', contentType),
  };

  function run(
    { document, hash, name, hasMaxAge }: PreparedOperation,
    variables: Variables | undefined,
    execution: Execution,
  ): GraphqlResponse | undefined | Promise<GraphqlResponse | undefined> {
    const { cost, hooks, key } = execution;
    const validators: Validators | undefined = key === undefined ? undefined : new Map();
    const context = hooks.begin({ hash, name, cost }, validators);
    if (hasMaxAge) context.expectMaxAge();
    const result = executor({ document, operationName: name, variables, context });
    const respond = (executed: ExecutionResult) =>
      responseTo(executed, { hash, name, cost }, { ...execution, context, validators });
    return result instanceof Promise ? result.then(respond) : respond(result);
  }

  function responseTo(
    result: ExecutionResult,
    operation: OperationIdentity,
    { contentType, hooks, key, context, validators }: Execution & Executed,
  ): GraphqlResponse | undefined {
    if (result.data === undefined) {
      context.end();
      return undefined; // the variables are invalid: nothing was executed, and Apollo Server has the errors
    }
    const errors = (result.errors ?? []).map(error => {
      const code = error.extensions.code ?? 'INTERNAL_SERVER_ERROR';
      return formatError({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
    });
    const extensions = hooks.end(context, result, errors);
    const body = { ...(errors.length > 0 && { errors }), data: result.data, ...(extensions && { extensions }) };
    const text = `${JSON.stringify(body)}\n`;
    const sources = context.trace.summary();
    const maxAgeMs = context.responseMaxAgeMs();
    if (key !== undefined && validators && errors.length === 0 && maxAgeMs > 0 && cameFromMemory(sources)) {
      const freshUntil = options.now() + maxAgeMs;
      const named = context.named();
      const checks = [...validators.values()];
      responses.set(key, { ...operation, contentType, text, named, sources, freshUntil, validators: checks });
    }
    return { contentType, text };
  }
}

interface Execution {
  readonly cost: OperationCost;
  readonly contentType: string;
  readonly hooks: OperationHooks;
  /** Under which the response may be cached. */
  readonly key: string | undefined;
}

interface Executed {
  readonly context: Context;
  readonly validators: Validators | undefined;
}

/** Equal for equal requests of callers that may see the same; undefined if the response must not be cached. */
function cacheKey({ method, headers, text }: SentText, contentType: string, permissionsKey: string | undefined) {
  if (permissionsKey === undefined || (method !== 'POST' && !isPreflightedGet(headers))) return undefined;
  return `${method} ${contentType} ${permissionsKey} ${text}`;
}
