/** Which calls a moment needed, and which it made. */

import { asDocumented } from '../readings/sample.ts';
import { isAbout, type Search, searchedText } from './asked.ts';
import type { Moment } from './history.ts';
import { type Holdings, lookupsOf, type Need } from './holdings.ts';
import type { Violation } from './judge.ts';
import { argusNeeds, datadogNeeds, type Operation } from './operations.ts';
import { type Caller, callers } from './world.ts';

interface Wanted {
  readonly operation: Operation;
  readonly need: Need;
  readonly isHeld: boolean;
}

/** Of moments as documented, without a fault: there every call is judged. */
export interface CallCount {
  made: number;
  /** By what must be asked at least once. */
  least: number;
  /** More than the least because a replica does not look into Redis again. */
  ofReplicas: number;
}

const needsOf = (operation: Operation): readonly Need[] => [
  ...datadogNeeds(operation).map(need => ({ source: 'DATADOG' as const, ...need })),
  ...argusNeeds(operation).map(need => ({ source: 'ARGUS' as const, ...need })),
];

/** Before what was asked is noted. */
export function wantedAt(operations: readonly Operation[], holdings: Holdings, now: Moment): readonly Wanted[] {
  return operations.flatMap(operation =>
    needsOf(operation).map(need => ({
      operation,
      need,
      isHeld: holdings.isHeld(operation.gateway, operation.caller, need, now),
    })),
  );
}

/** What is asked about a value for one need: a block is searched for by itself, and around itself. */
const criteriaOf = (need: Need): readonly Search['criterion'][] => {
  if (need.source === 'DATADOG') return [];
  if (!need.around) return ['value'];
  if (need.subject.type === 'CIDR') return ['value', 'ipSearch'];
  return [need.subject.type === 'DOMAIN' ? 'domainSearch' : 'ipSearch'];
};

const isJudged = ({ reading, asked }: Moment): boolean => reading === asDocumented && !asked.isStrange;

/** Calls that no need explains. */
export function judgeCalls(wanted: readonly Wanted[], now: Moment): readonly Violation[] {
  const { lookups, searches } = now.asked;
  if (!isJudged(now)) return [];
  const open = wanted.filter(({ isHeld }) => !isHeld);
  const found: string[] = [];
  for (const { caller, value, variant } of lookups) {
    const about = wanted.filter(
      ({ operation, need }) =>
        need.source === 'DATADOG' &&
        operation.caller === caller &&
        need.subject.value === value &&
        need.variant === variant,
    );
    // What one operation fetches anew replaces what is held, and may hold less than another of the same moment needs.
    const needs = about.every(({ isHeld }) => isHeld) ? [] : about;
    const asked = lookupsOf(now.asked, caller, value, variant).length;
    if (asked > needs.length)
      found.push(`Datadog, ${caller}, ${value}, ${variant}: ${asked} lookups, ${needs.length} needed`);
  }
  for (const caller of callers) found.push(...searchProblems(caller, open, searches));
  return [...new Set(found)].map(detail => ({ kind: 'unneeded call', detail }));
}

/**
 * What is held of a value and still fresh is asked for again with the rest, because the new fact replaces it; what lies around
 * it may be answered from memory while the rest is asked. So either criterion of a type is right, once.
 */
function searchProblems(caller: Caller, open: readonly Wanted[], all: readonly Search[]): readonly string[] {
  const searches = all.filter(search => search.caller === caller);
  const needs = open.filter(({ operation, need }) => operation.caller === caller && need.source === 'ARGUS');
  const found: string[] = [];
  const uses = (search: Search, { need }: Wanted) => isAbout(search, need.subject);
  const most = new Set(
    searches.flatMap(search =>
      needs
        .filter(one => uses(search, one))
        .map(one => `${open.findIndex(({ operation }) => operation === one.operation)} ${search.criterion}`),
    ),
  ).size;
  if (searches.length > most) found.push(`Argus, ${caller}: ${searches.length} searches, ${most} needed`);
  if (searches.some(({ isFirst }) => !isFirst)) found.push(`Argus, ${caller}: a second page`);
  for (const text of new Set(searches.flatMap(({ values }) => values))) {
    const asked = searches.filter(({ values }) => values.includes(text)).length;
    const ofText = needs.filter(({ need: { subject } }) =>
      [subject.value, searchedText(subject, 'ipSearch')].includes(text),
    );
    if (asked > ofText.length) found.push(`Argus, ${caller}: ${text} is in ${asked} searches, ${ofText.length} needed`);
  }
  return found;
}

export function count(wanted: readonly Wanted[], holdings: Holdings, now: Moment, into: CallCount): void {
  if (!isJudged(now)) return;
  into.made += now.asked.lookups.length + now.asked.searches.length;
  const open = wanted.filter(({ isHeld }) => !isHeld);
  const isShadowed = ({ operation: { gateway, caller }, need }: Wanted) =>
    holdings.isShadowed(gateway, caller, need, now);
  into.ofReplicas += leastOf(open) - leastOf(open.filter(one => !isShadowed(one)));
  into.least += leastOf(open.filter(one => !isShadowed(one)));
}

/** One lookup for each value and matcher, one search for each criterion. */
const leastOf = (open: readonly Wanted[]): number =>
  new Set(
    open.flatMap(({ operation: { caller }, need }) =>
      need.source === 'DATADOG'
        ? [`${caller} ${need.subject.value} ${need.variant}`]
        : criteriaOf(need).map(one => `${caller} ${one}`),
    ),
  ).size;

/** What the gateways and Redis hold from now on. */
export function noteCalls(wanted: readonly Wanted[], holdings: Holdings, now: Moment): void {
  for (const source of now.troubled) holdings.forget(source, now);
  const isCertain = isJudged(now);
  for (const {
    operation: { caller },
    need,
  } of wanted) {
    const wasAsked =
      need.source === 'DATADOG'
        ? lookupsOf(now.asked, caller, need.subject.value, need.variant).length > 0
        : now.asked.searches.some(one => one.caller === caller && isAbout(one, need.subject));
    if (!wasAsked) continue;
    const same = wanted.filter(
      one =>
        one.operation.caller === caller &&
        one.need.source === need.source &&
        one.need.subject.value === need.subject.value,
    );
    const gateways = [...new Set(same.map(one => one.operation.gateway))];
    // What was asked is known by its text alone: of two types of one text, either may have been asked for.
    const isOneType = new Set(same.map(one => one.need.subject.type)).size === 1;
    holdings.note(gateways, caller, need, now, isCertain && isOneType && !now.troubled.has(need.source));
  }
}
