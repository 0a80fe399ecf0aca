/** What can cover an indicator without being it: parent domains, and the blocks and ranges around an address. Pure. */
import { parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan, spanContains } from '../../../domain/indicator/ip-span.ts';
import { type Indicator, type IndicatorType, indicatorTypes } from '../../../domain/indicator/model.ts';
import type { ValuesCriterion } from '../client.ts';
import type { RecordsSubject } from '../facts.ts';
import type { Attribute } from './row-attribution.ts';

/** The documented criterion that finds what covers a value of the type ("Searching for indicators"). */
const criteria: Partial<Readonly<Record<IndicatorType, ValuesCriterion>>> = {
  DOMAIN: 'domainSearch',
  IPV4: 'ipSearch',
  IPV6: 'ipSearch',
  CIDR: 'ipSearch',
};

/** undefined: nothing can cover an indicator of this type. */
export const coveringCriterionOf = ({ type }: Indicator): ValuesCriterion | undefined => criteria[type];

/** The types of what this criterion finds. */
export const coveringTypesOf = (criterion: ValuesCriterion): readonly IndicatorType[] =>
  indicatorTypes.filter(type => criteria[type] === criterion);

/**
 * The text to search for. For a block it is the first address: whatever encloses the block contains that address too,
 * and a search for the block itself would return every address inside it.
 */
export const coveringText = ({ type, value }: Indicator): string =>
  type === 'CIDR' ? (value.split('/')[0] as string) : value;

/** `a.b.c` lies below `b.c` and `c`. */
const parentsOf = (domain: string): readonly string[] => {
  const labels = domain.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
};

/** Assigns the record of a domain to the searched domains below it. */
export function toParents(subjects: readonly RecordsSubject[]): Attribute {
  const below = new Map<string, RecordsSubject[]>();
  for (const subject of subjects) {
    const { indicator } = subject;
    below.set(indicator.value, below.get(indicator.value) ?? []); // Argus sends the exact value too; it covers nothing
    for (const parent of parentsOf(indicator.value)) {
      const known = below.get(parent);
      if (known === undefined) below.set(parent, [subject]);
      else known.push(subject);
    }
  }
  return value => {
    const plain = value.replace(/^\*?\./, ''); // some lists write *.example.org for everything below it
    return below.get(value) ?? below.get(parseIndicator(plain, 'DOMAIN').indicator?.value ?? plain);
  };
}

/** Assigns the record of a block or range to the searched addresses and blocks inside it. */
export function toEnclosing(subjects: readonly RecordsSubject[]): Attribute {
  const spans = subjects.flatMap(subject => {
    const span = parseIpSpan(subject.indicator.value);
    return span === undefined ? [] : [{ subject, span, first: { ...span, last: span.first } }];
  });
  return value => {
    const outer = parseIpSpan(value);
    if (outer === undefined || !spans.some(({ first }) => spanContains(outer, first))) return undefined;
    const covered = spans.filter(
      ({ subject, span }) => spanContains(outer, span) && !isSame(subject.indicator, value, outer),
    );
    return covered.map(({ subject }) => subject);
  };
}

/** The record of an indicator's own value is a membership, however it is spelled. */
function isSame(indicator: Indicator, value: string, span: IpSpan): boolean {
  if (value === indicator.value) return true;
  const own = parseIpSpan(indicator.value);
  if (own?.first !== span.first || own.last !== span.last) return false;
  const read = parseIndicator(value, indicator.type).indicator;
  return read?.value === indicator.value;
}
