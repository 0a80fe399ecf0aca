/** What is asked most: known indicators, and a text. */
import { z } from 'zod';
import { argumentsOf, maxAgeSeconds, text, tlp, values } from './arguments.ts';
import { openDoor } from './door.ts';
import { foundFields, resultOf, type Shapes } from './shapes.ts';

/** `maxValues`: where fewer than MAX_VALUES are taken at once. */
export const lookupDoor = ({ found, results }: Shapes, maxValues?: number) =>
  openDoor({
    operation: `query Lookup($values: [String!]!, $maxAgeSeconds: Int) {
      lookup(values: $values, maxAgeSeconds: $maxAgeSeconds) { input problem indicator { ${foundFields} } }
    }`,
    given: argumentsOf({ values, maxAgeSeconds, tlp }),
    ...(maxValues !== undefined && { maxValues }),
    variablesOf: ({ values, maxAgeSeconds }) => ({ values, maxAgeSeconds }),
    data: z.object({
      lookup: z.array(z.object({ input: z.string(), problem: z.string().nullable(), indicator: found.nullable() })),
    }),
    answer: results,
    shape: ({ lookup }) => ({ results: lookup.map(resultOf) }),
  });

/** Each indicator once: a text repeats them, and its answer is not to grow with that. */
export const extractDoor = ({ found, results }: Shapes) =>
  openDoor({
    operation: `query Extract($text: String!) { extractIndicators(text: $text) { ${foundFields} } }`,
    given: argumentsOf({ text, tlp }),
    variablesOf: ({ text }) => ({ text }),
    data: z.object({ extractIndicators: z.array(found) }),
    answer: results,
    shape: ({ extractIndicators }) => ({
      results: extractIndicators.map(indicator => resultOf({ input: indicator.value, problem: null, indicator })),
    }),
  });
