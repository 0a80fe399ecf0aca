/**
 * Reads all pages of a batch's search, and gives each indicator its own records. What the search leaves open, because Argus
 * refused a part of it or because its answer proves no absence, is searched for again in parts.
 */
import { UpstreamError } from '../../../http-client/errors.ts';
import { eachInSlices, giveWay, type Later, whenThere } from '../../../slices.ts';
import type { Credential } from '../../credential.ts';
import type { OnUnreadable } from '../../tolerant-read.ts';
import type { CallParts } from '../../traced-call.ts';
import type { ArgusClient, PageCriteria, SearchCriteria, ValuesCriterion } from '../client.ts';
import { type Doubt, doubtful, truncated } from '../errors.ts';
import type { FoundRecords, RecordsNeed } from '../facts.ts';
import type { FurtherCalls } from '../further-calls.ts';
import { isPresent } from '../mapping.ts';
import type { Page } from '../page.ts';
import type { PropertyPermissionCache } from '../property-permissions.ts';
import { mayBeAboutProperties, retryWithoutRejected } from '../property-retries.ts';
import type { PendingCall } from './batch-queue.ts';
import { firstPage, readAllPages } from './read-all-pages.ts';
import { type AssignedRecords, assignRows } from './row-attribution.ts';
import { none, type OpenCalls, searchInParts } from './search-in-parts.ts';
import { searchKinds } from './search-kinds.ts';
import type { SearchSizes } from './search-sizes.ts';
import { endWith, type UnheardValues } from './unheard-values.ts';

export interface SearchDependencies {
  readonly client: ArgusClient;
  readonly properties: PropertyPermissionCache;
  readonly sizes: SearchSizes;
  readonly unheard: UnheardValues;
  /** Called with the number of values of each batch. */
  readonly onBatch: (values: number) => void;
  readonly onUnreadable: OnUnreadable;
  readonly now: () => number;
}

/** Calls of one criterion, credential and need that share a search. */
export interface Batch {
  readonly criterion: ValuesCriterion;
  readonly pending: readonly PendingCall[];
  readonly need: RecordsNeed;
  readonly credential: Credential;
  readonly options: CallParts;
  /** Those of the need that are not known to be refused. */
  readonly properties: readonly string[];
  /** Beside its first one, whatever they are for. */
  readonly further: FurtherCalls;
}

/** Each once: calls of different ages may be about one indicator, and each is a subject of its own. */
const subjectsOf = ({ pending }: Batch) => [...new Set(pending.map(({ call }) => call.request.subject))];

/** Each once, in the order in which they are sent: other spellings last, so that a place among the first is that of a subject. */
function textsOf(batch: Batch): readonly string[] {
  const texts = subjectsOf(batch).map(subject => searchKinds[batch.criterion].textsOf(subject));
  return [...new Set([...texts.map(([first]) => first), ...texts.flatMap(([, ...others]) => others)])];
}

export function searchFor(batch: Batch, page: PageCriteria) {
  const { criterion, pending, need, properties } = batch;
  const criteria: SearchCriteria = {
    ...searchKinds[criterion].criteria(textsOf(batch)),
    state: need.withOld ? ['active', 'latest', 'old'] : ['active', 'latest'],
    ...(properties.length > 0 && { includeProperties: properties.map(descriptor => ({ descriptor })) }),
    ...page,
  };
  return { criteria, values: pending.length };
}

async function readPage(batch: Batch, page: PageCriteria, { client }: SearchDependencies): Promise<Page> {
  const prepared = searchFor(batch, page);
  return (await client.search(() => prepared, batch.credential, batch.options)) as Page; // never undefined, because `prepare` always returns something
}

/** Settles what the answer to a batch's search tells, and returns what it leaves open. */
export async function settleAnswer(
  answer: Promise<Page | undefined>,
  batchOf: () => Batch,
  dependencies: SearchDependencies,
): Promise<OpenCalls> {
  try {
    const page = await answer;
    return page === undefined ? none : await settle(batchOf(), page, dependencies);
  } catch (problem) {
    const batch = batchOf();
    if (batch.properties.length === 0 || !mayBeAboutProperties(problem)) return openAfter(problem, batch);
    return settleWithoutRejected(problem, batch, dependencies).catch(next => openAfter(next, batch));
  }
}

async function settleWithoutRejected(
  problem: unknown,
  batch: Batch,
  dependencies: SearchDependencies,
): Promise<OpenCalls> {
  const { credential, properties: names, further } = batch;
  const rejected = { permissions: dependencies.properties, credential, names, problem, further };
  const { answer, properties } = await retryWithoutRejected(rejected, (accepted, isProbe) =>
    readPage({ ...batch, properties: accepted }, isProbe ? { ...firstPage, limit: 1 } : firstPage, dependencies),
  );
  return settle({ ...batch, properties }, answer, dependencies);
}

async function readFurtherPage(batch: Batch, page: PageCriteria, dependencies: SearchDependencies) {
  const { further } = batch;
  if (!further.take()) return undefined;
  const answer = await readPage(batch, page, dependencies);
  further.sawPage(answer.rows.length);
  return answer;
}

