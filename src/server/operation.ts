/** What happens around every operation, whatever it asks: ages, limits, what the caller wants told, the end. */
import { type ApolloServerPlugin, type GraphQLRequestContextWillSendResponse, HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { RateLimit } from '../access/rate-limit.ts';
import type { Context } from '../graphql/context.ts';
import type { Measure } from '../graphql/cost.ts';
import { bugIn } from '../graphql/errors.ts';
import { createLimitsPlugin } from '../graphql/limits-plugin.ts';
import type { Log } from '../observability/log.ts';
import type { OperationOutcome } from '../observability/metrics.ts';
import type { Told, Visits } from './visits.ts';

export interface OperationOptions {
  readonly visits: Visits;
  readonly rateLimit: RateLimit;
  readonly maxValues: number;
  readonly log: Log;
}

export function operationPlugins({ visits, rateLimit, maxValues, log }: OperationOptions) {
  const limits = createLimitsPlugin<Context>({
    maxValues,
    onMeasured(measure, context) {
      const { told } = visits.ofContext(context);
      told.measure = measure;
      charge(rateLimit, context.operation.caller, measure);
      told.isExecuted = true;
    },
    onRefused(measure, context) {
      visits.ofContext(context).told.measure = measure;
    },
  });
  return [limits, tellingPlugin(visits, log)];
}

/** Before anything is asked. The caller comes back when told and is let in. */
function charge(rateLimit: RateLimit, caller: string, { points }: Measure): void {
  const taken = rateLimit.take(caller, points);
  if (taken.allowed) return;
  const { retryAfterSeconds } = taken;
  const headers = new HeaderMap([['retry-after', String(retryAfterSeconds)]]);
  throw new GraphQLError(`Too many indicators in a minute: come back in ${retryAfterSeconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429, headers } },
  });
}

function tellingPlugin(visits: Visits, log: Log): ApolloServerPlugin<Context> {
  const logBugs = (errors: readonly unknown[], requestId: string | undefined) => {
    for (const bug of errors.map(bugIn))
      if (bug) log.error({ requestId, ...bug }, 'A bug: an error that is not on the list');
  };
  return {
    async contextCreationDidFail({ error }) {
      logBugs([error], undefined);
    },
    async unexpectedErrorProcessingRequest({ error, requestContext }) {
      logBugs([error], requestContext.contextValue.requestId);
    },
    async requestDidStart({ contextValue }) {
      const { told } = visits.ofContext(contextValue);
      return {
        async didResolveSource({ queryHash }) {
          told.operationHash = queryHash;
        },
        async didResolveOperation({ source, operationName }) {
          told.operationName = operationName;
          if (source.includes('maxAgeSeconds')) contextValue.expectAges();
        },
        async didEncounterErrors({ errors }) {
          logBugs(errors, contextValue.requestId);
        },
        async willSendResponse(requestContext) {
          contextValue.end();
          finish(requestContext, told);
        },
      };
    },
  };
}

function finish({ request, response, contextValue }: GraphQLRequestContextWillSendResponse<Context>, told: Told): void {
  if (response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  const { errors = [], data } = singleResult;
  told.outcome = outcomeOf(errors.length, data);
  told.codes = [...new Set(errors.map(({ extensions }) => String(extensions?.code)))];
  const wants = (header: string) => request.http?.headers.get(header) === '1';
  const extensions = {
    ...(wants('x-enrichment-trace') && { enrichment: contextValue.trace.summary() }),
    ...(wants('x-enrichment-estimate') && told.measure && { estimate: estimateOf(told.measure) }),
  };
  if (Object.keys(extensions).length > 0) singleResult.extensions = { ...singleResult.extensions, ...extensions };
}

/** What the operation could cost with nothing cached, and what it is charged. */
const estimateOf = ({ calls, points }: Measure) => ({ upstreamCalls: calls, indicators: points });

function outcomeOf(errors: number, data: unknown): OperationOutcome {
  if (errors === 0) return 'ok';
  if (data === undefined) return 'refused';
  return data === null ? 'failed' : 'partial';
}
