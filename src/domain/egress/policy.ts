/** The egress policy: what is never sent to which source. Pure. */
import { indicatorKey } from '../indicator/indicator.ts';
import type { IpSpan } from '../indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../indicator/model.ts';
import { specialUseOf } from '../indicator/special-use.ts';
import type { SourceName } from '../source-report.ts';
import { type Disclosure, disclosureOf, disclosureOfText } from './disclosure.ts';
import type { OwnDomains } from './own-domains.ts';
import type { Tlp } from './tlp.ts';

/** Withholds what any of its conditions names. */
export interface EgressRule {
  /** For people: it stands in the answers. */
  readonly name: string;
  /** From which sources; undefined: from all. */
  readonly sources: readonly SourceName[] | undefined;
  /** What `specialUseOf` calls addresses and names. */
  readonly specialUse: readonly string[];
  readonly addresses: readonly IpSpan[];
  readonly domains: OwnDomains;
  readonly types: readonly IndicatorType[];
  /** How the caller has marked what it asks. */
  readonly tlp: readonly Tlp[];
}

export type EgressPolicy = readonly EgressRule[];

/** What one operation may not send. */
export interface Egress {
  /** The name of the rule that withholds the indicator from the source; undefined: it may be sent. */
  withheldBy(source: SourceName, indicator: Indicator): string | undefined;
  /** The same for text that a caller wrote for the source, such as an entry of a filter. */
  textWithheldBy(source: SourceName, text: string): string | undefined;
}

/** `marking`: the caller's, of everything that the operation names. Undefined: there is nothing to withhold. */
export function createEgress(policy: EgressPolicy, marking: Tlp | undefined): Egress | undefined {
  if (policy.length === 0) return undefined;
  const ruleFor = (source: SourceName, disclosure: Disclosure): string | undefined =>
    policy.find(rule => (rule.sources?.includes(source) ?? true) && withholds(rule, disclosure, marking))?.name;
  const known = new Map<string, string | undefined>();
  return {
    withheldBy(source, indicator) {
      const key = `${source} ${indicatorKey(indicator)}`;
      if (!known.has(key)) known.set(key, ruleFor(source, disclosureOf(indicator)));
      return known.get(key);
    },
    textWithheldBy: (source, text) => ruleFor(source, disclosureOfText(text)),
  };
}

function withholds(
  rule: EgressRule,
  { types, indicators, spans, names }: Disclosure,
  marking: Tlp | undefined,
): boolean {
  return (
    (marking !== undefined && rule.tlp.includes(marking)) ||
    types.some(type => rule.types.includes(type)) ||
    (rule.specialUse.length > 0 && indicators.some(one => rule.specialUse.includes(specialUseOf(one) ?? ''))) ||
    rule.addresses.some(own => spans.some(span => overlap(own, span))) ||
    names.some(rule.domains.areIn)
  );
}

/** A block that holds one of ours names it too. */
const overlap = (a: IpSpan, b: IpSpan): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;
