/** Federation: a router sends an indicator's key that another subgraph returned, and asks for the rest of its fields. */
import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { indicatorFromId, parseIndicator } from '../domain/indicator/indicator.ts';
import { type Indicator, indicatorTypes } from '../domain/indicator/model.ts';
import { type Costs, free } from '../sources/field-cost.ts';
import type { Context } from './context.ts';
import { badInput } from './error-codes.ts';

interface Entity extends Indicator {
  readonly __typename: 'Indicator';
}

/** The two `@key`s of `type Indicator`. A router may send further fields. */
const byId = z.object({ __typename: z.literal('Indicator'), id: z.string() });
const byValue = z.object({ __typename: z.literal('Indicator'), value: z.string(), type: z.enum(indicatorTypes) });

const expected =
  'A representation has __typename "Indicator" and a key of it: its id, or its value and type. Another graph may take both from here.';

function readRepresentation(representation: unknown): Indicator | GraphQLError {
  const { data: idKey } = byId.safeParse(representation);
  if (idKey !== undefined) return indicatorFromId(idKey.id) ?? badInput(expected, 'representations');
  const { data: valueKey } = byValue.safeParse(representation);
  if (valueKey === undefined) return badInput(expected, 'representations');
  const { indicator, problem } = parseIndicator(valueKey.value, valueKey.type);
  return indicator ?? badInput(problem, 'representations');
}

export const entityCosts: Costs = {
  Query: { _entities: (field, meter) => meter.name(field, field.argument('representations')), _service: free },
};

/**
 * An invalid representation fails none of the others. The fields below are batched like those of `indicators`, and the
 * limits count representations as values.
 */
export const entityResolvers = {
  Query: {
    _entities(_: unknown, { representations }: { representations: readonly unknown[] }, context: Context) {
      const found = representations.map(readRepresentation);
      return found.map((indicator): Entity | GraphQLError => {
        if (indicator instanceof Error) return indicator;
        context.name(indicator, undefined);
        return { ...indicator, __typename: 'Indicator' };
      });
    },
  },
};
