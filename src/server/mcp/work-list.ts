/** What matched the organisation's own logs and nobody has reviewed; and to say that somebody has. */
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { defangText } from '../../clients/safe-text.ts';
import { answerShape } from '../../graphql/answer-shape.ts';
import type { ThreatIndicator, ThreatIndicatorConnection, TriageResult } from '../../graphql/generated.ts';
import { argumentsOf, page, tlp, values } from '../doors/arguments.ts';
import { openDoor } from '../doors/door.ts';
import { nextPage } from './records.ts';
import { untrusted, whoseTexts } from './untrusted.ts';

const pageFields = `
  nodes { value score indicatorType categories signalMatches logMatches firstSeen lastSeen }
  pageInfo { hasNextPage endCursor } totalCount limits`;

interface UnreviewedPage extends Pick<ThreatIndicatorConnection, 'pageInfo' | 'totalCount' | 'limits'> {
  readonly nodes: readonly Pick<ThreatIndicator, 'value' | 'score' | 'signalMatches' | 'logMatches' | 'lastSeen'>[];
}

export const unreviewedDoor = (schema: GraphQLSchema) =>
  openDoor({
    operation: `query ListUnreviewedIndicators($first: Int, $after: String) {
      threatIndicators(filter: { triageState: NOT_REVIEWED }, first: $first, after: $after) { ${pageFields} }
    }`,
    given: argumentsOf(page(100)),
    answer: answerShape(schema, 'ThreatIndicatorConnection', pageFields),
    shape: ({ threatIndicators }: { readonly threatIndicators: UnreviewedPage }) => threatIndicators,
  });

const orUnknown = (value: unknown): string => String(value ?? 'unknown');

export const unreviewedText = ({ nodes, totalCount, pageInfo, limits }: UnreviewedPage): string =>
  [
    `${nodes.length} of ${orUnknown(totalCount)} that nobody has reviewed, worst first. ${whoseTexts}`,
    untrusted(
      nodes.map(
        ({ value, score, signalMatches, logMatches, lastSeen }) =>
          `${defangText(orUnknown(value))}: score ${orUnknown(score)}, ${orUnknown(signalMatches)} signals, ${orUnknown(logMatches)} log matches, last seen ${orUnknown(lastSeen)}`,
      ),
    ),
    ...(limits.length > 0 ? [`What this page cannot tell: ${limits.join(', ')}.`] : []),
    ...nextPage(pageInfo),
    'These matched your own logs within 30 days. A score is no verdict: ask lookup_indicators. What is not listed here is not proof of harmless.',
  ].join('\n');

const resultFields = 'input problem indicator { value type defanged } status detail event { state at }';

interface Triaged {
  readonly results: readonly Pick<TriageResult, 'input' | 'problem' | 'indicator' | 'status' | 'detail'>[];
}

export const triageDoor = (schema: GraphQLSchema, maxValues: number) =>
  openDoor({
    operation: `mutation SetTriageState($values: [String!]!, $state: TriageStateFilter!) {
      setTriageState(values: $values, state: $state) { ${resultFields} }
    }`,
    given: argumentsOf({
      ...{ values, tlp },
      state: z.enum(['REVIEWED', 'NOT_REVIEWED'], { error: 'state: send REVIEWED or NOT_REVIEWED.' }),
    }),
    maxValues,
    answer: z.object({ results: z.array(answerShape(schema, 'TriageResult', resultFields)) }),
    shape: ({ setTriageState: results }: { readonly setTriageState: Triaged['results'] }): Triaged => ({ results }),
  });

export const triagedText = ({ results }: Triaged): string =>
  [
    `${results.filter(({ status }) => status === 'MATCHED').length} of ${results.length} recorded. ${whoseTexts}`,
    untrusted(
      results.map(({ input, indicator, status, problem, detail }) => {
        const became = status === 'MATCHED' ? 'recorded' : status;
        return [indicator?.defanged ?? input.slice(0, 100), became, problem ?? detail].filter(Boolean).join(': ');
      }),
    ),
    'TIMED_OUT: it may have been recorded; look before you send it again. NOT_QUERIED: never sent. That somebody has looked is not proof of harmless.',
  ].join('\n');
