/** What can cover an indicator without being it: parent domains, and the blocks and ranges around an address. Pure. */
import { hostOf, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan, spanContains } from '../../../domain/indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../../../domain/indicator/model.ts';
import type { ValuesCriterion } from '../client.ts';
import type { RecordsSubject } from '../facts.ts';
import { type Attribute, toExactValue } from './row-attribution.ts';

/** The documented criterion that finds what covers a value of the type ("Searching for indicators"). */
const criteria: Partial<Readonly<Record<IndicatorType, ValuesCriterion>>> = {
  DOMAIN: 'domainSearch',
  IPV4: 'ipSearch',
  IPV6: 'ipSearch',
  CIDR: 'ipSearch',
};

/** undefined: nothing can cover an indicator of this type. */
export const coveringCriterionOf = ({ type }: Indicator): ValuesCriterion | undefined => criteria[type];

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

/** The record of a searched domain is its own; that of a parent covers the domains below it. */
export function toDomains(subjects: readonly RecordsSubject[]): Attribute {
  const exact = toExactValue(subjects);
  const below = new Map<string, RecordsSubject[]>();
  for (const subject of subjects) {
    for (const parent of parentsOf(subject.indicator.value)) {
      const known = below.get(parent);
      if (known === undefined) below.set(parent, [subject]);
      else known.push(subject);
    }
  }
  const belowOf = (value: string): readonly RecordsSubject[] =>
    below.get(value) ?? below.get(parseIndicator(value, 'DOMAIN').indicator?.value ?? value) ?? [];
  return (value, typeName) => {
    const plain = value.replace(/^\*?\./, ''); // some lists write *.example.org for everything below it
    const about = { exact: exact(value, typeName)?.exact ?? [], covered: belowOf(plain) };
    if (about.exact.length + about.covered.length > 0) return about;
    // Argus may count a URL or e-mail address as a match of its host. Such a row is of no use here, and no mistake.
    const host = hostWithin(value) ?? plain;
    return exact(host, typeName) !== undefined || belowOf(host).length > 0 ? nobody : undefined;
  };
}

const nobody = { exact: [], covered: [] } as const;

function hostWithin(value: string): string | undefined {
  const { indicator } = parseIndicator(value);
  return indicator && hostOf(indicator)?.value;
}

/** The record of a searched address is its own; that of a block or range covers the addresses and blocks inside it. */
export function toAddresses(subjects: readonly RecordsSubject[]): Attribute {
  const spans = subjects.flatMap(subject => {
    const span = parseIpSpan(subject.indicator.value);
    return span === undefined ? [] : [{ subject, span, first: { ...span, last: span.first } }];
  });
  return value => {
    const outer = parseIpSpan(value);
    if (outer === undefined || !spans.some(({ first }) => spanContains(outer, first))) return undefined;
    const inside = spans.filter(({ span }) => spanContains(outer, span)).map(({ subject }) => subject);
    const exact = inside.filter(({ indicator }) => isSame(indicator, value, outer));
    return { exact, covered: inside.filter(subject => !exact.includes(subject)) };
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
