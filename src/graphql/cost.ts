import type { FieldNode } from 'graphql';
import { extractIndicators } from '../domain/extract.ts';
import type { ArgumentReader } from './arguments.ts';
import { operationLimits } from './limits.ts';
import type { Sets, Shape } from './shape.ts';

/** What an operation asks, before anything is asked. */
export interface Measure {
  /** Indicators and `_entities` it names, each time it names them: aliases and repeats count. */
  readonly values: number;
  /** The first of them as they were written, at most `maxValues`. For the audit. */
  readonly named: readonly string[];
  /** Those of them that a filter names: no Indicator is made of these. */
  readonly filtered: readonly string[];
  /**
   * For the rate limit: the values, and each indicator of a record or a host whose fields ask for facts of its own; a page
   * of records, a record by its id and the types count as one each.
   */
  readonly points: number;
  /**
   * Upstream calls if nothing were cached: an estimate from above, apart from pages and retries. The host that a verdict
   * on a URL looks at is not foreseen.
   */
  readonly calls: number;
}

/** Values that travel in one Argus search. */
const valuesPerSearch = 500;
/** Records that cover one value: an estimate of its parent domains and enclosing blocks on lists. */
const coveringPerValue = 4;

interface Walk {
  readonly shape: Shape;
  readonly argument: ArgumentReader['argument'];
  readonly maxNamed: number;
  readonly named: string[];
  readonly filtered: string[];
  values: number;
  /** Indicators that nobody named and that facts are asked about. */
  reached: number;
  /** Pages of records, records and types. */
  pages: number;
  /** Calls that no others share. */
  single: number;
  /** Argus's questions, and how many values each is about: they travel together. */
  readonly searches: Map<string, number>;
}

/**
 * Walks what will be executed, field by field as graphql merges them, and stays out of what costs nothing. Datadog is
 * asked once for each value and each distinct `ocsf`; Argus once for each question and 500 values, all fields together.
 */
export function costOf(shape: Shape, argument: ArgumentReader['argument'], maxNamed: number): Measure {
  const counts = { values: 0, reached: 0, pages: 0, single: 0 };
  const walk: Walk = { shape, argument, maxNamed, named: [], filtered: [], ...counts, searches: new Map() };
  for (const [field, sets] of shape.fieldsOf(shape.root)) root(walk, field, sets);
  let searches = 0;
  for (const count of walk.searches.values()) searches += Math.ceil(count / valuesPerSearch);
  const { values, named, filtered, reached, pages } = walk;
  return { values, named, filtered, points: values + reached + pages, calls: walk.single + searches };
}

interface Asked {
  readonly walk: Walk;
  /** The selections below the field. */
  readonly sets: Sets;
  readonly argument: (name: string) => unknown;
}

interface AskedOfIndicators extends Asked {
  readonly count: number;
  /** Datadog's questions so far about each of them. */
  readonly ocsf: Set<unknown>;
}

/** The names here and below are those of `schema.graphql`; every other field is free. */
const rootCosts = new Map<string, (asked: Asked) => void>([
  ['indicator', ({ walk, sets, argument }) => indicator(walk, sets, name(walk, argument('value')))],
  ['indicators', ({ walk, sets, argument }) => indicator(walk, sets, name(walk, argument('values')))],
  ['_entities', ({ walk, sets, argument }) => indicator(walk, sets, name(walk, argument('representations')))],
  [
    'lookup',
    ({ walk, sets, argument }) => indicator(walk, walk.shape.below(sets, 'indicator'), name(walk, argument('values'))),
  ],
  [
    'extractIndicators',
    ({ walk, sets, argument }) => indicator(walk, sets, name(walk, indicatorsIn(argument('text'), walk.maxNamed))),
  ],
  ['node', nodeById],
  ['reputationRecord', ({ walk, sets }) => records(single(walk), sets, 1)],
  ['reputationRecords', page],
  ['reputationTypes', ({ walk }) => void single(walk)],
]);

const indicatorCosts = new Map<string, (asked: AskedOfIndicators) => void>([
  ['threatScore', ({ ocsf }) => void ocsf.add(null)],
  ['triageState', ({ ocsf }) => void ocsf.add(null)],
  ['threat', askDatadog],
  ['triageHistory', askDatadog],
  ['datadog', askDatadog],
  ['memberships', asked => askArgus(asked, asked.sets)],
  ['argus', asked => askArgus(asked, asked.walk.shape.below(asked.sets, 'memberships'))],
  ['covering', askCovering],
  ['verdict', askBoth],
  ['host', ({ walk, sets, count }) => reach(walk, sets, count)],
]);

