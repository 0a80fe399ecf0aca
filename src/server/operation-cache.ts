/**
 * Executes operations that Apollo Server has parsed, validated and executed before, without its pipeline, which takes more
 * time than the execution. Limits, permissions, records and the bytes of the response are the same. Whatever is out of the
 * ordinary (an unknown text, invalid variables, an exceeded limit) is left to Apollo Server.
 */
import { type DocumentNode, type GraphQLFormattedError, Kind, OperationTypeNode } from 'graphql';
import { LRUCache } from 'lru-cache';
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
import type { PrepareOperation } from '../graphql/executor.ts';
import { type WrittenAnswer, writeAnswer } from '../graphql/operation/execute.ts';
import type { PreparedOperation } from '../graphql/operation/prepared.ts';
import { requestedOperation, type SentRequest, type Variables } from './sent-request.ts';

/** An operation that Apollo Server has executed. */
interface CachedOperation {
  readonly prepared: PreparedOperation;
  readonly hash: string;
  readonly name: string | null;
  readonly estimateCost: EstimateCost;
}

export interface OperationIdentity {
  /** SHA-256 of the operation's text. */
  readonly hash: string;
  readonly name: string | null;
  readonly cost: OperationCost;
}

/** A whole response to a GraphQL request; its status is 200. */
export interface GraphqlResponse {
  readonly contentType: string;
  readonly text: string;
}

/** What the server does before and after it executes an operation; the plugins of Apollo Server do the same. */
export interface OperationHooks {
  /** Takes the cost from the caller's rate limit. False if too little is left, and then nothing is taken. */
  charge(cost: OperationCost): boolean;
  /** Called before an operation is executed: creates its context. */
  begin(operation: OperationIdentity): Context;
  /** Called with the result: ends the context, records the outcome, and returns the extensions that the client wants. */
  end(context: Context, answer: WrittenAnswer, errors: readonly GraphQLFormattedError[]): object | undefined;
}

interface ExecutedOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly hash: string;
  /** The client sent its hash too, and may send that alone from now on. */
  readonly isPersisted: boolean;
}

export interface OperationCache {
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

export function createOperationCache(prepare: PrepareOperation, options: CostLimits): OperationCache {
  const operations = new LRUCache<string, CachedOperation>({
    maxSize: maxTextLength,
    sizeCalculation: (_, text) => text.length + 1,
  });
  const textByHash = new LRUCache<string, string>({ max: 1000 });
  const typeByAccept = new LRUCache<string, string>({ max: 100 });

  return {
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
      return run(operation, requested.variables, { cost, contentType, hooks });
    },
    add({ source, document, hash, isPersisted }) {
      const definitions = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
      const [operation] = definitions;
      if (definitions.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return;
      // Mutations are left to Apollo Server, which refuses them by GET.
      if (operation.operation !== OperationTypeNode.QUERY) return;
      const name = operation.name?.value ?? null;
      const prepared = prepare(document, name);
      if (prepared === undefined) return;
      operations.set(source, { prepared, hash, name, estimateCost: createEstimate(document, name, options) });
      if (isPersisted) textByHash.set(hash, source);
    },
    addContentType: (accept, contentType) => typeByAccept.set(accept ?? '', contentType),
  };

  function run(
    { prepared, hash, name }: CachedOperation,
    variables: Variables | undefined,
    { cost, contentType, hooks }: Execution,
  ): GraphqlResponse | undefined | Promise<GraphqlResponse | undefined> {
    const context = hooks.begin({ hash, name, cost });
    const respond = (answered: WrittenAnswer | undefined): GraphqlResponse | undefined => {
      if (answered !== undefined) return { contentType, text: responseText(answered, context, hooks) };
      context.end();
      return undefined; // the variables are invalid: nothing was executed, and Apollo Server has the errors
    };
    const answered = writeAnswer(prepared, variables, context);
    return answered instanceof Promise ? answered.then(respond) : respond(answered);
  }
}

interface Execution {
  readonly cost: OperationCost;
  readonly contentType: string;
  readonly hooks: OperationHooks;
}

function responseText(answered: WrittenAnswer, context: Context, hooks: OperationHooks): string {
  const errors = answered.errors.map(error => {
    const code = error.extensions.code ?? 'INTERNAL_SERVER_ERROR';
    return formatError({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
  });
  const extensions = hooks.end(context, answered, errors);
  const before = errors.length > 0 ? `"errors":${JSON.stringify(errors)},` : '';
  const after = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`;
  return `{${before}"data":${answered.data}${after}}\n`;
}
