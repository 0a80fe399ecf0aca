import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type GraphQLError, parse } from 'graphql';
import { noCost, type OperationCost } from './cost.ts';
import { type CostLimits, checkCost, checkVariables, estimateCost } from './cost-limits.ts';
import type { PrepareOperation } from './executor.ts';
import { checkDocument, operationLimits } from './limits.ts';

/**
 * Limits that are options of Apollo Server. Errors are limited because each searches the schema for what may have been
 * meant: a hundred of them cost more than the operation.
 */
export const apolloLimits = {
  parseOptions: { maxTokens: operationLimits.tokens },
  validationOptions: { maxErrors: 5 },
  executionOptions: { maxCoercionErrors: 5 },
} as const;

export interface LimitsPluginOptions<Context> extends CostLimits {
  readonly prepare: PrepareOperation;
  /** Called before an operation within the limits is executed. May throw a GraphQLError to reject it. */
  readonly onAccepted?: (cost: OperationCost, contextValue: Context) => void;
  /** Called when an operation is rejected for its cost. */
  readonly onRejected?: (cost: OperationCost, contextValue: Context) => void;
}

/**
 * Applies all limits, in two hooks of Apollo Server. Before validation, a document that is too large is replaced by
 * `{ __typename }`, so that Apollo neither validates nor caches the original. Before execution, the replacement is
 * recognised and rejected with the error of the original. Apollo caches the replacement under the original's hash: sent
 * again, it is rejected without being parsed. (A validation rule would come too late, and its error would lose its code.)
 */
export function createLimitsPlugin<Context extends BaseContext>(
  options: LimitsPluginOptions<Context>,
): ApolloServerPlugin<Context> {
  const problemByReplacement = new WeakMap<DocumentNode, GraphQLError>();

  function replaceTooLarge(requestContext: { document?: DocumentNode }): void {
    const problem = requestContext.document && checkDocument(requestContext.document);
    if (!problem) return;
    requestContext.document = parse('{ __typename }');
    problemByReplacement.set(requestContext.document, problem);
  }

  return {
    async requestDidStart() {
      return {
        async validationDidStart(requestContext) {
          replaceTooLarge(requestContext);
        },
        async didResolveOperation(requestContext) {
          const problem = problemByReplacement.get(requestContext.document);
          if (problem) throw problem;
          checkRequest(requestContext, options);
        },
      };
    },
  };
}

function checkRequest<Context extends BaseContext>(
  { document, request, contextValue }: GraphQLRequestContext<Context>,
  options: LimitsPluginOptions<Context>,
): void {
  const tooNested = checkVariables(request.variables, options);
  if (tooNested) throw tooNested;
  if (!document) return;
  const prepared = options.prepare(document, request.operationName);
  const from = prepared?.read(request.variables);
  // With variables that are not those of the operation nothing will be asked.
  const cost = prepared && from ? estimateCost(prepared, from, options) : noCost;
  const problem = checkCost(cost, options);
  if (problem) {
    options.onRejected?.(cost, contextValue);
    throw problem;
  }
  options.onAccepted?.(cost, contextValue);
}
