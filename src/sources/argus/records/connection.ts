/** Pages of records by any filter. Never cached: a cached page next to one from Argus would lose or repeat records. */

import DataLoader from 'dataloader';
import type { Clock } from '../../../clock.ts';
import { badInput, deadlineExceeded } from '../../../graphql/error-codes.ts';
import type { QueryReputationRecordsArgs, ResolversParentTypes } from '../../../graphql/generated.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import { createSlices, eachInSlices, type Slices } from '../../../slices.ts';
import type { Credential } from '../../credential.ts';
import type { CursorKey } from '../../signed-cursor.ts';
import type { Operation } from '../../source.ts';
import { withheldText } from '../../withheld.ts';
import type { SearchCriteria } from '../client.ts';
import { createFurtherCalls, type FurtherCalls } from '../further-calls.ts';
import type { MappedRecord } from '../mapping.ts';
import type { Page } from '../page.ts';
import { withProperties } from '../property-retries.ts';
import { verdictSource } from '../search/records-report.ts';
import { asArgumentError } from './argument-errors.ts';
import { type CursorContent, decodeCursor, encodeCursor } from './cursor.ts';
import { type RecordFilter, readFilter, sortOf, timeSpanTerms } from './filter.ts';
import { type PageRecords, type PageRows, type ReadRows, readPage } from './page-reader.ts';
import { callOf, type RecordDependencies } from './single-records.ts';

type RecordConnection = ResolversParentTypes['ReputationRecordConnection'];

/** `properties` sorted. Rejects with BAD_USER_INPUT that names the argument, or with UpstreamError. */
export type LoadConnection = (
  given: QueryReputationRecordsArgs,
  properties: readonly string[],
) => Promise<RecordConnection>;

export const pageSizes = { default: 25, max: 1000 } as const;
/** After so many delivered records, further pages are sent with the priority "bulk". */
const bulkAfterRecords = 1000;

/** What defines one page, checked before anything is sent. */
interface PagePlan {
  readonly filter: RecordFilter;
  readonly sortBy: readonly string[];
  readonly first: number;
  /** Of `after`; undefined: the first page. */
  readonly resumeAt: CursorContent | undefined;
  readonly key: CursorKey;
}

interface PageContext extends RecordDependencies {
  readonly credential: Credential;
  readonly operation: Operation;
  /** Of all pages of the operation, beside the first call of each. */
  readonly further: FurtherCalls;
}

/** Fields that differ in the properties alone share a page. */
interface WantedPage {
  readonly plan: PagePlan;
  readonly pageKey: string;
  readonly properties: readonly string[];
}

export function openConnection(
  dependencies: RecordDependencies & { readonly clock: Clock },
  credential: Credential | UpstreamError,
  operation: Operation,
): LoadConnection {
  const now = dependencies.clock.wall;
  const further = createFurtherCalls();
  const loader = new DataLoader<WantedPage, RecordConnection, string>(
    async requests => {
      if (credential instanceof UpstreamError) return requests.map(() => credential);
      const wanted = new Map<string, Set<string>>();
      for (const { pageKey, properties } of requests)
        wanted.set(pageKey, new Set([...(wanted.get(pageKey) ?? []), ...properties]));
      const pages = new Map<string, Promise<RecordConnection>>();
      const load = ({ plan, pageKey }: WantedPage): Promise<RecordConnection> => {
        const names = [...(wanted.get(pageKey) ?? [])].sort();
        const page = pages.get(pageKey) ?? loadPage(plan, names, { ...dependencies, credential, operation, further });
        pages.set(pageKey, page);
        return page;
      };
      return Promise.all(requests.map(request => load(request).catch((problem: Error) => problem)));
    },
    { cacheKeyFn: ({ pageKey, properties }) => JSON.stringify([pageKey, properties]) },
  );
  return async (given, properties) => {
    operation.reduceMaxAge(0);
    if (credential instanceof UpstreamError) {
      planOf(given, '', now()); // wrong arguments are reported first, whatever the credential
      throw credential;
    }
    const plan = planOf(given, credential.partition, now());
    const withheld = withheldText(verdictSource, plan.filter.values, operation);
    if (withheld !== undefined) throw withheld;
    const pageKey = JSON.stringify([plan.key.identity, plan.first, given.after ?? null]);
    return loader.load({ plan, pageKey, properties });
  };
}

