/** Federation's way in: other subgraphs hold an indicator's key, and a router asks for the rest of it here. */
import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { type Indicator, indicatorFromId, indicatorTypes, parseIndicator } from '../domain/indicator/indicator.ts';
import { type Costs, free } from '../sources/field-cost.ts';
import type { Context } from './context.ts';
import { badInput } from './errors.ts';

interface Entity extends Indicator {
  readonly __typename: 'Indicator';
}

/** Both keys of `type Indicator` in `schema.graphql`. A router may send more fields than those of one key. */
const byId = z.object({ __typename: z.literal('Indicator'), id: z.string() });
const byValue = z.object({ __typename: z.literal('Indicator'), value: z.string(), type: z.enum(indicatorTypes) });

const expected =
  'A representation has __typename "Indicator" and a key of it: its id, or its value and type. Another graph may take both from here.';

function read(representation: unknown): Indicator | GraphQLError {
  const { data: named } = byId.safeParse(representation);
  if (named !== undefined) return indicatorFromId(named.id) ?? badInput(expected, 'representations');
  const { data: spelt } = byValue.safeParse(representation);
  if (spelt === undefined) return badInput(expected, 'representations');
  const { indicator, problem } = parseIndicator(spelt.value, spelt.type);
  return indicator ?? badInput(problem, 'representations');
}

export const entityCosts: Costs = {
  Query: { _entities: (field, meter) => meter.name(field, field.argument('representations')), _service: free },
};

/**
 * In place of the library's own, which answers a representation of an unknown kind with the failure of all. Naming costs
 * nothing, and the fields below are batched as those of `indicators` are; the limits count `_entities` as values.
 */
export const entityResolvers = {
  Query: {
    _entities(_: unknown, { representations }: { representations: readonly unknown[] }, context: Context) {
      const found = representations.map(read);
      return found.map((indicator): Entity | GraphQLError => {
        if (indicator instanceof Error) return indicator;
        context.name(indicator, undefined);
        return { ...indicator, __typename: 'Indicator' };
      });
    },
  },
};
