/**
 * Many values in one search. A search leaves at once while there is room; what arrives meanwhile gathers and leaves
 * together when a place comes free. So nobody waits on an idle gateway, and load makes the batches large.
 */
import type { Flight } from '../../../cache/read-through.ts';
import { type Indicator, indicatorKey } from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import type { ArgusClient, CallParts, Page, SearchCriteria } from '../client.ts';
import type { ArgusRecord } from '../mapping.ts';
import { mayBeAboutProperties, type PropertyBook, withoutSpoilers } from './property-permissions.ts';
import { firstPage, shareOut, walk } from './read-all-pages.ts';
import { shareCall } from './shared-call.ts';

export interface MembershipSubject {
  readonly indicator: Indicator;
  /** The names under which Argus may keep it; never empty. */
  readonly typeNames: readonly string[];
  readonly credential: Credential;
}

/** `properties` sorted. ACTIVE and LATEST are always asked together; OLD only when somebody wants it. */
export interface MembershipNeed {
  readonly withOld: boolean;
  readonly properties: readonly string[];
}

export type MembershipFlight = Flight<MembershipSubject, MembershipNeed>;

export interface Memberships {
  readonly records: readonly ArgusRecord[];
  readonly isTruncated: boolean;
}

/** An upper bound on values in one search: the body stays well under a megabyte. */
const valuesPerSearch = 500;

interface Waiting {
  readonly flight: MembershipFlight;
  resolve(memberships: Memberships): void;
  reject(error: unknown): void;
}

interface Group {
  pending: Waiting[];
  departures: number;
}

interface Batch {
  readonly waiting: readonly Waiting[];
  readonly need: MembershipNeed;
  readonly credential: Credential;
  readonly options: CallParts;
}

export type Gather = (flights: readonly MembershipFlight[]) => readonly Promise<Memberships>[];

export function createBatches(
  client: ArgusClient,
  properties: PropertyBook,
  onBatch: (values: number) => void,
  now: () => number,
): Gather {
  const groups = new Map<string, Group>();

  const depart = (key: string, group: Group): void => {
    group.departures++;
    let batch: readonly Waiting[] | undefined;
    const take = (): readonly Waiting[] => {
      group.departures--;
      const alive = group.pending.filter(({ flight }) => !flight.signal.aborted);
      batch = alive.slice(0, valuesPerSearch);
      group.pending = alive.slice(valuesPerSearch);
      if (group.pending.length === 0 && group.departures === 0) groups.delete(key);
      if (batch.length > 0) onBatch(batch.length);
      return batch;
    };
    fly(take, () => batch ?? group.pending, { client, properties }).catch(problem => {
      if (batch === undefined) turnAway(key, group, problem);
      else for (const { reject } of batch) reject(problem);
    });
  };

  /** No place was given. Who came when those before had run out of time, but has some left, tries again. */
  const turnAway = (key: string, group: Group, problem: unknown): void => {
    group.departures--;
    const isLate = problem instanceof UpstreamError && problem.kind === 'TIMED_OUT';
    const hasTime = ({ flight }: Waiting) => isLate && !flight.signal.aborted && flight.deadlineAt() > now();
    for (const waiting of group.pending) if (!hasTime(waiting)) waiting.reject(problem);
    group.pending = group.pending.filter(hasTime);
    if (group.pending.length === 0 && group.departures === 0) groups.delete(key);
    departIfNeeded(key, group);
  };

  const departIfNeeded = (key: string, group: Group): void => {
    if (group.departures * valuesPerSearch < group.pending.length) depart(key, group);
  };

  return flights =>
    flights.map(flight => {
      const key = groupOf(flight);
      const group = groups.get(key) ?? { pending: [], departures: 0 };
      groups.set(key, group);
      const memberships = new Promise<Memberships>((resolve, reject) => {
        group.pending.push({ flight, resolve, reject });
      });
      // No window: what has arrived is read to its end, and what it asks leaves together.
      if (group.departures * valuesPerSearch < group.pending.length) setImmediate(() => departIfNeeded(key, group));
      return memberships;
    });
}

/** Only what asks the same of Argus with the same credential travels together. */
const groupOf = ({ question: { partition, need } }: MembershipFlight): string =>
  JSON.stringify([partition, need.withOld, need.properties]);

type Means = { readonly client: ArgusClient; readonly properties: PropertyBook };

