import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import { type DocumentNode, type GraphQLError, parse } from 'graphql';
import type { Measure } from './cost.ts';
import { checkDocument, operationLimits } from './limits.ts';
import { checkMeasure, checkVariables, type MeasureLimits, measurer } from './measure.ts';

/**
 * Apollo's own options, to be spread into its constructor beside the plugin. A hundred errors, each with its search for
 * what was meant, cost more than the operation; nobody reads past the fifth.
 */
export const apolloLimits = {
  parseOptions: { maxTokens: operationLimits.tokens },
  validationOptions: { maxErrors: 5 },
  executionOptions: { maxCoercionErrors: 5 },
} as const;

export interface LimitsPluginOptions<Context> extends MeasureLimits {
  /** What a permitted operation asks, before it is executed: for the rate limit (may throw a GraphQLError) and the audit. */
  readonly onMeasured?: (measure: Measure, contextValue: Context) => void;
  /** What an operation asks that is refused for it. */
  readonly onRefused?: (measure: Measure, contextValue: Context) => void;
}

/**
 * All limits, at the two points where Apollo leaves room for them. Before validation a document that is too large is
 * replaced by an empty-handed one, so that Apollo neither validates nor keeps the original; before execution the stand-in
 * is recognised and refused with its own error. Apollo keeps the stand-in under the original's hash: asked again, it is
 * refused without being parsed. (Errors of a validation rule would come too late, and lose their code.)
 */
export function createLimitsPlugin<Context extends BaseContext>(
  options: LimitsPluginOptions<Context>,
): ApolloServerPlugin<Context> {
  const refused = new WeakMap<DocumentNode, GraphQLError>();

  function refuseAhead(requestContext: { document?: DocumentNode }): void {
    const problem = requestContext.document && checkDocument(requestContext.document);
    if (!problem) return;
    requestContext.document = parse('{ __typename }');
    refused.set(requestContext.document, problem);
  }

  return {
    async requestDidStart() {
      return {
        async validationDidStart(requestContext) {
          refuseAhead(requestContext);
        },
        async didResolveOperation(requestContext) {
          const problem = refused.get(requestContext.document);
          if (problem) throw problem;
          measure(requestContext, options);
        },
      };
    },
  };
}

function measure<Context extends BaseContext>(
  { document, request, contextValue }: GraphQLRequestContext<Context>,
  options: LimitsPluginOptions<Context>,
): void {
  const tooNested = checkVariables(request.variables, options);
  if (tooNested) throw tooNested;
  if (!document) return;
  const measured = measurer(document, request.operationName, options)(request.variables);
  const problem = checkMeasure(measured, options);
  if (problem) {
    options.onRefused?.(measured, contextValue);
    throw problem;
  }
  options.onMeasured?.(measured, contextValue);
}
