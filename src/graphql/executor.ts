/**
 * Executes operations, compiled from their second sighting on. graphql-jit is six to nine times faster than graphql-js;
 * where its words differ, this gives back graphql-js's own, so that nobody can tell which of the two answered. It can not
 * where a resolver returns a list of promises and one of them fails: graphql-jit adds a null. None of ours does.
 */

import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { isCompilable } from './compilable.ts';
import type { Context } from './context.ts';

interface ToExecute {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly context: Context;
}

export type Executor = (operation: ToExecute) => ExecutionResult | Promise<ExecutionResult>;

/** Seen once, compiled, or not to be compiled. */
type Sighting = 'once' | Compiled | 'never';
interface Compiled {
  query(
    root: unknown,
    context: unknown,
    variables: Record<string, unknown>,
  ): ExecutionResult | Promise<ExecutionResult>;
}

/** Documents kept compiled: a flood of ever new ones costs no more than parse and validate, and only so much memory. */
const maxCompiled = 500;
const maxCoercionErrors = 5;
const compileOptions = { disablingCapturingStackErrors: true };

/** `schema` must be an object of its own: Apollo Server instruments the one that it is given, which costs a third. */
export function createExecutor(schema: GraphQLSchema): Executor {
  // By document object: Apollo keeps one parsed document for one text.
  const sightings = new LRUCache<DocumentNode, Sighting>({ max: maxCompiled });

  const slowly = ({ document, operationName, variables, context }: ToExecute) =>
    execute({
      schema,
      document,
      contextValue: context,
      ...(operationName != null && { operationName }),
      ...(variables !== undefined && { variableValues: variables }),
      options: { maxCoercionErrors },
    });

  const sight = ({ document }: ToExecute): Sighting => {
    const known = sightings.get(document);
    if (known === undefined) sightings.set(document, 'once');
    if (known !== 'once') return known ?? 'once';
    const operation = onlyOperation(document);
    const compiled =
      operation && isCompilable(document, operation) ? compileQuery(schema, document, '', compileOptions) : undefined;
    const next = compiled && isCompiledQuery(compiled) ? (compiled as Compiled) : 'never';
    sightings.set(document, next);
    return next;
  };

  return operation => {
    const sighting = sight(operation);
    if (sighting === 'once' || sighting === 'never' || !isNamed(operation)) return slowly(operation);
    const result = sighting.query(undefined, operation.context, operation.variables ?? {});
    return result instanceof Promise
      ? result.then(settled => inGraphqlWords(settled, operation, slowly))
      : inGraphqlWords(result, operation, slowly);
  };
}

/** The way in which Apollo Server lets somebody else execute: as if we were its federation gateway. */
export function apolloGateway(
  schema: GraphQLSchema,
  executor: Executor,
): ApolloServerOptionsWithGateway<Context>['gateway'] {
  return {
    load: async () => ({
      // The name as it was sent: Apollo's own is empty when the document has no such operation.
      executor: async ({ document, request, context }) =>
        (await executor({
          document,
          operationName: request.operationName,
          variables: request.variables,
          context: context as Context,
        })) as never,
    }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}

/** graphql-js says what is wrong with a name that the document does not have. */
const isNamed = ({ document, operationName }: ToExecute): boolean =>
  operationName == null || operationName === onlyOperation(document)?.name?.value;

function onlyOperation(document: DocumentNode): OperationDefinitionNode | undefined {
  const operations = document.definitions.filter(definition => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.length === 1 ? operations[0] : undefined;
}

function inGraphqlWords(
  result: ExecutionResult,
  operation: ToExecute,
  slowly: Executor,
): ExecutionResult | Promise<ExecutionResult> {
  const { errors, data } = result;
  if (errors === undefined || errors.length === 0) return data === undefined ? result : { data };
  // The variables do not fit: no resolver has run yet, so asking again costs nothing.
  if (data === undefined) return slowly(operation);
  // A bug of ours: which errors are told then, and in which order, depends on how the engine went on.
  if (errors.some(error => !(error.originalError instanceof Error) || hasSpread(error, data))) return slowly(operation);
  return { errors: errors.map(asGraphqlError), data };
}

/** A null where none may stand took what is around it along. */
function hasSpread({ path = [] }: GraphQLError, data: unknown): boolean {
  let at = data;
  return path.some(step => {
    if (at === null) return true;
    at = Reflect.get(Object(at), step);
    return false;
  });
}

function asGraphqlError(error: GraphQLError): GraphQLError {
  const original = error.originalError;
  const same = new GraphQLError(error.message, {
    ...(error.path !== undefined && { path: error.path }),
    ...(original != null && { originalError: original }),
    ...(original instanceof GraphQLError && { extensions: original.extensions }),
  });
  // Places are known, nodes are not: graphql-jit compiled them away.
  const locations = error.locations as GraphQLFormattedError['locations'];
  Object.defineProperty(same, 'locations', { value: locations, enumerable: true });
  return same;
}
