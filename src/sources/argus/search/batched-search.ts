/**
 * One search for many indicators: sends it, reads all of its pages, and gives each indicator its own records. When Argus
 * rejects one value, or some of the properties, further calls still find the records of all other values.
 */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { CallParts } from '../../traced-call.ts';
import type { ArgusClient, Page, SearchCriteria, ValuesCriterion } from '../client.ts';
import type { FetchRecords, FoundRecords, RecordsNeed } from '../facts.ts';
import type { MappedRecord } from '../mapping.ts';
import { mayBeAboutProperties, type PropertyPermissionCache, retryWithoutRejected } from '../property-permissions.ts';
import { createBatchQueue, type PendingCall, type QueuedSearch } from './batch-queue.ts';
import { firstPage, readAllPages } from './read-all-pages.ts';
import { assignRows } from './row-attribution.ts';
import { criteriaFor, searchKinds } from './search-kinds.ts';
import { shareCall } from './shared-call.ts';

interface SearchDependencies {
  readonly client: ArgusClient;
  readonly properties: PropertyPermissionCache;
  /** Called with the number of values of each batch. */
  readonly onBatch: (values: number) => void;
  readonly now: () => number;
}

/** Calls of one criterion, credential and need that share a search. */
interface Batch {
  readonly criterion: ValuesCriterion;
  readonly pending: readonly PendingCall[];
  readonly need: RecordsNeed;
  readonly credential: Credential;
  readonly options: CallParts;
}

/**
 * One queue for all searches; an indicator that needs two searches waits for both. Where Argus refuses the search for what
 * covers an indicator, its own records are searched by its value.
 */
export function createBatchedSearch(dependencies: SearchDependencies): FetchRecords {
  const { onBatch, now } = dependencies;
  const enqueue = createBatchQueue(search => dispatch(search, dependencies), onBatch, now);
  return calls =>
    calls.map(call => {
      const { subject, need } = call.request;
      const search = (criterion: ValuesCriterion): Promise<FoundRecords> =>
        new Promise((resolve, reject) => enqueue({ criterion, call, resolve, reject }));
      const [first, second] = criteriaFor(subject.indicator, need);
      if (first === 'value') {
        if (second === undefined) return search(first);
        const around = search(second).catch(noneWhereRefused);
        return Promise.all([search(first), around]).then(joinFound);
      }
      return search(first).catch(async problem => joinFound([noneWhereRefused(problem), await search('value')]));
    });
}

/** Rejected for another reason, the search may find something when it is made again. */
function noneWhereRefused(problem: unknown): FoundRecords {
  if (!(problem instanceof UpstreamError) || problem.kind !== 'REJECTED') throw problem;
  return { records: [], covering: [], isTruncated: false, isCoveringRefused: true };
}

const joinFound = (found: readonly FoundRecords[]): FoundRecords => ({
  records: distinct(found.flatMap(({ records }) => records)),
  covering: distinct(found.flatMap(({ covering }) => covering)),
  isTruncated: found.some(({ isTruncated }) => isTruncated),
  isCoveringRefused: found.some(({ isCoveringRefused }) => isCoveringRefused === true),
});

const distinct = (records: readonly MappedRecord[]): readonly MappedRecord[] => [
  ...new Map(records.map(record => [record.recordId, record])).values(),
];

async function dispatch({ take, members }: QueuedSearch, dependencies: SearchDependencies): Promise<void> {
  const { client, properties: permissions } = dependencies;
  const [leader] = members();
  if (leader === undefined) return;
  const { criterion, call } = leader;
  const { need, subject } = call.request;
  const { credential } = subject;
  const { options, watch } = shareCall(() => members().map(({ call }) => call));
  const sentProperties = permissions.withoutRejected(credential, need.properties);
  let batch: Batch = { criterion, pending: [], need, credential, options };
  const prepare = () => {
    batch = { ...batch, pending: take() };
    watch();
    for (const { call } of batch.pending) call.markSent();
    return batch.pending.length === 0 ? undefined : searchFor(batch, sentProperties, firstPage);
  };
  try {
    const page = await client.search(prepare, credential, options);
    if (page !== undefined) await settle(batch, sentProperties, page, dependencies);
  } catch (problem) {
    if (batch.pending.length === 0) throw problem;
    await retryWithoutCause(problem, batch, sentProperties, dependencies);
  }
}

