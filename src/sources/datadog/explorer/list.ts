/** `GET …/ioc-explorer` (Datadog's documentation, "List indicators of compromise"): one page of rows. Never cached. */
import type { GraphQLError } from 'graphql';
import type { SourcePermissions } from '../../../auth/scopes.ts';
import { indicatorKey } from '../../../domain/indicator/indicator.ts';
import type { CoverageLimit } from '../../../domain/source-report.ts';
import type { QueryThreatIndicatorsArgs } from '../../../graphql/generated.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Upstream, UpstreamResponse } from '../../../http-client/upstream.ts';
import type { ChangedValues } from '../../changed-values.ts';
import type { Credential } from '../../credential.ts';
import type { SourceDependencies } from '../../dependencies.ts';
import type { LearntFact } from '../../lookup-source.ts';
import type { Operation } from '../../source.ts';
import { callTraced } from '../../traced-call.ts';
import { withheldText } from '../../withheld.ts';
import { label, listOperation, listPath, type ThreatRequest } from '../client.ts';
import type { LookupOfThreats } from '../facts.ts';
import type { ThreatFact } from '../mapping.ts';
import { hiddenError, showsPersonal } from '../personal.ts';
import { type ListRequest, queryProblem, readListRequest } from './list-request.ts';
import { encodePosition, hashOf, seenIn, withSeen } from './page-cursor.ts';
import { type MappedRow, mapRow, type ThreatRow } from './rows.ts';
import { type ListAnswer, readList } from './wire.ts';

interface ThreatConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: ThreatRow }[];
  readonly nodes: readonly ThreatRow[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
  readonly limits: readonly CoverageLimit[];
}

/** Rejects with BAD_USER_INPUT that names the argument, or with UpstreamError. */
export type LoadList = (given: QueryThreatIndicatorsArgs) => Promise<ThreatConnection>;

export interface ListOptions {
  readonly upstream: Upstream;
  readonly credential: Credential | UpstreamError;
  readonly operation: Operation;
  readonly dependencies: Pick<SourceDependencies, 'clock' | 'metrics'>;
  readonly permissions: SourcePermissions;
  readonly lookups: Pick<LookupOfThreats, 'learn' | 'refused'>;
  readonly changed: ChangedValues;
}

/** Fields with equal arguments share a call. */
export function openList(options: ListOptions): LoadList {
  const { credential, operation } = options;
  const pages = new Map<string, Promise<ThreatConnection>>();
  return async given => {
    operation.reduceMaxAge(0);
    if (credential instanceof UpstreamError) {
      readListRequest(given, ''); // wrong arguments are reported first, whatever the credential
      throw credential;
    }
    if (given.filter?.workedBy != null && !showsPersonal(options.permissions)) throw hiddenError('who triaged it');
    const request = readListRequest(given, credential.partition);
    const withheld = withheldText(label, given.filter?.query == null ? [] : [given.filter.query], operation);
    if (withheld !== undefined) throw withheld;
    const key = JSON.stringify([request.key.identity, request.first, given.after ?? null]);
    const page = pages.get(key) ?? loadPage(request, credential, options);
    pages.set(key, page);
    return page;
  };
}

async function loadPage(request: ListRequest, credential: Credential, options: ListOptions): Promise<ThreatConnection> {
  const { operation, lookups } = options;
  const { answer, rows, heard } = await readPage(request, credential, options);
  operation.countRows(rows.length);
  await lookups.learn(learntOf(rows, request, heard));
  return connectionOf(rows, answer, request);
}

/** Once more where a row was changed by a write meanwhile: it may have been answered before that. */
async function readPage(request: ListRequest, credential: Credential, options: ListOptions, isAgain = false) {
  const { clock } = options.dependencies;
  const startedAt = clock.monotonic();
  const response = await ask(request, credential, options).catch((problem: unknown) => {
    if (problem instanceof UpstreamError && problem.kind === 'DENIED') options.lookups.refused(problem);
    throw problem;
  });
  const answer = readAnswer(response, request, options);
  const rows = answer.rows.slice(0, request.first).map(row => mapRow(row, request.ocsf));
  const isOutdated = rows.some(
    ({ row: { indicator } }) => indicator !== null && options.changed.changedAt(indicator) >= startedAt,
  );
  if (isOutdated && !isAgain) return readPage(request, credential, options, true);
  return { answer, rows, heard: { startedAt, heardAt: clock.monotonic(), fetchedAt: clock.wall() } };
}