/** `partition` empty: there is no credential, so that no cursor can be read. */
function planOf(given: QueryReputationRecordsArgs, partition: string, now: number): PagePlan {
  const { orderBy, first, after } = given;
  const size = first ?? pageSizes.default;
  if (size < 1 || size > pageSizes.max) throw badInput(`first lies between 1 and ${pageSizes.max}.`, 'first');
  const sortBy = sortOf(orderBy);
  const filter = readFilter(given.filter ?? {}, now);
  const key = { partition, identity: JSON.stringify([filter.identity, sortBy]) };
  const resumeAt = after == null || partition === '' ? undefined : readCursor(after, key);
  return { filter, sortBy, first: size, resumeAt, key };
}

function readCursor(after: string, key: CursorKey): CursorContent {
  const content = decodeCursor(after, key);
  if (content === 'of another query')
    throw badInput('after belongs to another filter or orderBy: give it back with those of its page.', 'after');
  if (content === 'invalid')
    throw badInput('after is no cursor that this gateway made for this key: give endCursor back as it came.', 'after');
  return content;
}

async function loadPage(
  plan: PagePlan,
  properties: readonly string[],
  context: PageContext,
): Promise<RecordConnection> {
  const { resumeAt, filter, sortBy, first, key } = plan;
  const { terms } = filter;
  const span = resumeAt === undefined ? filter.span : resumeAt.span; // "-7d" means the same on all pages
  const readRows = rowsReader(plan, properties, context, timeSpanTerms(span));
  const { onUnreadable } = context;
  const slices = createSlices({ goOn: () => throwIfOver(context.operation) });
  const request = { sortBy, first, position: resumeAt?.position, terms, onUnreadable, slices };
  const page = await readPage(request, readRows).catch(problem => {
    throw asArgumentError(problem, terms);
  });
  const cursorOf = (position: CursorContent['position']) => encodeCursor({ position, span }, key);
  context.operation.countRows(page.records.length);
  return connectionOf(page, resumeAt !== undefined, cursorOf, slices);
}

function throwIfOver({ signal }: Operation): void {
  if (signal.aborted)
    throw deadlineExceeded(
      'The deadline of the operation passed while a page was read: ask for fewer pages, or fewer first.',
    );
}

/** Makes one call, with the properties that the credential may read; none where there were enough. */
function rowsReader(
  { filter, sortBy, resumeAt }: PagePlan,
  names: readonly string[],
  { client, properties: permissions, credential, operation, further }: PageContext,
  times: Pick<SearchCriteria, 'startTimestamp' | 'endTimestamp'>,
): ReadRows {
  const isBulk = resumeAt !== undefined && resumeAt.position.deliveredCount >= bulkAfterRecords;
  const options = { ...callOf(operation), isSmall: operation.isSmall && !isBulk };
  const send = async (rows: PageRows, properties: readonly string[]): Promise<Page> => {
    const includeProperties = properties.map(descriptor => ({ descriptor }));
    const criteria = {
      ...filter.terms,
      ...times,
      ...(properties.length > 0 && { includeProperties }),
      ...rows,
      sortBy,
    };
    const prepare = () => ({ criteria, values: filter.named.length });
    return (await client.search(prepare, credential, options, isBulk ? 'bulk' : 'standard')) as Page;
  };
  let isFirst = true;
  return async at => {
    const isFurther = !isFirst;
    isFirst = false;
    if (isFurther && !further.take()) return undefined;
    const { answer, properties } = await withProperties(
      { permissions, credential, further },
      names,
      (properties, isProbe) => send(isProbe ? { ...at, limit: 1 } : at, properties),
    );
    if (isFurther) further.sawPage(answer.rows.length);
    return { ...answer, refused: permissions.problemsOf(credential, names, properties) };
  };
}

async function connectionOf(
  { records, hasMore, totalCount }: PageRecords,
  hasPreviousPage: boolean,
  cursorOf: (position: CursorContent['position']) => string,
  slices: Slices,
): Promise<RecordConnection> {
  const edges: { readonly cursor: string; readonly node: MappedRecord }[] = [];
  const addEdge = ({ record, position }: PageRecords['records'][number]): void =>
    void edges.push({ cursor: cursorOf(position), node: record });
  await eachInSlices(records, addEdge, slices);
  return {
    edges,
    nodes: records.map(({ record }) => record),
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}
