/** Records of reputation lists, by any criterion. */
import { type GraphQLSchema, isInputType } from 'graphql';
import { z } from 'zod';
import { defangText } from '../../clients/safe-text.ts';
import { answerShape } from '../../graphql/answer-shape.ts';
import type { PageInfo, ReputationRecord } from '../../graphql/generated.ts';
import { jsonSchemaOf } from '../../graphql/input-shape.ts';
import { argumentsOf, page, tlp } from '../doors/arguments.ts';
import { openDoor } from '../doors/door.ts';
import { untrusted, whoseTexts } from './untrusted.ts';

const fields = `
  nodes {
    recordId value state confidence firstSeen lastSeen updatedAt
    list { shortName name confidence } reputationType { shortName }
  }
  pageInfo { hasNextPage endCursor }`;

interface RecordsPage {
  readonly nodes: readonly Pick<ReputationRecord, 'value' | 'state' | 'confidence' | 'lastSeen' | 'list'>[];
  readonly pageInfo: PageInfo;
}

function filterOf(schema: GraphQLSchema) {
  const type = schema.getType('ReputationFilter');
  if (!isInputType(type)) throw new Error('the schema has no filter of records');
  return z.looseObject({}, { error: 'filter: send an object with criteria.' }).meta(jsonSchemaOf(type));
}

export const recordsDoor = (schema: GraphQLSchema) =>
  openDoor({
    operation: `query SearchReputationRecords($filter: ReputationFilter, $first: Int, $after: String) {
      reputationRecords(filter: $filter, first: $first, after: $after) { ${fields} }
    }`,
    given: argumentsOf({ filter: filterOf(schema), ...page(1_000), tlp }),
    answer: answerShape(schema, 'ReputationRecordConnection', fields),
    shape: ({ reputationRecords }: { readonly reputationRecords: RecordsPage }) => reputationRecords,
  });

export const recordsText = ({ nodes, pageInfo }: RecordsPage): string =>
  [
    `${nodes.length} records on this page. ${whoseTexts}`,
    untrusted(
      nodes.map(
        ({ value, state, list, lastSeen, confidence }) =>
          `${defangText(value)} on "${list.name}" (${list.shortName}), ${state}, confidence ${confidence ?? list.confidence ?? 'unknown'}, last seen ${lastSeen ?? 'unknown'}`,
      ),
    ),
    ...nextPage(pageInfo),
    'A record says that a list holds the value; lookup_indicators says what that is worth. A missing record is not proof of harmless: only lists that the gateway may read are searched.',
  ].join('\n');

export const nextPage = ({ hasNextPage, endCursor }: PageInfo): readonly string[] =>
  hasNextPage ? [`There are more: call again with the same arguments and after=${JSON.stringify(endCursor)}.`] : [];
