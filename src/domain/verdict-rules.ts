import type {
  ArgusEvidence,
  DatadogEvidence,
  Testimony,
  VerdictLevel,
  VerdictPolicy,
  VerdictReason,
} from './verdict.ts';
import { type Band, bandOf, percent } from './verdict-bands.ts';
import { argusWords, datadogWords, relatedWords } from './verdict-words.ts';

/** The policy's table but for the gateway's own rules (nothing, gate), in its order. docs/analysts.md prints it. */
export const effects = {
  'argus-high': 'MALICIOUS',
  'argus-medium': 'SUSPICIOUS',
  'argus-low': 'INFORMATIONAL',
  'argus-latest-high': 'SUSPICIOUS',
  'argus-latest': 'INFORMATIONAL',
  related: null,
  'datadog-high': 'MALICIOUS',
  'datadog-medium': 'SUSPICIOUS',
  'datadog-malicious': 'SUSPICIOUS',
  corroborated: 'MALICIOUS',
  'datadog-known': 'INFORMATIONAL',
  'datadog-benign': 'BENIGN',
  context: null,
} as const satisfies Readonly<Record<string, VerdictLevel | null>>;

export type Rule = keyof typeof effects;

/**
 * Which rule an Argus record falls under. In a state we do not know it may or may not be active: at most SUSPICIOUS,
 * and like an unknown confidence not taken for low.
 */
const argusRules: Readonly<Record<ArgusEvidence['state'], Readonly<Record<Band, Rule>>>> = {
  ACTIVE: { high: 'argus-high', medium: 'argus-medium', unknown: 'argus-medium', low: 'argus-low' },
  LATEST: { high: 'argus-latest-high', medium: 'argus-latest', unknown: 'argus-latest', low: 'argus-latest' },
  UNKNOWN: { high: 'argus-medium', medium: 'argus-medium', unknown: 'argus-medium', low: 'argus-low' },
  OLD: { high: 'context', medium: 'context', unknown: 'context', low: 'context' },
};

/** Every rule that Datadog's evidence may meet; `benign` and `known` stand back behind whatever accuses. */
const datadogRules: readonly (readonly [Rule, (evidence: DatadogEvidence, band: Band) => boolean])[] = [
  ['datadog-high', (_, band) => band === 'high'],
  ['datadog-medium', (_, band) => band === 'medium'],
  ['datadog-malicious', evidence => evidence.maliciousSources.length > 0],
  ['datadog-benign', (evidence, band) => !accuses(evidence, band) && isCalledBenign(evidence)],
  ['datadog-known', (evidence, band) => !accuses(evidence, band) && !isCalledBenign(evidence)],
  ['context', evidence => evidence.triageState !== null || evidence.logMatches !== null],
];

const accuses = ({ maliciousSources }: DatadogEvidence, band: Band): boolean =>
  band === 'high' || band === 'medium' || maliciousSources.length > 0;

const isCalledBenign = ({ benignSources, suspiciousSources }: DatadogEvidence): boolean =>
  benignSources.length > 0 && suspiciousSources.length === 0;

/** A related host counts for at most SUSPICIOUS (hosting is shared), and its good name says nothing of a path: it is merely known. */
const relatedEffects = {
  MALICIOUS: 'SUSPICIOUS',
  SUSPICIOUS: 'SUSPICIOUS',
  INFORMATIONAL: 'INFORMATIONAL',
  BENIGN: 'INFORMATIONAL',
} as const;

/** Rules 1 to 5, 7 to 12 and 15. Evidence counts whatever the report beside it says: a stale accusation still accuses. */
export function reasonsFrom(testimony: Testimony, policy: VerdictPolicy): readonly VerdictReason[] {
  const argus = argusReasons(testimony.argus.evidence ?? [], policy);
  const datadog = testimony.datadog.evidence ? datadogReasons(testimony.datadog.evidence, policy) : [];
  return [...argus, ...datadog, ...corroboration(argus, datadog)];
}

/** One reason for each rule, however many lists it rests on: lists copy each other, so they are never added up. */
function argusReasons(records: readonly ArgusEvidence[], policy: VerdictPolicy): readonly VerdictReason[] {
  const byRule = Map.groupBy(
    records,
    ({ state, confidence }) => argusRules[state][bandOf(percent(confidence), policy)],
  );
  return [...byRule].map(([rule, met]) => ({ source: 'ARGUS', rule, effect: effects[rule], detail: argusWords(met) }));
}

function datadogReasons(evidence: DatadogEvidence, policy: VerdictPolicy): readonly VerdictReason[] {
  const band = bandOf(evidence.score, policy);
  const met = datadogRules.filter(([, when]) => when(evidence, band)).map(([rule]) => rule);
  return met.map(rule => ({ source: 'DATADOG', rule, effect: effects[rule], detail: datadogWords(rule, evidence) }));
}

function corroboration(argus: readonly VerdictReason[], datadog: readonly VerdictReason[]): readonly VerdictReason[] {
  const listed = argus.some(({ rule }) => rule === 'argus-high' || rule === 'argus-medium');
  if (!listed || !datadog.some(({ rule }) => rule === 'datadog-malicious')) return [];
  const detail = 'Two vendors agree: a feed in Datadog calls it malicious, and Argus has it on a list';
  return [{ source: null, rule: 'corroborated', effect: effects.corroborated, detail }];
}

/** Rule 6. */
export function relatedTo(host: Testimony, policy: VerdictPolicy): readonly VerdictReason[] {
  return reasonsFrom(host, policy).flatMap(({ source, effect, detail }) => {
    const related =
      effect === null || effect === 'INCONCLUSIVE' || effect === 'NO_MATCH' ? null : relatedEffects[effect];
    return related ? [{ source, rule: 'related', effect: related, detail: relatedWords(host.indicator, detail) }] : [];
  });
}

const strength: readonly (VerdictLevel | null)[] = [
  'MALICIOUS',
  'SUSPICIOUS',
  'INCONCLUSIVE',
  'INFORMATIONAL',
  'BENIGN',
  'NO_MATCH',
  null,
];
const order: readonly string[] = Object.keys(effects);

/** Strongest first, so that the first reason carries the level; then in the order of the policy's table. */
export function byWeight(a: VerdictReason, b: VerdictReason): number {
  return (
    strength.indexOf(a.effect) - strength.indexOf(b.effect) ||
    order.indexOf(a.rule) - order.indexOf(b.rule) ||
    (a.detail < b.detail ? -1 : a.detail > b.detail ? 1 : 0)
  );
}