async function settle(batch: Batch, first: Page, dependencies: SearchDependencies): Promise<OpenCalls> {
  const { pending } = batch;
  const assign = assigner(batch, dependencies);
  const { rows, isTruncated, isTooMany, doubt } = await readAllPages(first, {
    readPage: page => readFurtherPage(batch, page, dependencies),
    isSingleValue: pending.length === 1,
    leavesAbsences: async read =>
      [...(await assign(read)).bySubject.values()].some(({ records }) => records.length === 0),
  });
  if (isTooMany) return { calls: pending, because: { problem: truncated(), lies: 'a value' } };
  return whenThere(assign(rows), assigned =>
    resolveFound(batch, assigned, isTruncated, doubt ?? (assigned.hasForeignRows ? 'foreign' : undefined)),
  );
}

function assigner(batch: Batch, { properties: permissions, onUnreadable }: SearchDependencies) {
  const { criterion, need, credential, properties } = batch;
  const subjects = subjectsOf(batch);
  const attribute = searchKinds[criterion].attribution(subjects);
  return (rows: readonly unknown[]): Later<AssignedRecords> => {
    const refused = permissions.problemsOf(credential, need.properties, properties);
    return assignRows(rows, subjects, attribute, refused, onUnreadable);
  };
}

const callsPerTurn = 50;

/**
 * A record that was found counts, whatever else the answer lacks. That there is none, or none but superseded ones, of the
 * value or of what covers it, is not believed of a doubtful answer.
 */
function resolveFound(
  { pending, need }: Batch,
  { bySubject }: AssignedRecords,
  isTruncated: boolean,
  doubt: Doubt | undefined,
): Later<OpenCalls> {
  const calls: PendingCall[] = [];
  const isCut = isTruncated || doubt === 'moving';
  const settleOne = (one: PendingCall, index: number): Later<void> => {
    const { records, covering } = bySubject.get(one.call.request.subject) ?? { records: [], covering: [] };
    const isPartial = doubt !== undefined;
    const isOpen = isPartial && !records.some(isPresent);
    const isCoveringPartial = doubt !== undefined && need.withCovering && covering.length === 0;
    const found: FoundRecords = { records, covering, isTruncated: isCut, isPartial, isCoveringPartial };
    if (!isOpen) one.resolve(found);
    else calls.push(records.length + covering.length === 0 ? one : { ...one, found });
    // What was resolved is stored when this function has returned, and no slice has seen that time yet.
    return (index + 1) % callsPerTurn === 0 ? giveWay() : undefined;
  };
  return whenThere(eachInSlices(pending, settleOne), () => {
    if (doubt === undefined || calls.length === 0) return none;
    return { calls, because: { problem: doubtful(doubt), lies: doubt === 'partial' ? 'the answer' : 'a value' } };
  });
}

/** After a refusal that may be about some of the values, or about their number. Throws what is about neither. */
function openAfter(problem: unknown, batch: Batch): OpenCalls {
  const { pending, criterion } = batch;
  if (!mayBeAboutValues(problem, criterion)) throw problem;
  const indexes = indexesIn(problem, criterion);
  const texts = textsOf(batch).filter((_, index) => indexes.includes(index));
  if (texts.length === 0 || pending.length === 1) return { calls: pending, because: { problem, lies: 'their number' } };
  const kind = searchKinds[criterion];
  const isNamed = ({ call }: PendingCall) => kind.textsOf(call.request.subject).some(text => texts.includes(text));
  const calls = pending.filter(one => !isNamed(one));
  return {
    calls,
    because: { problem, lies: 'named values', named: pending.filter(isNamed), at: Math.min(...indexes) },
  };
}

/** Argus itself refuses with these. Any other status, such as the 400 of a proxy, may be over in a moment. */
const isOfArgus = ({ httpStatus }: UpstreamError): boolean => httpStatus === 412 || httpStatus === 422;

const mayBeAboutValues = (problem: unknown, criterion: ValuesCriterion): problem is UpstreamError =>
  problem instanceof UpstreamError &&
  problem.kind === 'REJECTED' &&
  problem.httpStatus !== 408 &&
  (problem.fields.length === 0 || problem.fields.some(field => field.startsWith(criterion)));

/** The values at which a 412 points: `value[250]`. */
const indexesIn = ({ fields }: UpstreamError, criterion: ValuesCriterion): readonly number[] =>
  fields
    .filter(field => field.startsWith(criterion))
    .flatMap(field => /\[(\d+)\]/.exec(field)?.[1] ?? [])
    .map(Number);

/** Searches in parts for what the first search of a batch left open. What was searched for by itself stays open. */
export async function searchAgain(first: OpenCalls, batch: Batch, dependencies: SearchDependencies): Promise<void> {
  const { sizes, unheard, properties: permissions } = dependencies;
  const { credential, further } = batch;
  if (first.because === undefined) return;
  const { problem } = first.because;
  if (batch.pending.length === 1) {
    const end = isOfArgus(problem) ? unheard.giveUp : endWith;
    for (const call of first.calls) end(call, problem);
    return;
  }
  const open = unheard.endKnown(first);
  const properties = permissions.withoutRejected(credential, batch.properties); // some may have been refused meanwhile
  const ask = (pending: readonly PendingCall[]): Promise<OpenCalls> => {
    const part = { ...batch, pending, properties };
    return settleAnswer(readPage(part, firstPage, dependencies), () => part, dependencies);
  };
  const accepted = await searchInParts(open, { ask, giveUp: unheard.giveUp, mayAsk: further.take });
  if (accepted !== undefined) sizes.lower(batch.criterion, accepted);
}
