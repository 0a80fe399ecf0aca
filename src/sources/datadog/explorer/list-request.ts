/** The arguments of `threatIndicators`, checked, as Datadog's parameters. Pure. */
import { badInput } from '../../../graphql/error-codes.ts';
import type { QueryThreatIndicatorsArgs, ThreatIndicatorOrderField } from '../../../graphql/generated.ts';
import type { CursorKey } from '../../signed-cursor.ts';
import { decodePosition, type PagePosition } from './page-cursor.ts';

export interface ListRequest {
  /** Without the place of the page. */
  readonly query: readonly (readonly [string, string])[];
  readonly ocsf: boolean | undefined;
  readonly first: number;
  /** Of `after`; undefined: the first page. */
  readonly position: PagePosition | undefined;
  readonly key: CursorKey;
}

const columns: Readonly<Record<ThreatIndicatorOrderField, string>> = {
  SCORE: 'score',
  FIRST_SEEN: 'first_seen_ts_epoch',
  LAST_SEEN: 'last_seen_ts_epoch',
  INDICATOR: 'indicator',
  INDICATOR_TYPE: 'indicator_type',
  SIGNAL_COUNT: 'signal_count',
  LOG_COUNT: 'log_count',
  CATEGORY: 'category',
  AS_TYPE: 'as_type',
};

/** It is sent in an address. */
const longestText = 2_048;

export const pageSizes = { default: 25, most: 100 } as const;

/** `partition` empty: there is no credential, so that no cursor can be read. Throws BAD_USER_INPUT. */
export function readListRequest(given: QueryThreatIndicatorsArgs, partition: string): ListRequest {
  const first = given.first ?? pageSizes.default;
  if (first < 1 || first > pageSizes.most) throw badInput(`first lies between 1 and ${pageSizes.most}.`, 'first');
  const { query, triageState, workedBy, ocsf } = given.filter ?? {};
  for (const [name, text] of Object.entries({ query, workedBy }))
    if (text?.trim() === '' || (text?.length ?? 0) > longestText)
      throw badInput(
        `filter.${name} has 1 to ${longestText} characters: leave it out where it should not filter.`,
        `filter.${name}`,
      );
  const { field = 'SCORE', direction } = given.orderBy ?? {};
  const parameters = Object.entries({
    query,
    'sort[column]': columns[field],
    'sort[order]': direction === 'ASC' ? 'asc' : 'desc',
    ocsf: ocsf == null ? undefined : String(ocsf),
    worked_by: workedBy,
    triage_state: triageState?.toLowerCase(),
  }).flatMap(([name, value]) => (value == null ? [] : [[name, value] as const]));
  const key = { partition, identity: JSON.stringify(parameters) };
  const position = given.after == null || partition === '' ? undefined : readPosition(given.after, key);
  return { query: parameters, ocsf: ocsf ?? undefined, first, position, key };
}

function readPosition(after: string, key: CursorKey): PagePosition {
  const position = decodePosition(after, key);
  if (position === 'of another query')
    throw badInput('after belongs to another filter or orderBy: give it back with those of its page.', 'after');
  if (position === 'invalid')
    throw badInput(
      'after is no cursor that this gateway made for these keys: give endCursor back as it came.',
      'after',
    );
  return position;
}

/** What Datadog calls a syntax error of `query`, with the place but without its words. */
export function queryProblem(query: string, detail: string) {
  const [, line, character] = /\bline (\d+)\D{1,40}?(\d+)/i.exec(detail) ?? [];
  const place = line === undefined ? '' : ` at line ${line}, character ${character}`;
  const problem = badInput(
    `Datadog cannot read filter.query${place}: ${JSON.stringify(query.slice(0, 200))}.`,
    'filter.query',
  );
  Object.assign(problem.extensions, {
    source: 'DATADOG',
    ...(line !== undefined && { line: Number(line), character: Number(character) }),
  });
  return problem;
}
