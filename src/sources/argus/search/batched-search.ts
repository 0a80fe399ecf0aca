/** Searches for many indicators at once: gathers calls into batches, and joins the searches that one indicator needs. */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { ValuesCriterion } from '../client.ts';
import type { FetchRecords, FoundRecords } from '../facts.ts';
import { createFurtherCalls } from '../further-calls.ts';
import type { MappedRecord } from '../mapping.ts';
import { createBatchQueue, type PendingCall, type QueuedSearch } from './batch-queue.ts';
import { firstPage } from './read-all-pages.ts';
import { criteriaFor } from './search-kinds.ts';
import { type Batch, type SearchDependencies, searchAgain, searchFor, settleAnswer } from './settle-batch.ts';
import { shareCall } from './shared-call.ts';

/**
 * One queue for all searches; an indicator that needs two searches waits for both. Where Argus refuses the search for what
 * covers an indicator, its own records are searched by its value.
 */
export function createBatchedSearch(dependencies: SearchDependencies): FetchRecords {
  const { onBatch, now, sizes, unheard } = dependencies;
  const enqueue = createBatchQueue(search => dispatch(search, dependencies), { onBatch, now, maxValues: sizes.max });
  return calls =>
    calls.map(call => {
      const { subject, need } = call.request;
      const search = (criterion: ValuesCriterion): Promise<FoundRecords> =>
        new Promise((resolve, reject) => {
          const pending: PendingCall = {
            ...{ criterion, call, reject },
            resolve(found) {
              unheard.heard(pending);
              resolve(found);
            },
          };
          const problem = unheard.problemOf(pending);
          if (problem === undefined) enqueue(pending);
          else reject(problem);
        });
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
  isPartial: found.some(({ isPartial = false }) => isPartial),
  isCoveringPartial: found.some(({ isCoveringPartial = false }) => isCoveringPartial),
  isCoveringRefused: found.some(({ isCoveringRefused = false }) => isCoveringRefused),
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
  const properties = permissions.withoutRejected(credential, need.properties);
  const further = createFurtherCalls();
  let batch: Batch = { criterion, pending: [], need, credential, options, properties, further };
  const prepare = () => {
    batch = { ...batch, pending: take() };
    watch();
    for (const { call } of batch.pending) call.markSent();
    return batch.pending.length === 0 ? undefined : searchFor(batch, firstPage);
  };
  const open = await settleAnswer(client.search(prepare, credential, options), () => batch, dependencies);
  await searchAgain(open, batch, dependencies);
}
