/** What an exact `value` finds. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { EmulatedRecord } from './argus-records.ts';
import { encloses, type IpRange, parseIpRange } from './ip-range.ts';

type FindsRecord = (record: EmulatedRecord) => boolean;

export function exactTest(values: readonly string[], { domainCase, exactValue }: ArgusBehaviours): FindsRecord {
  const exact = new Set(values);
  const lower = new Set(values.map(value => value.toLowerCase()));
  const itself: FindsRecord = ({ type, value }) =>
    exact.has(value) || (domainCase === 'insensitive' && type.shortName === 'domain' && lower.has(value.toLowerCase()));
  if (exactValue === 'itself') return itself;
  const others = exactValue === 'andCovering' ? coveringTest(values) : substringTest(lower);
  return record => itself(record) || others(record);
}

function coveringTest(values: readonly string[]): FindsRecord {
  const ranges = values.map(parseIpRange).filter((range): range is IpRange => range !== undefined);
  const parents = new Set(values.flatMap(withParents));
  return ({ type, value, range }) =>
    range ? ranges.some(asked => encloses(range, asked)) : type.shortName === 'domain' && parents.has(value);
}

const substringTest =
  (asked: ReadonlySet<string>): FindsRecord =>
  ({ value }) =>
    [...asked].some(text => value.toLowerCase().includes(text));

/** `a.b.c` gives `a.b.c`, `b.c` and `c`. */
export function withParents(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_label, index) => labels.slice(index).join('.'));
}