function ask(
  { query, first, position }: ListRequest,
  credential: Credential,
  { upstream, operation }: ListOptions,
): Promise<UpstreamResponse> {
  const { signal, deadlineAt, caller, isSmall, trace } = operation;
  const { offset = 0 } = position ?? {};
  const place: [string, string][] = [
    ['limit', String(first)],
    ...(offset > 0 ? [['offset', String(offset)] as [string, string]] : []),
  ];
  const prepare = () => ({
    method: 'GET' as const,
    path: listPath,
    query: [...place, ...query],
    operation: listOperation,
    values: 0,
  });
  const parts = { signal, deadlineAt: () => deadlineAt, caller, isSmall, trace };
  // `prepare` always returns a request, so there is a response.
  return callTraced(upstream, 'DATADOG', credential, prepare, parts) as Promise<UpstreamResponse>;
}

/** A 400 is accepted by `classifyAnswer`, so that what it says of the query can be read. */
function readAnswer(answer: UpstreamResponse, { query }: ListRequest, { dependencies }: ListOptions): ListAnswer {
  if (answer.status === 400) throw refusalOf(answer.body, query.find(([name]) => name === 'query')?.[1]);
  const read = readList(answer.body, field => dependencies.metrics.upstreamFieldUnreadable('DATADOG', field));
  if ('error' in read)
    throw new UpstreamError('DATADOG', 'MALFORMED', 'Datadog answered in a shape that is not documented.', {
      cause: read.error,
    });
  return read;
}

function refusalOf(body: unknown, query: string | undefined): GraphQLError | UpstreamError {
  const detail = JSON.stringify(body);
  if (query !== undefined && /query/i.test(detail)) return queryProblem(query, detail);
  return new UpstreamError('DATADOG', 'REJECTED', 'Datadog does not accept this filter or order.', { httpStatus: 400 });
}

/** None of an indicator that two rows are about: nobody knows which of them is right. */
function learntOf(
  rows: readonly MappedRow[],
  { ocsf }: ListRequest,
  heard: Pick<LearntFact<unknown, unknown, unknown>, 'startedAt' | 'heardAt' | 'fetchedAt'>,
): readonly LearntFact<ThreatRequest['variant'], ThreatRequest['need'], ThreatFact>[] {
  const request: ThreatRequest = { variant: ocsf, need: { of: 'ROW', history: [] } };
  const keys = rows.flatMap(({ row: { indicator } }) => (indicator === null ? [] : [indicatorKey(indicator)]));
  const counts = Map.groupBy(keys, key => key);
  return rows.flatMap(({ row: { indicator }, fact }) =>
    indicator !== null && fact !== undefined && counts.get(indicatorKey(indicator))?.length === 1
      ? [{ indicator, request, fact, ...heard }]
      : [],
  );
}

/**
 * `paging.offset` is documented as that of this page and recorded as that of the next one, so it is not read. What came with
 * the page before does not come again.
 */
function connectionOf(
  rows: readonly MappedRow[],
  { count, isPartial, rows: read }: ListAnswer,
  { position, first, key }: ListRequest,
): ThreatConnection {
  const { offset = 0, seen = '' } = position ?? {};
  const before = seenIn(seen);
  const hashes = rows.map(({ identity }) => hashOf(identity, key));
  const isNew = hashes.map(one => !before.has(one));
  const end = offset + rows.length;
  const cursorAt = (length: number): string =>
    encodePosition({ offset: offset + length, count, seen: withSeen(seen, hashes.slice(0, length)) }, key);
  const edges = rows.flatMap(({ row }, index) =>
    isNew[index] ? [{ cursor: cursorAt(isNew.includes(true, index + 1) ? index + 1 : rows.length), node: row }] : [],
  );
  const isEnd = rows.length === 0;
  const hasNextPage = !isEnd && (count === null ? rows.length >= first : end < count);
  const hasMoved = isNew.includes(false) || (position !== undefined && position.count !== count);
  const isTruncated = isPartial || read.some(({ isIncomplete }) => isIncomplete) || (isEnd && end < (count ?? 0));
  const limits: readonly (readonly [CoverageLimit, boolean])[] = [
    ['TRUNCATED', isTruncated],
    ['ROWS_MOVED', hasMoved],
  ];
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage: position !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: isEnd ? null : cursorAt(rows.length),
    },
    totalCount: count,
    limits: limits.flatMap(([limit, applies]) => (applies ? [limit] : [])),
  };
}
