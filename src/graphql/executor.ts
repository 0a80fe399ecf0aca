/** Executes operations for Apollo Server, and prepares them for the operation cache. */
import type { ApolloServerOptionsWithGateway } from '@apollo/server';
import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { Context } from './context.ts';
import { executePrepared } from './operation/execute.ts';
import { createFragmentStore } from './operation/fragments.ts';
import { type PreparedOperation, prepareOperation } from './operation/prepared.ts';

/** `undefined`: the document has no such operation. */
export type PrepareOperation = (
  document: DocumentNode,
  operationName: string | null | undefined,
) => PreparedOperation | undefined;

/** `fragmentBytes`: what pieces of answers may take. */
export function createPrepare(schema: GraphQLSchema, fragmentBytes: number): PrepareOperation {
  // Apollo Server keeps one parsed document for each text.
  const byDocument = new WeakMap<DocumentNode, Map<string, PreparedOperation | undefined>>();
  const createFragments = createFragmentStore(fragmentBytes);
  return (document, operationName) => {
    const byName = byDocument.get(document) ?? new Map<string, PreparedOperation | undefined>();
    byDocument.set(document, byName);
    const key = operationName == null ? '' : ` ${operationName}`;
    const prepared = byName.get(key) ?? prepareOperation(schema, document, operationName, createFragments);
    if (prepared !== undefined) byName.set(key, prepared);
    return prepared;
  };
}

/** Makes Apollo Server execute with ours. Its only interface for that is the one for federation gateways. */
export function apolloGateway(
  schema: GraphQLSchema,
  prepare: PrepareOperation,
): ApolloServerOptionsWithGateway<Context>['gateway'] {
  return {
    load: async () => ({
      // The operation name as it was sent: Apollo's own is empty if the document has no such operation.
      executor: async ({ document, request: { operationName, variables }, context }) => {
        const prepared = prepare(document, operationName);
        const contextValue = context as Context;
        const executed: ExecutionResult | Promise<ExecutionResult> = prepared
          ? executePrepared(prepared, variables, contextValue)
          : execute({ schema, document, contextValue, ...(operationName != null && { operationName }) });
        return (await executed) as never;
      },
    }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}
