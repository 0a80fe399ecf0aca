/** Pages of records by any criteria. Always asked live: a page from memory beside one from Argus would lose records. */
import { badInput } from '../../../graphql/errors.ts';
import type { ReputationFilter, ReputationOrder } from '../../../graphql/generated.ts';
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { Operation } from '../../source.ts';
import type { Page, SearchCriteria } from '../client.ts';
import type { ArgusRecord } from '../mapping.ts';
import { withProperties } from '../search/property-permissions.ts';
import { type CursorKey, decodeCursor, encodeCursor } from './cursor.ts';
import type { CursorPosition } from './cursor-position.ts';
import { asArgumentError, type RecordFilter, readFilter, sortOf, timeSpanTerms } from './filter.ts';
import { type DeliveredRecord, type RecordRows, readPageAfter } from './page-reader.ts';
import { callOf, type RecordDependencies } from './single-records.ts';

/** The arguments of `reputationRecords`, and the properties selected below it, sorted. */
interface PageArguments {
  readonly filter?: ReputationFilter | null | undefined;
  readonly orderBy?: readonly ReputationOrder[] | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** The schema's `ReputationRecordConnection`. */
interface RecordConnection {
  readonly edges: readonly { readonly cursor: string; readonly node: ArgusRecord }[];
  readonly nodes: readonly ArgusRecord[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}

/** Rejects with BAD_USER_INPUT that names the argument, or with UpstreamError. */
export type LoadConnection = (ask: PageArguments, properties: readonly string[]) => Promise<RecordConnection>;

const largestPage = 1000;
/** Records after which a walk is no longer somebody waiting for an answer. */
const bulkFrom = 1000;

/** What one page is made of, checked before anything is asked. */
interface Plan {
  readonly wanted: RecordFilter;
  readonly sortBy: readonly string[];
  readonly first: number;
  readonly place: CursorPosition | undefined;
  readonly key: CursorKey;
}

export function openConnection(
  means: RecordDependencies & { readonly now: () => number },
  credential: Credential | UpstreamError,
  operation: Operation,
): LoadConnection {
  const asked = new Map<string, Promise<RecordConnection>>();
  return async (ask, properties) => {
    operation.lasts(0);
    if ('kind' in credential) {
      planOf(ask, '', means.now()); // what is wrong with the arguments is wrong with any key
      throw credential;
    }
    const plan = planOf(ask, credential.partition, means.now());
    const same = JSON.stringify([plan.key.identity, plan.first, ask.after ?? null, properties]);
    const page = asked.get(same) ?? readPage(plan, properties, { ...means, credential, operation });
    asked.set(same, page);
    return page;
  };
}

function planOf({ filter, orderBy, first, after }: PageArguments, partition: string, now: number): Plan {
  const size = first ?? 25;
  if (size < 1 || size > largestPage) throw badInput(`first lies between 1 and ${largestPage}.`, 'first');
  const sortBy = sortOf(orderBy);
  const wanted = readFilter(filter ?? {}, now);
  const key = { partition, identity: JSON.stringify([wanted.identity, sortBy]) };
  const place = after == null || partition === '' ? undefined : placeOf(after, key);
  return { wanted, sortBy, first: size, place, key };
}

function placeOf(after: string, key: CursorKey): CursorPosition {
  const place = decodeCursor(after, key);
  if (place === 'of another question')
    throw badInput('after belongs to another filter or orderBy: give it back with those of its page.', 'after');
  if (place === 'not ours')
    throw badInput('after is no cursor that this gateway made for this key: give endCursor back as it came.', 'after');
  return place;
}

interface PageMeans extends RecordDependencies {
  readonly credential: Credential;
  readonly operation: Operation;
}

async function readPage(plan: Plan, properties: readonly string[], means: PageMeans): Promise<RecordConnection> {
  const { place, wanted, sortBy, first, key } = plan;
  const span = place === undefined ? wanted.span : spanAt(place);
  const call = callerOf(plan, properties, means, timeSpanTerms(span));
  const refused = () => means.properties.problemsOf(means.credential, properties);
  const stretch = await readPageAfter({ sortBy, first, place, terms: wanted.terms, refused }, call).catch(problem => {
    throw asArgumentError(problem, wanted.terms);
  });
  return connectionOf(stretch, plan, step => encodeCursor({ ...step.place, ...defined(span) }, key));
}

const spanAt = ({ from, to }: CursorPosition): RecordFilter['span'] => (to === undefined ? undefined : { from, to });
const defined = (span: RecordFilter['span']): Pick<CursorPosition, 'from' | 'to'> =>
  span === undefined ? {} : { to: span.to, ...(span.from !== undefined && { from: span.from }) };

type At = Pick<SearchCriteria, 'offset' | 'limit' | 'afterValue'>;

/** One call for one stretch of rows, with the properties that may be had. */
function callerOf(
  { wanted, sortBy, place }: Plan,
  names: readonly string[],
  { client, properties: book, credential, operation }: PageMeans,
  times: Pick<SearchCriteria, 'startTimestamp' | 'endTimestamp'>,
): (at: At) => Promise<Page> {
  const isBulk = place !== undefined && place.delivered >= bulkFrom;
  const options = { ...callOf(operation), isSmall: operation.isSmall && !isBulk };
  return at =>
    withProperties(book, credential, names, async (properties, isProbe) => {
      const includeProperties = properties.map(descriptor => ({ descriptor }));
      const criteria = {
        ...wanted.terms,
        ...times,
        ...(properties.length > 0 && { includeProperties }),
        ...at,
        ...(isProbe && { limit: 1 }),
        sortBy,
      };
      const prepare = () => ({ criteria, values: wanted.named.length });
      return (await client.search(prepare, credential, options, isBulk ? 'bulk' : 'standard')) as Page;
    });
}

function connectionOf(
  stretch: RecordRows,
  { place }: Plan,
  cursorOf: (step: DeliveredRecord) => string,
): RecordConnection {
  const edges = stretch.steps.map(step => ({ cursor: cursorOf(step), node: step.record }));
  return {
    edges,
    nodes: stretch.steps.map(({ record }) => record),
    pageInfo: {
      hasNextPage: stretch.hasMore,
      hasPreviousPage: place !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: stretch.total,
  };
}
