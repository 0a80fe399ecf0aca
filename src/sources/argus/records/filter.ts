/** `ReputationFilter` → Argus's search terms. Throws BAD_USER_INPUT that names the argument. Pure. */
import { hash as sha256 } from 'node:crypto';
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { parseIpSpan } from '../../../domain/indicator/ip-span.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import { badInput } from '../../../graphql/error-codes.ts';
import type { ReputationFilter, ReputationOrder, ReputationOrderField, TimeField } from '../../../graphql/generated.ts';
import type { SearchCriteria } from '../client.ts';
import { readTime } from './times.ts';

/** The criteria of a search that follow from the filter alone. */
export type FilterTerms = Omit<
  SearchCriteria,
  'offset' | 'limit' | 'sortBy' | 'afterValue' | 'includeProperties' | 'startTimestamp' | 'endTimestamp'
>;

/** Epoch milliseconds, both ends included. */
export interface TimeSpan {
  readonly from: number | undefined;
  readonly to: number;
}

export interface RecordFilter {
  readonly terms: FilterTerms;
  /** Resolved now; later pages keep the span of the first one. */
  readonly span: TimeSpan | undefined;
  /** Equal for equal filters, at any time. */
  readonly identity: string;
  /** The values that it names, as they are sent. */
  readonly values: readonly string[];
  /** The indicators among them. */
  readonly named: readonly Indicator[];
}

export function readFilter(filter: ReputationFilter, now: number): RecordFilter {
  const { minConfidence, maxConfidence } = confidenceOf(filter);
  const values = texts(filter.values, 'filter.values');
  const terms: FilterTerms = {
    ...named('indicatorList', texts(filter.lists, 'filter.lists')),
    ...named('type', texts(filter.types, 'filter.types')),
    ...named('value', values && [...new Set(values.flatMap(spellingsOf))]),
    ...domainTerms(filter.domains),
    ...ipTerms(filter.ips),
    state: (entries(filter.states, 'filter.states') ?? ['ACTIVE']).map(state => state.toLowerCase()),
    ...(minConfidence !== undefined && { minConfidence }),
    ...(maxConfidence !== undefined && { maxConfidence }),
    ...(filter.includeDeleted === true && { includeDeleted: true }),
    ...timeTerms(filter),
  };
  const sent = [...(terms.value ?? []), ...(terms.domainSearch?.domain ?? []), ...(terms.ipSearch?.ip ?? [])];
  return {
    terms,
    span: spanOf(filter.time, now),
    identity: shortened(JSON.stringify([terms, filter.time?.from ?? null, filter.time?.to ?? null])),
    values: sent,
    named: sent.flatMap(text => parseIndicator(text).indicator ?? []),
  };
}

/** Texts of hundreds of kilobytes would be compared, and written again, for each page. */
const shortened = (identity: string): string =>
  identity.length <= longestIdentity ? identity : sha256('sha256', identity, 'base64url');
const longestIdentity = 1_024;

const named = <Name extends string>(name: Name, list: readonly string[] | undefined): { [N in Name]?: string[] } =>
  list === undefined ? {} : ({ [name]: list } as { [N in Name]?: string[] });

/** Argus takes an empty list for no criterion, so that everything would match. */
function entries<Entry>(list: readonly Entry[] | null | undefined, argument: string): readonly Entry[] | undefined {
  if (list == null) return undefined;
  if (list.length === 0) throw badInput(`${argument} is empty: leave it out where it should not filter.`, argument);
  return list;
}

function texts(list: readonly string[] | null | undefined, argument: string): readonly string[] | undefined {
  const plain = entries(list, argument)?.map(text => text.trim());
  if (plain?.some(text => text === '' || Buffer.byteLength(text) > 2048))
    throw badInput(`${argument} holds an entry that is empty or longer than 2,048 bytes.`, argument);
  return plain;
}

/** As it was written, and in canonical form, because pasted values are often defanged. */
function spellingsOf(text: string): readonly string[] {
  const { indicator } = parseIndicator(text);
  return indicator === undefined ? [text] : [text, indicator.value];
}

function domainTerms(domains: ReputationFilter['domains']): Pick<FilterTerms, 'domainSearch'> {
  if (domains == null) return {};
  const domain = texts(domains.names, 'filter.domains.names')?.map(text => {
    const { indicator, problem } = parseIndicator(text, 'DOMAIN');
    if (indicator === undefined) throw badInput(`"${text}" is no domain. ${problem}`, 'filter.domains.names');
    return indicator.value;
  });
  return {
    domainSearch: {
      domain: domain ?? [],
      includeParentDomains: domains.includeParentDomains ?? true,
      includeSubdomains: domains.includeSubdomains ?? false,
    },
  };
}

function ipTerms(ips: ReputationFilter['ips']): Pick<FilterTerms, 'ipSearch'> {
  const ip = texts(ips, 'filter.ips')?.map(addressText);
  return ip === undefined ? {} : { ipSearch: { ip } };
}