function root(walk: Walk, field: FieldNode, sets: Sets): void {
  rootCosts.get(field.name.value)?.({ walk, sets, argument: name => walk.argument(field, name) });
}

function single(walk: Walk): Walk {
  walk.single += 1;
  walk.pages += 1;
  return walk;
}

/** What an id stands for is not known yet: an indicator's fields count, and a record's. */
function nodeById({ walk, sets, argument }: Asked): void {
  indicator(walk, sets, name(walk, argument('id')));
  records(walk, sets, 1);
}

function page({ walk, sets, argument }: Asked): void {
  const before = walk.named.length;
  for (const list of filterLists(argument('filter'))) name(walk, list);
  walk.filtered.push(...walk.named.slice(before));
  records(single(walk), recordsIn(walk, sets), pageSize(argument('first')));
}

function indicator(walk: Walk, sets: Sets, count: number): void {
  if (count === 0) return;
  const ocsf = new Set<unknown>();
  for (const [field, found] of walk.shape.fieldsOf(sets)) {
    const argument = (name: string) => walk.argument(field, name);
    indicatorCosts.get(field.name.value)?.({ walk, sets: found, argument, count, ocsf });
  }
  walk.single += count * ocsf.size;
}

function askDatadog({ argument, ocsf }: AskedOfIndicators): void {
  ocsf.add(argument('ocsf') ?? null);
}

function askArgus({ walk, argument, count }: AskedOfIndicators, memberships: Sets): void {
  search(walk, questionOf(argument('states')), count);
  records(walk, memberships, count);
}

function askCovering({ walk, sets, count }: AskedOfIndicators): void {
  search(walk, 'covering', count);
  records(walk, sets, count * coveringPerValue);
}

function askBoth({ walk, count, ocsf }: AskedOfIndicators): void {
  ocsf.add(null);
  search(walk, questionOf(undefined), count);
}

/** What is asked of the indicators that these records lead to. */
function records(walk: Walk, sets: Sets, count: number): void {
  reach(walk, walk.shape.below(sets, 'indicator'), count);
}

/** Nobody named them: they count when facts of their own are asked about. */
function reach(walk: Walk, sets: Sets, count: number): void {
  const isAsked = walk.shape
    .fieldsOf(sets)
    .some(([{ name }]) => name.value !== 'host' && indicatorCosts.has(name.value));
  if (isAsked) walk.reached += count;
  indicator(walk, sets, count);
}

/** A page's records, by either way to them. */
function recordsIn(walk: Walk, sets: Sets): Sets {
  return [...walk.shape.below(sets, 'nodes'), ...walk.shape.below(walk.shape.below(sets, 'edges'), 'node')];
}

function search({ searches }: Walk, question: string, count: number): void {
  searches.set(question, (searches.get(question) ?? 0) + count);
}

/** One Argus fact holds ACTIVE and LATEST; OLD is another question. */
function questionOf(states: unknown): string {
  return [states].flat().includes('OLD') ? 'with old' : 'current';
}

/** Counts what is named, and keeps the first of it as it was written. A single value stands for a list of one. */
function name(walk: Walk, given: unknown): number {
  const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  for (const value of list.slice(0, walk.maxNamed - walk.named.length)) walk.named.push(textOf(value));
  walk.values += list.length;
  return list.length;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('value' in value && typeof value.value === 'string') return value.value;
  return 'id' in value && typeof value.id === 'string' ? value.id : '';
}

function filterLists(filter: unknown): unknown[] {
  if (typeof filter !== 'object' || filter === null) return [];
  const domains = 'domains' in filter ? filter.domains : undefined;
  const names = typeof domains === 'object' && domains !== null && 'names' in domains ? domains.names : undefined;
  return ['values' in filter ? filter.values : undefined, 'ips' in filter ? filter.ips : undefined, names];
}

/** The schema's own default and bounds. */
function pageSize(first: unknown): number {
  return typeof first === 'number' && first > 0 ? Math.min(first, 1_000) : 25;
}

/** One more than may be named, so that too many are seen to be. The resolver refuses a text that is too long. */
function indicatorsIn(text: unknown, maxNamed: number): readonly string[] {
  if (typeof text !== 'string' || Buffer.byteLength(text) > operationLimits.textBytes) return [];
  return extractIndicators(text, maxNamed + 1).map(({ value }) => value);
}