type PageCriteria = Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>;

/** Each once: calls of different ages may be about one indicator, and each is a subject of its own. */
const subjectsOf = ({ pending }: Batch) => [...new Set(pending.map(({ call }) => call.request.subject))];

function searchFor(batch: Batch, properties: readonly string[], page: PageCriteria) {
  const { criterion, pending, need } = batch;
  const subjects = subjectsOf(batch);
  const criteria: SearchCriteria = {
    ...searchKinds[criterion].criteria(subjects),
    state: need.withOld ? ['active', 'latest', 'old'] : ['active', 'latest'],
    ...(properties.length > 0 && { includeProperties: properties.map(descriptor => ({ descriptor })) }),
    ...page,
  };
  return { criteria, values: pending.length };
}

async function sendAgain(
  batch: Batch,
  properties: readonly string[],
  page: PageCriteria,
  { client }: SearchDependencies,
): Promise<Page> {
  const prepared = searchFor(batch, properties, page);
  return (await client.search(() => prepared, batch.credential, batch.options)) as Page; // never undefined, because `prepare` always returns something
}

/** Reads the pages after the first, and settles every call of the batch. */
async function settle(
  batch: Batch,
  sentProperties: readonly string[],
  first: Page,
  dependencies: SearchDependencies,
): Promise<void> {
  const { criterion, pending, need, credential } = batch;
  const nextPage = (page: PageCriteria) => sendAgain(batch, sentProperties, page, dependencies);
  const { rows, isTruncated, isTooMany } = await readAllPages(first, nextPage, pending.length === 1);
  if (isTooMany) return sendInHalves(batch, dependencies);
  const subjects = subjectsOf(batch);
  const notSent = need.properties.filter(name => !sentProperties.includes(name));
  const refused = dependencies.properties.problemsOf(credential, notSent);
  const assigned = assignRows(rows, subjects, searchKinds[criterion].attribution(subjects), refused);
  for (const { call, resolve, reject } of pending) {
    const found = assigned.get(call.request.subject) ?? { records: [], covering: [] };
    if (found instanceof UpstreamError) reject(found);
    else resolve({ ...found, isTruncated });
  }
}

/** Retries without the properties that Argus may have refused, or with the values apart where it rejected one of them. */
async function retryWithoutCause(
  problem: unknown,
  batch: Batch,
  sentProperties: readonly string[],
  dependencies: SearchDependencies,
): Promise<void> {
  if (sentProperties.length > 0 && mayBeAboutProperties(problem))
    return retryWithoutProperties(problem, batch, sentProperties, dependencies).catch(next =>
      retryApart(next, batch, dependencies),
    );
  return retryApart(problem, batch, dependencies);
}

async function retryWithoutProperties(
  problem: unknown,
  batch: Batch,
  names: readonly string[],
  dependencies: SearchDependencies,
): Promise<void> {
  const rejected = { permissions: dependencies.properties, credential: batch.credential, names, problem };
  const { answer, properties } = await retryWithoutRejected(rejected, (accepted, isProbe) =>
    sendAgain(batch, accepted, isProbe ? { ...firstPage, limit: 1 } : firstPage, dependencies),
  );
  return settle(batch, properties, answer, dependencies);
}

async function retryApart(problem: unknown, batch: Batch, dependencies: SearchDependencies): Promise<void> {
  const isAboutOneValue =
    batch.pending.length > 1 &&
    problem instanceof UpstreamError &&
    problem.kind === 'REJECTED' &&
    problem.fields.some(field => field.startsWith(batch.criterion));
  if (!isAboutOneValue) throw problem;
  return sendInHalves(batch, dependencies);
}

async function sendInHalves(batch: Batch, dependencies: SearchDependencies): Promise<void> {
  const middle = Math.ceil(batch.pending.length / 2);
  const halves = [batch.pending.slice(0, middle), batch.pending.slice(middle)];
  await Promise.all(halves.map(half => sendHalf(half, dependencies)));
}

/** Leaves out calls whose callers have gone. A failure of one half does not reach the other. */
async function sendHalf(half: readonly PendingCall[], dependencies: SearchDependencies): Promise<void> {
  const pending = half.filter(({ call }) => !call.signal.aborted);
  await dispatch({ take: () => pending, members: () => pending }, dependencies).catch(problem => {
    for (const { reject } of pending) reject(problem);
  });
}
