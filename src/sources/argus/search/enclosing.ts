/** What can cover an indicator without being it: parent domains, and the blocks and ranges around an address. Pure. */
import { hostOf, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { type IpSpan, parseIpSpan, spanContains, spanKey } from '../../../domain/indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../../../domain/indicator/model.ts';
import { once } from '../../once.ts';
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

/** The searched domains below a domain, as Argus writes it. */
function domainsBelow(subjects: readonly RecordsSubject[]): (value: string) => readonly RecordsSubject[] {
  const below = new Map<string, RecordsSubject[]>();
  for (const subject of subjects) {
    for (const parent of parentsOf(subject.indicator.value)) {
      const known = below.get(parent);
      if (known === undefined) below.set(parent, [subject]);
      else known.push(subject);
    }
  }
  return value => below.get(value) ?? below.get(parseIndicator(value, 'DOMAIN').indicator?.value ?? value) ?? [];
}

/** Some lists write *.example.org for everything below it. */
const withoutWildcard = (value: string): string => value.replace(/^\*?\./, '');

/** It is about what covers somebody, or is a match of a host: of no use here, and no mistake. */
const nobody = { exact: [], covered: [] } as const;

/** The record of a searched domain is its own; that of a parent covers the domains below it. */
export function toDomains(subjects: readonly RecordsSubject[]): Attribute {
  const exact = toExactValue(subjects);
  const belowOf = domainsBelow(subjects);
  return (value, typeName) => {
    const plain = withoutWildcard(value);
    const about = { exact: exact(value, typeName)?.exact ?? [], covered: belowOf(plain) };
    if (about.exact.length + about.covered.length > 0) return about;
    // Argus may count a URL or e-mail address as a match of its host. Such a row is of no use here, and no mistake.
    const host = hostWithin(value) ?? plain;
    return exact(host, typeName) !== undefined || belowOf(host).length > 0 ? nobody : undefined;
  };
}

function hostWithin(value: string): string | undefined {
  const { indicator } = parseIndicator(value);
  return indicator && hostOf(indicator)?.value;
}

interface SpannedSubject {
  readonly subject: RecordsSubject;
  readonly span: IpSpan;
}

const spansOf = (subjects: readonly RecordsSubject[]): readonly SpannedSubject[] =>
  subjects.flatMap(subject => {
    const span = parseIpSpan(subject.indicator.value);
    return span === undefined ? [] : [{ subject, span }];
  });

/** The record of a searched address is its own; that of a block or range covers the addresses and blocks inside it. */
export function toAddresses(subjects: readonly RecordsSubject[]): Attribute {
  const spans = spansOf(subjects);
  return value => {
    const outer = parseIpSpan(value);
    if (outer === undefined || !spans.some(({ span }) => spanContains(outer, { ...span, last: span.first })))
      return undefined;
    const inside = spans.filter(({ span }) => spanContains(outer, span));
    // Equal spans are one thing, however they are spelled.
    const [exact, covered] = [true, false].map(isWhole =>
      inside.filter(({ span }) => (spanKey(span) === spanKey(outer)) === isWhole).map(({ subject }) => subject),
    ) as [RecordsSubject[], RecordsSubject[]];
    return { exact, covered };
  };
}

/** A search for exact values may bring what covers them as well; that is put aside, for nobody asked for it. */
export function toValues(subjects: readonly RecordsSubject[]): Attribute {
  const exact = toExactValue(subjects);
  const belowOf = once(() => domainsBelow(subjects.filter(({ indicator }) => indicator.type === 'DOMAIN')));
  const spans = once(() => spansOf(subjects));
  const covers = (value: string): boolean => {
    const outer = parseIpSpan(value);
    if (outer === undefined) return belowOf()(withoutWildcard(value)).length > 0;
    return spans().some(({ span }) => spanContains(outer, span));
  };
  return (value, typeName) => exact(value, typeName) ?? (covers(value) ? nobody : undefined);
}
