import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { SearchTerms } from './argus-criteria.ts';
import type { ArgusData } from './argus-data.ts';
import { exactTest, withParents } from './argus-exact-value.ts';
import type { EmulatedRecord } from './argus-records.ts';
import { namedType } from './argus-type-names.ts';
import { wireValue } from './argus-value-forms.ts';
import { encloses, type IpRange, overlaps } from './ip-range.ts';

/** Returns the records on readable lists that match all criteria, sorted. */
export function matchesOf(
  dataSet: ArgusData,
  criteria: ResolvedCriteria,
  behaviours: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const tests = testsOf(criteria, behaviours);
  const matches = candidates(dataSet, criteria.terms, behaviours).filter(record => tests.every(test => test(record)));
  return sorted(matches, criteria.terms.sortBy, behaviours);
}

type Test = (record: EmulatedRecord) => boolean;

/** Uses the index if exact values are given; the order of insertion is kept. */
function candidates(
  dataSet: ArgusData,
  { value }: SearchTerms,
  { exactValue }: ArgusBehaviours,
): readonly EmulatedRecord[] {
  if (!value || value.length === 0 || exactValue !== 'itself') return dataSet.records;
  return [...new Set(value.map(text => text.toLowerCase()))].flatMap(text => dataSet.byValue(text));
}

function testsOf(
  { terms, listIds, readableListIds, typeNames, ranges, window }: ResolvedCriteria,
  behaviours: ArgusBehaviours,
): Test[] {
  const states = new Set<string>(terms.state.length > 0 ? terms.state : ['active']);
  const tests: Test[] = [
    record => readableListIds.has(record.list.id) || behaviours.hiddenRows === 'withoutList',
    record => states.has(record.state),
    record => record.deletedTimestamp === 0 || terms.includeDeleted || behaviours.deletedInSearch === 'returned',
  ];
  if (listIds) tests.push(record => listIds.has(record.list.id));
  if (typeNames) tests.push(record => typeNames.has(namedType(record, behaviours).shortName));
  if (terms.value && terms.value.length > 0) tests.push(exactTest(terms.value, behaviours));
  if (terms.minConfidence > 0 || terms.maxConfidence < 1) tests.push(confidenceTest(terms));
  if (window) tests.push(timeTest(terms, window, behaviours));
  if (terms.domainSearch) tests.push(domainTest(terms.domainSearch, behaviours));
  if (ranges) {
    const isHit = behaviours.ipSearchMatch === 'overlap' ? overlaps : encloses;
    const isSearched = ({ type }: EmulatedRecord) => behaviours.ipSearchTypes === 'any' || type.shortName === 'ip';
    tests.push(
      record =>
        isSearched(record) && ranges.some(requested => record.range !== undefined && isHit(requested, record.range)),
    );
  }
  return tests;
}

/** Compares the list's default confidence: the documented model has none for a single indicator. */
function confidenceTest({ minConfidence, maxConfidence }: SearchTerms): Test {
  return ({ list: { confidence } }) =>
    confidence !== null && confidence >= minConfidence && confidence <= maxConfidence;
}

const timeFields = [
  'createdTimestamp',
  'lastUpdatedTimestamp',
  'deletedTimestamp',
  'firstSeenTimestamp',
  'lastSeenTimestamp',
] as const;

function timeTest(terms: SearchTerms, window: { from: number; to: number }, behaviours: ArgusBehaviours): Test {
  const isAll = terms.timeFieldStrategy.length === 0 || terms.timeFieldStrategy.includes('all');
  const fields = isAll ? timeFields : timeFields.filter(field => terms.timeFieldStrategy.includes(field));
  const isLiteral = behaviours.unsetTimestamps === 'literal';
  const lies = (at: number): boolean => (isLiteral || at !== 0) && at >= window.from && at <= window.to;
  return record => {
    const times = fields.map(field => record[field]).filter(at => isLiteral || !isAll || at !== 0);
    return terms.timeMatchStrategy === 'any' ? times.some(lies) : times.every(lies);
  };
}

function domainTest(search: NonNullable<SearchTerms['domainSearch']>, { domainCase }: ArgusBehaviours): Test {
  const folded = (text: string): string => (domainCase === 'insensitive' ? text.toLowerCase() : text);
  const requested = new Set(search.domain.map(folded));
  const upwards = new Set(
    [...requested].flatMap(domain => (search.includeParentDomains ? withParents(domain) : [domain])),
  );
  return ({ type, value }) => {
    if (type.shortName !== 'domain') return false;
    const domain = folded(value);
    return (
      upwards.has(domain) || (search.includeSubdomains && withParents(domain).some(parent => requested.has(parent)))
    );
  };
}

export function sorted(
  records: readonly EmulatedRecord[],
  sortBy: readonly string[],
  behaviours: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const orders = sortBy.map(field =>
    field.startsWith('-')
      ? { key: keyOf(field.slice(1), behaviours), sign: -1 }
      : { key: keyOf(field, behaviours), sign: 1 },
  );
  // The sort is stable: records that compare equal stay in the order of insertion.
  return records.toSorted((a, b) => {
    for (const { key, sign } of orders) {
      const left = key(a);
      const right = key(b);
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

function keyOf(field: string, { valueForm }: ArgusBehaviours): (record: EmulatedRecord) => string | number {
  if (field === 'indicatorList') return record => record.list.shortName;
  if (field === 'type') return record => record.type.shortName;
  if (field === 'value') return record => wireValue(record, valueForm);
  if (field === 'createdTimestamp') return record => record.createdTimestamp;
  return field === 'deletedTimestamp' ? record => record.deletedTimestamp : record => record.lastUpdatedTimestamp;
}

/** The criteria with every name, address and time resolved. */
export interface ResolvedCriteria {
  readonly terms: SearchTerms;
  /** Ids of lists; undefined: any that the key may read. */
  readonly listIds: ReadonlySet<string> | undefined;
  readonly readableListIds: ReadonlySet<string>;
  readonly typeNames: ReadonlySet<string> | undefined;
  readonly ranges: readonly IpRange[] | undefined;
  readonly window: { readonly from: number; readonly to: number } | undefined;
}
