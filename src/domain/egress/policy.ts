/** The egress policy: what is never sent to which source. Pure. */
import { indicatorKey } from '../indicator/indicator.ts';
import type { IpSpan } from '../indicator/ip-span.ts';
import type { Indicator, IndicatorType } from '../indicator/model.ts';
import { specialUseOfName, specialUseOfSpan } from '../indicator/special-use.ts';
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
  /** Reads the indicator once for all questions about it: of a long URL that takes a millisecond. */
  judge(indicator: Indicator): void;
  /** The name of the rule that withholds the indicator from the source; undefined: it may be sent. */
  withheldBy(source: SourceName, indicator: Indicator): string | undefined;
  /** The same for text that a caller wrote for the source, such as an entry of a filter. */
  textWithheldBy(source: SourceName, text: string): string | undefined;
}

/** `marking`: the caller's, of everything that the operation names. Undefined: there is nothing to withhold. */
export function createEgress(policy: EgressPolicy, marking: Tlp | undefined): Egress | undefined {
  if (policy.length === 0) return undefined;
  const matching = (disclosure: Disclosure) => policy.filter(rule => withholds(rule, disclosure, marking));
  const ruleFor = (source: SourceName, rules: EgressPolicy): string | undefined =>
    rules.find(({ sources }) => sources?.includes(source) ?? true)?.name;
  const known = new Map<string, EgressPolicy>();
  function rulesFor(indicator: Indicator): EgressPolicy {
    const key = indicatorKey(indicator);
    const rules = known.get(key) ?? matching(disclosureOf(indicator));
    known.set(key, rules);
    return rules;
  }
  return {
    judge: indicator => void rulesFor(indicator),
    withheldBy: (source, indicator) => ruleFor(source, rulesFor(indicator)),
    textWithheldBy: (source, text) => ruleFor(source, matching(disclosureOfText(text))),
  };
}

function withholds(rule: EgressRule, { types, spans, hosts, names }: Disclosure, marking: Tlp | undefined): boolean {
  return (
    (marking !== undefined && rule.tlp.includes(marking)) ||
    types.some(type => rule.types.includes(type)) ||
    (rule.specialUse.length > 0 && usesOf(spans, hosts).some(use => rule.specialUse.includes(use))) ||
    rule.addresses.some(own => spans.some(span => overlap(own, span))) ||
    hosts.some(rule.domains.areIn) ||
    names.some(rule.domains.areIn)
  );
}

/** A block is asked about by its first address. */
const usesOf = (spans: readonly IpSpan[], hosts: readonly string[]): readonly string[] => [
  ...spans.flatMap(span => specialUseOfSpan({ ...span, last: span.first }) ?? []),
  ...spans.flatMap(span => specialUseOfSpan(span) ?? []),
  ...hosts.flatMap(host => specialUseOfName(host) ?? []),
];

/** A block that holds one of ours names it too. */
const overlap = (a: IpSpan, b: IpSpan): boolean => a.family === b.family && a.first <= b.last && b.first <= a.last;
