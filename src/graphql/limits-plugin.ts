import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type GraphQLError, parse } from 'graphql';
import { createSlices, type Slices } from '../slices.ts';
import type { ReadFrom } from '../sources/lookahead.ts';
import { noCost, type OperationCost } from './cost.ts';
import { type CostLimits, checkCost, checkVariables, estimateCost } from './cost-limits.ts';
import { deadlineExceeded } from './error-codes.ts';
import type { PrepareOperation } from './executor.ts';
import { forgone } from './lifetime.ts';
import { checkDocument, operationLimits } from './limits.ts';
import type { PreparedOperation } from './operation/prepared.ts';

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
  /**
   * Called before texts are searched, which takes time: `cost` is without what is in them. May throw a GraphQLError. Returns
   * the slices in which they are searched.
   */
  readonly beforeSearch?: (cost: OperationCost, contextValue: Context) => Slices;
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
          await checkRequest(requestContext, options);
        },
      };
    },
  };
}

async function checkRequest<Context extends BaseContext>(
  { document, request, contextValue }: GraphQLRequestContext<Context>,
  options: LimitsPluginOptions<Context>,
): Promise<void> {
  const tooNested = checkVariables(request.variables, options);
  if (tooNested) throw tooNested;
  if (!document) return;
  const prepared = options.prepare(document, request.operationName);
  const from = prepared?.read(request.variables);
  // With variables that are not those of the operation nothing will be asked.
  const cost = prepared && from ? await costWithTexts(prepared, from, options, contextValue) : noCost;
  const problem = checkCost(cost, options);
  if (problem) {
    options.onRejected?.(cost, contextValue);
    throw problem;
  }
  options.onAccepted?.(cost, contextValue);
}

async function costWithTexts<Context extends BaseContext>(
  prepared: PreparedOperation,
  from: ReadFrom,
  options: LimitsPluginOptions<Context>,
  contextValue: Context,
): Promise<OperationCost> {
  const cost = estimateCost(prepared, from, options);
  if (cost.unread.length === 0 || checkCost(cost, options) !== undefined) return cost;
  const slices = options.beforeSearch?.(cost, contextValue) ?? createSlices();
  const found = await options.texts.search(cost.unread, slices).catch(problem => {
    throw problem === forgone ? deadlineExceeded(searchTooLate, 503) : problem;
  });
  // The reader may have forgotten meanwhile what it knew before.
  return estimateCost(prepared, from, options, new Map([...cost.texts, ...found]));
}

const searchTooLate = 'The deadline of the operation passed while its text was searched: send it in parts.';
