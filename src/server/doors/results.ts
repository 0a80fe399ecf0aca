/** The shape of an answer about indicators, in the words of the GraphQL schema. */
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { answerShape } from '../../graphql/answer-shape.ts';
import type { Indicator, SourceReport, Verdict } from '../../graphql/generated.ts';

const fields = {
  identity: 'value type defanged',
  verdict: 'level summary missing conflicting reasons { source rule effect detail } policyVersion',
  source: 'source status limits servedFrom fetchedAt retryAfterSeconds',
};

/** What `resultOf` reads of an Indicator. */
export const foundFields = `${fields.identity} verdict { ${fields.verdict} } sources { ${fields.source} }`;

type IndicatorIdentity = Pick<Indicator, 'value' | 'type' | 'defanged'>;
type Joined = {
  readonly verdict: Pick<Verdict, 'level' | 'summary' | 'missing' | 'conflicting' | 'reasons' | 'policyVersion'>;
  readonly sources: readonly Pick<
    SourceReport,
    'source' | 'status' | 'limits' | 'servedFrom' | 'fetchedAt' | 'retryAfterSeconds'
  >[];
};

export type FoundIndicator = IndicatorIdentity & Joined;

/** `problem`: why the input could not be used; then `indicator` and `verdict` are null, and nothing was asked. */
export interface Result {
  readonly input: string;
  readonly problem: string | null;
  readonly indicator: IndicatorIdentity | null;
  readonly verdict: Joined['verdict'] | null;
  readonly sources: Joined['sources'];
}

export interface Results {
  readonly results: readonly Result[];
}

export function resultOf(input: string, problem: string | null, found: FoundIndicator | null): Result {
  if (found === null) return { input, problem, indicator: null, verdict: null, sources: [] };
  const { verdict, sources, ...indicator } = found;
  return { input, problem, indicator, verdict, sources };
}

export const resultsShape = (schema: GraphQLSchema) =>
  z.object({
    results: z.array(
      z.object({
        input: z.string().describe('The value as it was sent; of what was found in a text, its canonical spelling.'),
        problem: z.string().nullable().describe('Why the input could not be used. Nothing was asked.'),
        indicator: answerShape(schema, 'Indicator', fields.identity).nullable(),
        verdict: answerShape(schema, 'Verdict', fields.verdict).nullable(),
        sources: z.array(answerShape(schema, 'SourceReport', fields.source)),
      }),
    ),
  });
