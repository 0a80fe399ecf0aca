/** What can cover an indicator without being it: parent domains, and the blocks and ranges around an address. Pure. */
import { type Indicator, parseIndicator } from '../../../domain/indicator/indicator.ts';
import { holds, type IpSpan, readIpSpan } from '../../../domain/indicator/ip-span.ts';

/** The documented searches that find what covers a value ("Searching for indicators"). */
export type Search = 'domainSearch' | 'ipSearch';

const searches: Partial<Readonly<Record<Indicator['type'], Search>>> = {
  DOMAIN: 'domainSearch',
  IPV4: 'ipSearch',
  IPV6: 'ipSearch',
  CIDR: 'ipSearch',
};

export const searchFor = ({ type }: Indicator): Search | undefined => searches[type];
export const hasSurroundings = (indicator: Indicator): boolean => searchFor(indicator) !== undefined;

/**
 * What to search for. Of a block its first address: whatever encloses the block holds that one too, and a search for the
 * block itself would bring every address inside it.
 */
export const criterionOf = ({ type, value }: Indicator): string =>
  type === 'CIDR' ? (value.split('/')[0] as string) : value;

/** Those of the asked indicators that a record is about, and how; undefined: of none, so Argus answered something else. */
export type Attribute = (value: string) => { readonly covered: readonly Indicator[] } | undefined;

export const attributionOf: Readonly<Record<Search, (asked: readonly Indicator[]) => Attribute>> = {
  domainSearch: toParents,
  ipSearch: toEnclosing,
};

/** `a.b.c` lies below `b.c` and `c`. */
const parentsOf = (domain: string): readonly string[] => {
  const labels = domain.split('.');
  return labels.slice(1).map((_, index) => labels.slice(index + 1).join('.'));
};

function toParents(asked: readonly Indicator[]): Attribute {
  const below = new Map<string, Indicator[]>();
  for (const indicator of asked) {
    below.set(indicator.value, below.get(indicator.value) ?? []); // the exact value comes along, and covers nobody
    for (const parent of parentsOf(indicator.value)) {
      const known = below.get(parent);
      if (known === undefined) below.set(parent, [indicator]);
      else known.push(indicator);
    }
  }
  return value => {
    const plain = value.replace(/^\*?\./, ''); // some lists write *.example.org for all that lies below
    const covered = below.get(value) ?? below.get(parseIndicator(plain, 'DOMAIN').indicator?.value ?? plain);
    return covered && { covered };
  };
}

function toEnclosing(asked: readonly Indicator[]): Attribute {
  const spans = asked.flatMap(indicator => {
    const span = readIpSpan(indicator.value);
    return span === undefined ? [] : [{ indicator, span, first: { ...span, last: span.first } }];
  });
  return value => {
    const around = readIpSpan(value);
    if (around === undefined || !spans.some(({ first }) => holds(around, first))) return undefined;
    const covered = spans.filter(({ indicator, span }) => holds(around, span) && !isSame(indicator, value, around));
    return { covered: covered.map(({ indicator }) => indicator) };
  };
}

/** The record of an indicator's own value is a membership, however it is spelled. */
function isSame(indicator: Indicator, value: string, span: IpSpan): boolean {
  if (value === indicator.value) return true;
  const own = readIpSpan(indicator.value);
  if (own?.first !== span.first || own.last !== span.last) return false;
  const read = parseIndicator(value, indicator.type).indicator;
  return read?.value === indicator.value;
}
