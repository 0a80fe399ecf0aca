/** Records that cover indicators: one search by domain and one by address for all that an operation asks. */
import { type Indicator, indicatorKey } from '../../../domain/indicator/indicator.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { ArgusClient, CallParts, Page, SearchCriteria } from '../client.ts';
import { type ArgusRecord, mapRecord } from '../mapping.ts';
import { rowSubject, wireRecord } from '../wire.ts';
import type { Gather, MembershipFlight, Memberships } from './batched-search.ts';
import { attributionOf, criterionOf, type Search, searchFor } from './enclosing.ts';
import { type PropertyBook, withProperties } from './property-permissions.ts';
import { firstPage, unreadable, type Walked, walk } from './read-all-pages.ts';
import { shareCall } from './shared-call.ts';

const valuesPerSearch = 500;

interface Party {
  readonly search: Search;
  readonly flights: readonly [MembershipFlight, ...MembershipFlight[]];
}

interface Means {
  readonly client: ArgusClient;
  readonly properties: PropertyBook;
  readonly onBatch: (values: number) => void;
}

/** By indicator key: its records, or why they cannot be told. */
type Shares = ReadonlyMap<string, Memberships | UpstreamError>;

export function createCovering(
  client: ArgusClient,
  properties: PropertyBook,
  onBatch: (values: number) => void,
): Gather {
  return flights => {
    const answers = new Map<MembershipFlight, Promise<Shares>>();
    for (const party of partiesOf(flights)) {
      const shares = ask(party, { client, properties, onBatch });
      for (const flight of party.flights) answers.set(flight, shares);
    }
    return flights.map(async flight => {
      const shares = await answers.get(flight);
      const share = shares?.get(indicatorKey(flight.question.subject.indicator));
      if (share === undefined || share instanceof UpstreamError) throw share ?? notCoverable();
      return share;
    });
  };
}

/** Only what asks the same of Argus with the same credential travels together. */
function partiesOf(flights: readonly MembershipFlight[]): readonly Party[] {
  const groups = Map.groupBy(flights, ({ question: { subject, partition, need } }) =>
    JSON.stringify([searchFor(subject.indicator), partition, need.properties]),
  );
  return [...groups.values()].flatMap(group => {
    const search = group[0] && searchFor(group[0].question.subject.indicator);
    return search === undefined ? [] : chunks(group).map(chunk => ({ search, flights: chunk }));
  });
}

function chunks(flights: readonly MembershipFlight[]): readonly Party['flights'][] {
  const [first, ...rest] = flights.slice(0, valuesPerSearch);
  return first === undefined ? [] : [[first, ...rest], ...chunks(flights.slice(valuesPerSearch))];
}

async function ask(party: Party, means: Means): Promise<Shares> {
  const { subject, need } = party.flights[0].question;
  const { credential } = subject;
  const { options } = shareCall(() => party.flights);
  try {
    const walked = await withProperties(means.properties, credential, need.properties, (properties, isProbe) =>
      read(party, properties, isProbe, options, means),
    );
    if (walked.isTooMany && party.flights.length > 1) return askHalves(party, means);
    return shareOut(party, walked, means.properties.refused(credential, need.properties));
  } catch (problem) {
    if (isAboutOneValue(problem, party)) return askHalves(party, means);
    throw problem;
  }
}

/** A value that Argus refuses may not cost the others their answer. */
const isAboutOneValue = (problem: unknown, { search, flights }: Party): boolean =>
  flights.length > 1 &&
  problem instanceof UpstreamError &&
  problem.kind === 'REJECTED' &&
  problem.fields.some(field => field.startsWith(search));

async function askHalves({ search, flights }: Party, means: Means): Promise<Shares> {
  const [first, ...rest] = flights;
  const middle = Math.floor(rest.length / 2);
  const [second, ...others] = rest.slice(middle);
  const halves: Party[] = [{ search, flights: [first, ...rest.slice(0, middle)] }];
  if (second !== undefined) halves.push({ search, flights: [second, ...others] });
  // Each half fails by itself: what is wrong with one value stays with its own.
  const shares = await Promise.all(halves.map(half => ask(half, means).catch(problem => failAll(half, problem))));
  return new Map(shares.flatMap(share => [...share]));
}

function failAll({ flights }: Party, problem: unknown): Shares {
  if (!(problem instanceof UpstreamError)) throw problem;
  return new Map(flights.map(({ question }) => [indicatorKey(question.subject.indicator), problem]));
}

async function read(
  party: Party,
  properties: readonly string[],
  isProbe: boolean,
  options: CallParts,
  { client, onBatch }: Means,
): Promise<Walked> {
  const criteria = criteriaOf(party, properties);
  const values = party.flights.length;
  const { credential } = party.flights[0].question.subject;
  const page = async (at: Pick<SearchCriteria, 'offset' | 'limit' | 'sortBy'>): Promise<Page> => {
    const prepare = () => {
      for (const flight of party.flights) flight.markSent();
      return { criteria: { ...criteria, ...at }, values };
    };
    return (await client.search(prepare, credential, options)) as Page; // it always has something to ask
  };
  onBatch(values);
  const first = await page(isProbe ? { ...firstPage, limit: 1 } : firstPage);
  return isProbe ? { rows: first.rows, isTruncated: true, isTooMany: false } : walk(first, page, values === 1);
}

function criteriaOf(
  { search, flights }: Party,
  properties: readonly string[],
): Omit<SearchCriteria, 'offset' | 'limit' | 'sortBy'> {
  const subjects = flights.map(({ question }) => question.subject);
  const texts = [...new Set(subjects.map(({ indicator }) => criterionOf(indicator)))];
  return {
    type: [...new Set(subjects.flatMap(({ typeNames }) => typeNames))],
    ...(search === 'domainSearch'
      ? { domainSearch: { domain: texts, includeParentDomains: true, includeSubdomains: false } }
      : { ipSearch: { ip: texts } }),
    state: ['active', 'latest'],
    ...(properties.length === 0 ? {} : { includeProperties: properties.map(descriptor => ({ descriptor })) }),
  };
}

/** A row that is about nobody spoils the whole answer; an unreadable one that of those whom it covers. */
function shareOut({ search, flights }: Party, walked: Walked, refused: ArgusRecord['refused']): Shares {
  const asked = new Map<string, Indicator>(
    flights.map(({ question }) => [indicatorKey(question.subject.indicator), question.subject.indicator]),
  );
  const attribute = attributionOf[search]([...asked.values()]);
  const records = new Map<string, ArgusRecord[] | UpstreamError>([...asked.keys()].map(key => [key, []]));
  for (const row of walked.rows) {
    const subject = rowSubject.safeParse(row);
    if (!subject.success) throw unreadable(subject.error);
    const about = attribute(subject.data.value);
    if (about === undefined) throw aboutAnother();
    const record = wireRecord.safeParse(row);
    for (const indicator of about.covered) {
      const share = records.get(indicatorKey(indicator));
      if (!record.success) records.set(indicatorKey(indicator), unreadable(record.error));
      else if (Array.isArray(share)) share.push(mapRecord(record.data, refused));
    }
  }
  const { isTruncated } = walked;
  return new Map(
    [...records].map(([key, share]) => [key, Array.isArray(share) ? { records: share, isTruncated } : share]),
  );
}

const aboutAnother = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus answered about another indicator.');

const notCoverable = (): UpstreamError =>
  new UpstreamError('ARGUS', 'REJECTED', 'Nothing can cover an indicator of this type.');