async function fly(take: () => readonly Waiting[], members: () => readonly Waiting[], means: Means): Promise<void> {
  const [leader] = members();
  if (leader === undefined) return;
  const { credential } = leader.flight.question.subject;
  const { options, watch } = shareCall(() => members().map(({ flight }) => flight));
  const wanted = leader.flight.question.need;
  const need = { ...wanted, properties: means.properties.usable(credential, wanted.properties) };
  let waiting: readonly Waiting[] = [];
  const send = () =>
    means.client.search(
      () => {
        waiting = take();
        watch();
        for (const { flight } of waiting) flight.markSent();
        const criteria = { ...criteriaFor(waiting, need), ...firstPage };
        return waiting.length === 0 ? undefined : { criteria, values: waiting.length };
      },
      credential,
      options,
    );
  const batch = (): Batch => ({ waiting, need: wanted, credential, options });
  try {
    const page = await send();
    if (page !== undefined) await land(batch(), need.properties, page, means);
  } catch (problem) {
    if (waiting.length === 0) throw problem;
    await recover(problem, batch(), need.properties, means);
  }
}

/** Reads the rest of a search whose first page is here, and gives every waiting flight its own. */
async function land(batch: Batch, sentProperties: readonly string[], page: Page, means: Means): Promise<void> {
  const { waiting } = batch;
  const criteria = criteriaFor(waiting, { ...batch.need, properties: sentProperties });
  const walked = await walk(
    page,
    async at => {
      const prepared = { criteria: { ...criteria, ...at }, values: waiting.length };
      const next = await means.client.search(() => prepared, batch.credential, batch.options);
      return next as Page; // it always has something to ask
    },
    waiting.length === 1,
  );
  if (walked.isTooMany) return splitAndFly(batch, means);
  const shares = shareOut(
    walked.rows,
    waiting.map(({ flight }) => flight.question.subject),
    means.properties.refused(
      batch.credential,
      batch.need.properties.filter(name => !sentProperties.includes(name)),
    ),
  );
  for (const { flight, resolve, reject } of waiting) {
    const records = shares.get(indicatorKey(flight.question.subject.indicator)) ?? [];
    if (records instanceof UpstreamError) reject(records);
    else resolve({ records, isTruncated: walked.isTruncated });
  }
}

/** A refusal may be about the properties, a rejection about one value: neither may cost the others their answer. */
async function recover(problem: unknown, batch: Batch, sentProperties: readonly string[], means: Means): Promise<void> {
  if (!(problem instanceof UpstreamError)) throw problem;
  if (sentProperties.length > 0 && mayBeAboutProperties(problem)) {
    const spoiled = { book: means.properties, credential: batch.credential, names: sentProperties, problem };
    const { answer, properties } = await withoutSpoilers(spoiled, (names, isProbe) =>
      askPlainly(batch, names, isProbe, means),
    );
    return land(batch, properties, answer, means);
  }
  const isAboutValue = problem.kind === 'REJECTED' && problem.fields.some(field => field.startsWith('value'));
  if (isAboutValue && batch.waiting.length > 1) return splitAndFly(batch, means);
  throw problem;
}

async function askPlainly(
  { waiting, need, credential, options }: Batch,
  properties: readonly string[],
  isProbe: boolean,
  { client }: Means,
): Promise<Page> {
  const criteria = { ...criteriaFor(waiting, { ...need, properties }), ...firstPage, ...(isProbe && { limit: 1 }) };
  const page = await client.search(() => ({ criteria, values: waiting.length }), credential, options);
  return page as Page; // it always has something to ask
}

async function splitAndFly(batch: Batch, means: Means): Promise<void> {
  const middle = Math.ceil(batch.waiting.length / 2);
  const halves = [batch.waiting.slice(0, middle), batch.waiting.slice(middle)];
  await Promise.all(halves.map(waiting => flyAgain({ ...batch, waiting }, means)));
}

/** The same values once more, but for those whom nobody waits for; failures stay with the values that they belong to. */
async function flyAgain(batch: Batch, means: Means): Promise<void> {
  const waiting = batch.waiting.filter(({ flight }) => !flight.signal.aborted);
  await fly(
    () => waiting,
    () => waiting,
    means,
  ).catch(problem => {
    for (const { reject } of waiting) reject(problem);
  });
}

function criteriaFor(
  waiting: readonly Waiting[],
  need: MembershipNeed,
): Omit<SearchCriteria, 'offset' | 'limit' | 'sortBy'> {
  const subjects = waiting.map(({ flight }) => flight.question.subject);
  return {
    type: [...new Set(subjects.flatMap(({ typeNames }) => typeNames))],
    value: [...new Set(subjects.map(({ indicator }) => indicator.value))],
    state: need.withOld ? ['active', 'latest', 'old'] : ['active', 'latest'],
    ...(need.properties.length === 0 ? {} : { includeProperties: need.properties.map(descriptor => ({ descriptor })) }),
  };
}
