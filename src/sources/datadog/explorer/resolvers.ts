/** The fields of the schema that the list answers, and what each costs. */

import { cut } from '../../../graphql/echo.ts';
import type { Resolvers } from '../../../graphql/generated.ts';
import { type Costs, free } from '../../field-cost.ts';
import { personal } from '../personal.ts';
import { pageSizes } from './list-request.ts';
import { maxWrites } from './triage.ts';

export const explorerResolvers: Resolvers = {
  Query: {
    threatIndicators: async (_, given, context) => {
      const page = await context.sources.DATADOG.list(given);
      for (const { indicator } of page.nodes) if (indicator !== null) context.name(indicator, undefined);
      return page;
    },
  },
  Mutation: {
    setTriageState: async (_, { values, state }, context) => {
      const { audit } = context.gateway;
      const { caller, requestId } = context;
      const results = await context.sources.DATADOG.setTriageState(values, state, ({ indicator, status }) => {
        context.name(indicator, undefined);
        audit.write({
          requestId,
          caller: caller.name,
          write: 'setTriageState',
          state,
          indicator: indicator.value,
          status,
        });
      });
      return results.map(result => ({ ...result, input: cut(result.input) }));
    },
  },
  Indicator: {
    links: (indicator, _, { sources: { DATADOG } }) => DATADOG.links(indicator),
  },
  ThreatIndicator: {
    triagedBy: ({ triagedBy }, _, { sources: { DATADOG } }) => personal(triagedBy, 'who triaged it', DATADOG),
    otherFields: ({ otherFields }, _, { sources: { DATADOG } }) => personal(otherFields, 'otherFields', DATADOG),
  },
};

export const explorerCosts: Costs = {
  Query: {
    threatIndicators(field, meter) {
      meter.callAlone();
      const variant = Object(field.argument('filter')).ocsf ?? undefined;
      meter.leadToRows(field, pageSize(field.argument('first')), [['nodes'], ['edges', 'node']], ['DATADOG', variant]);
    },
  },
  Mutation: {
    setTriageState(field, meter) {
      meter.nameWritten(field, field.argument('values'), ['indicator'], maxWrites);
    },
  },
  Indicator: { links: free },
  ThreatIndicator: { triagedBy: free, otherFields: free },
};

const pageSize = (first: unknown): number =>
  typeof first === 'number' && first > 0 ? Math.min(first, pageSizes.most) : pageSizes.default;
