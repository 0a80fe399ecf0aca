/** What is asked most: known indicators, and a text. */
import type { GraphQLSchema } from 'graphql';
import { argumentsOf, maxAgeSeconds, text, tlp, values } from './arguments.ts';
import { openDoor } from './door.ts';
import { type FoundIndicator, foundFields, type Results, resultOf, resultsShape } from './results.ts';

interface LookupAnswer {
  readonly lookup: readonly {
    readonly input: string;
    readonly problem: string | null;
    readonly indicator: FoundIndicator | null;
  }[];
}

/** `maxValues`: where fewer than MAX_VALUES are taken at once. */
export const lookupDoor = (schema: GraphQLSchema, maxValues?: number) =>
  openDoor({
    operation: `query Lookup($values: [String!]!, $maxAgeSeconds: Int) {
      lookup(values: $values, maxAgeSeconds: $maxAgeSeconds) { input problem indicator { ${foundFields} } }
    }`,
    given: argumentsOf({ values, maxAgeSeconds, tlp }),
    ...{ maxValues, answer: resultsShape(schema) },
    shape: ({ lookup }: LookupAnswer): Results => ({
      results: lookup.map(({ input, problem, indicator }) => resultOf(input, problem, indicator)),
    }),
  });

interface ExtractAnswer {
  readonly extractIndicators: readonly FoundIndicator[];
  readonly extract: readonly { readonly problem: string | null; readonly start: number; readonly length: number }[];
}

/**
 * Each indicator once: a text repeats them, and its answer is not to grow with that. Behind them what looks like one and is
 * none, each text once, with its problem.
 */
export const extractDoor = (schema: GraphQLSchema) =>
  openDoor({
    operation: `query Extract($text: String!) {
      extractIndicators(text: $text) { ${foundFields} }
      extract(text: $text) { problem start length }
    }`,
    given: argumentsOf({ text, tlp }),
    answer: resultsShape(schema),
    shape: ({ extractIndicators, extract }: ExtractAnswer, { text: sent = '' }): Results => ({
      results: [
        ...extractIndicators.map(found => resultOf(found.value, null, found)),
        ...[...problemsIn(sent, extract)].map(([input, problem]) => resultOf(input, problem, null)),
      ],
    }),
  });

/** What stands in the text → why it is no indicator. */
const problemsIn = (text: string, extract: ExtractAnswer['extract']): ReadonlyMap<string, string> =>
  new Map(
    extract.flatMap(({ problem, start, length }) =>
      problem === null ? [] : [[text.slice(start, start + length), problem]],
    ),
  );
