/** What happens around every operation, whatever it asks: ages, the trace, metrics, the log line, the end. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../graphql/context.ts';
import type { Metrics, OperationOutcome } from '../observability/metrics.ts';

export function operationPlugin(metrics: Metrics): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      const began = performance.now();
      return {
        async didResolveOperation({ source, contextValue }) {
          if (source.includes('maxAgeSeconds')) contextValue.expectAges();
        },
        async willSendResponse({ request, response, contextValue, operationName, queryHash }) {
          contextValue.end();
          const errors = response.body.kind === 'single' ? (response.body.singleResult.errors ?? []) : [];
          const data = response.body.kind === 'single' ? response.body.singleResult.data : undefined;
          const outcome = outcomeOf(errors.length, data);
          const seconds = (performance.now() - began) / 1000;
          metrics.operation(outcome, seconds);
          const sources = contextValue.trace.summary();
          if (request.http?.headers.get('x-enrichment-trace') === '1' && response.body.kind === 'single')
            response.body.singleResult.extensions = { ...response.body.singleResult.extensions, enrichment: sources };
          contextValue.gateway.log.info(
            {
              requestId: contextValue.requestId,
              caller: contextValue.caller.name,
              operation: operationName,
              hash: queryHash,
              outcome,
              milliseconds: Math.round(seconds * 1000),
              ...Object.fromEntries(sources.map(({ source, calls }) => [`${source.toLowerCase()}Calls`, calls])),
            },
            'operation',
          );
        },
      };
    },
  };
}

function outcomeOf(errors: number, data: unknown): OperationOutcome {
  if (errors === 0) return 'ok';
  if (data === undefined) return 'refused';
  return data === null ? 'failed' : 'partial';
}