const addressTypes = ['IPV4', 'IPV6', 'CIDR'] as const;

function addressText(text: string): string {
  const ends = text
    .split('-')
    .map(end => addressTypes.map(type => parseIndicator(end, type).indicator?.value).find(Boolean));
  const plain = ends.join('-');
  if (!ends.includes(undefined) && parseIpSpan(plain) !== undefined) return plain;
  const { problem } = text.includes('/') ? parseIndicator(text, 'CIDR') : { problem: undefined };
  const advice = problem ?? 'Write 192.0.2.10, 192.0.2.0/24 or 192.0.2.10-192.0.2.20, or the same in IPv6.';
  throw badInput(`"${text}" is no address, block or range. ${advice}`, 'filter.ips');
}

function confidenceOf(filter: ReputationFilter): { minConfidence?: number; maxConfidence?: number } {
  const [min, max] = [filter.minConfidence ?? undefined, filter.maxConfidence ?? undefined];
  const isOutside = (bound: number | undefined) => bound !== undefined && !(bound >= 0 && bound <= 1);
  if (isOutside(min)) throw badInput('filter.minConfidence lies between 0 and 1.', 'filter.minConfidence');
  if (isOutside(max)) throw badInput('filter.maxConfidence lies between 0 and 1.', 'filter.maxConfidence');
  if (min !== undefined && max !== undefined && min > max)
    throw badInput('filter.minConfidence is above filter.maxConfidence: nothing could match.', 'filter.minConfidence');
  return { ...(min !== undefined && { minConfidence: min }), ...(max !== undefined && { maxConfidence: max }) };
}

const timeFields: Readonly<Record<TimeField, string>> = {
  CREATED: 'createdTimestamp',
  UPDATED: 'lastUpdatedTimestamp',
  FIRST_SEEN: 'firstSeenTimestamp',
  LAST_SEEN: 'lastSeenTimestamp',
  DELETED: 'deletedTimestamp',
};
/** The times that every record has. With `all`, Argus may not match a record whose time of deletion is unset. */
const alwaysSet: readonly TimeField[] = ['CREATED', 'UPDATED', 'FIRST_SEEN', 'LAST_SEEN'];

function timeTerms({
  time,
  includeDeleted,
}: ReputationFilter): Pick<FilterTerms, 'timeFieldStrategy' | 'timeMatchStrategy'> {
  if (time == null) return {};
  const match = time.match ?? 'ALL';
  const defaults: readonly TimeField[] =
    includeDeleted === true && match === 'ANY' ? [...alwaysSet, 'DELETED'] : alwaysSet;
  const fields = entries(time.fields, 'filter.time.fields') ?? defaults;
  return {
    timeFieldStrategy: [...new Set(fields)].map(field => timeFields[field]),
    timeMatchStrategy: match === 'ANY' ? 'any' : 'all',
  };
}

function spanOf(time: ReputationFilter['time'], now: number): TimeSpan | undefined {
  if (time == null) return undefined;
  if (time.from == null && time.to == null) throw badInput('filter.time needs from, to, or both.', 'filter.time');
  const from = timeOf(time.from, 'filter.time.from', now);
  const to = timeOf(time.to, 'filter.time.to', now) ?? now;
  if (from !== undefined && from > to) throw badInput('filter.time.from lies after its end.', 'filter.time.from');
  return { from, to };
}

function timeOf(text: string | null | undefined, argument: string, now: number): number | undefined {
  if (text == null) return undefined;
  const at = readTime(text, now);
  if (at !== undefined) return at;
  const right = 'Write epoch milliseconds, 2026-04-24T11:40:00Z (UTC), now, -7d or "-1 day" (s, min, h, d, w).';
  throw badInput(`"${text}" is no time that ${argument} takes. ${right}`, argument);
}

/** As epoch milliseconds, which depend on no time zone. */
export const timeSpanTerms = (span: TimeSpan | undefined): Pick<SearchCriteria, 'startTimestamp' | 'endTimestamp'> =>
  span === undefined ? {} : { ...(span.from !== undefined && { startTimestamp: span.from }), endTimestamp: span.to };

const sortFields: Readonly<Record<ReputationOrderField, string>> = {
  LIST: 'indicatorList',
  TYPE: 'type',
  VALUE: 'value',
  CREATED: 'createdTimestamp',
  UPDATED: 'lastUpdatedTimestamp',
  DELETED: 'deletedTimestamp',
};

/** The default is Argus's own: newest update first. */
export function sortOf(orderBy: readonly ReputationOrder[] | null | undefined): readonly string[] {
  const steps = entries(orderBy, 'orderBy') ?? [{ field: 'UPDATED', direction: 'DESC' }];
  const repeated = steps.find(({ field }, at) => steps.findIndex(step => step.field === field) < at);
  if (repeated !== undefined) throw badInput(`orderBy names ${repeated.field} twice.`, 'orderBy');
  return steps.map(({ field, direction }) => (direction === 'DESC' ? '-' : '') + sortFields[field]);
}
