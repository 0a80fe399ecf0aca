import type { SearchTerms } from './argus-criteria.ts';
import type { Criteria } from './argus-search.ts';
import type { ArgusSwitches } from './argus-switches.ts';
import type { ArgusRecord, ArgusWorld } from './argus-world.ts';
import { encloses, overlaps } from './ip-range.ts';

/** Every record that meets all criteria and stands on a readable list, sorted. */
export function matchesOf(world: ArgusWorld, criteria: Criteria, switches: ArgusSwitches): readonly ArgusRecord[] {
  const tests = testsOf(criteria, switches);
  const matches = candidates(world, criteria.terms).filter(record => tests.every(test => test(record)));
  return sorted(matches, criteria.terms.sortBy);
}

type Test = (record: ArgusRecord) => boolean;

/** By the index where exact values are asked; order of insertion is kept. */
function candidates(world: ArgusWorld, { value }: SearchTerms): readonly ArgusRecord[] {
  if (!value || value.length === 0) return world.records;
  return [...new Set(value.map(text => text.toLowerCase()))].flatMap(text => world.byValue(text));
}

function testsOf(
  { terms, listIds, readableListIds, typeNames, ranges, window }: Criteria,
  switches: ArgusSwitches,
): Test[] {
  const states = new Set<string>(terms.state.length > 0 ? terms.state : ['active']);
  const tests: Test[] = [
    record => readableListIds.has(record.list.id),
    record => states.has(record.state),
    record => terms.includeDeleted || record.deletedTimestamp === 0,
  ];
  if (listIds) tests.push(record => listIds.has(record.list.id));
  if (typeNames) tests.push(record => typeNames.has(record.type.shortName));
  if (terms.value && terms.value.length > 0) tests.push(valueTest(terms.value, switches));
  if (terms.minConfidence > 0 || terms.maxConfidence < 1) tests.push(confidenceTest(terms));
  if (window) tests.push(timeTest(terms, window, switches));
  if (terms.domainSearch) tests.push(domainTest(terms.domainSearch, switches));
  if (ranges) {
    const isHit = switches.ipSearchMatch === 'overlap' ? overlaps : encloses;
    tests.push(
      ({ type, range }) => type.shortName === 'ip' && range !== undefined && ranges.some(asked => isHit(asked, range)),
    );
  }
  return tests;
}

function valueTest(values: readonly string[], { domainCase }: ArgusSwitches): Test {
  const exact = new Set(values);
  const lower = new Set(values.map(value => value.toLowerCase()));
  return ({ type, value }) =>
    exact.has(value) || (domainCase === 'insensitive' && type.shortName === 'domain' && lower.has(value.toLowerCase()));
}

/** The list's default confidence: an indicator's own is not part of the documented model. */
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

function timeTest(terms: SearchTerms, window: { from: number; to: number }, switches: ArgusSwitches): Test {
  const isAll = terms.timeFieldStrategy.length === 0 || terms.timeFieldStrategy.includes('all');
  const fields = isAll ? timeFields : timeFields.filter(field => terms.timeFieldStrategy.includes(field));
  const isLiteral = switches.unsetTimestamps === 'literal';
  const lies = (at: number): boolean => (isLiteral || at !== 0) && at >= window.from && at <= window.to;
  return record => {
    const times = fields.map(field => record[field]).filter(at => isLiteral || !isAll || at !== 0);
    return terms.timeMatchStrategy === 'any' ? times.some(lies) : times.every(lies);
  };
}

function domainTest(search: NonNullable<SearchTerms['domainSearch']>, { domainCase }: ArgusSwitches): Test {
  const folded = (text: string): string => (domainCase === 'insensitive' ? text.toLowerCase() : text);
  const asked = new Set(search.domain.map(folded));
  const upwards = new Set([...asked].flatMap(domain => (search.includeParentDomains ? withParents(domain) : [domain])));
  return ({ type, value }) => {
    if (type.shortName !== 'domain') return false;
    const domain = folded(value);
    return upwards.has(domain) || (search.includeSubdomains && withParents(domain).some(parent => asked.has(parent)));
  };
}

/** `a.b.c` gives itself, `b.c` and `c`. */
function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_label, index) => labels.slice(index).join('.'));
}

function sorted(records: readonly ArgusRecord[], sortBy: readonly string[]): readonly ArgusRecord[] {
  const orders = sortBy.map(field =>
    field.startsWith('-') ? { key: keyOf(field.slice(1)), sign: -1 } : { key: keyOf(field), sign: 1 },
  );
  // Stable: records that compare equal stay in the order in which they were put into the world.
  return records.toSorted((a, b) => {
    for (const { key, sign } of orders) {
      const left = key(a);
      const right = key(b);
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
}

function keyOf(field: string): (record: ArgusRecord) => string | number {
  if (field === 'indicatorList') return record => record.list.shortName;
  if (field === 'type') return record => record.type.shortName;
  if (field === 'value') return record => record.value;
  if (field === 'createdTimestamp') return record => record.createdTimestamp;
  return field === 'deletedTimestamp' ? record => record.deletedTimestamp : record => record.lastUpdatedTimestamp;
}
