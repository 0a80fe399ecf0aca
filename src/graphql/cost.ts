import type { FieldNode, GraphQLObjectType, GraphQLSchema, OperationTypeNode } from 'graphql';
import { extractIndicators } from '../domain/indicator/extract/extract.ts';
import {
  type CostedField,
  type CostMeter,
  type Costs,
  type FieldCost,
  type FieldPath,
  free,
  valuesPerSearch,
} from '../sources/field-cost.ts';
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
   * on a URL looks at is not foreseen, nor the second search for an address block.
   */
  readonly calls: number;
}

/** Every field that may ask a source, by where it stands. */
export interface CostTable {
  readonly roots: Readonly<Record<OperationTypeNode, FieldCosts>>;
  readonly indicator: FieldCosts;
}

type FieldCosts = ReadonlyMap<string, FieldCost>;

/**
 * Throws when a field of a root type, or any field with a resolver, has no cost: nobody may ask without a price. When a
 * cost belongs to no field. And when a field asks anywhere but on a root type or an Indicator, for there its cost would not
 * be counted.
 */
export function createCostTable(
  schema: GraphQLSchema,
  resolvers: Readonly<Record<string, object>>,
  costs: Costs,
): CostTable {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const asking = [
    ...rootTypes.flatMap(type => Object.keys(type?.getFields() ?? {}).map(field => `${type?.name}.${field}`)),
    ...Object.entries(resolvers).flatMap(([type, fields]) => Object.keys(fields).map(field => `${type}.${field}`)),
  ].filter(place => !place.includes('.__'));
  const priced = Object.entries(costs).flatMap(([type, fields]) => Object.keys(fields).map(name => `${type}.${name}`));
  const unpriced = asking.find(place => !priced.includes(place));
  if (unpriced !== undefined) throw new Error(`${unpriced} has no cost`);
  const stray = priced.find(place => !asking.includes(place));
  if (stray !== undefined) throw new Error(`${stray} has a cost, and is no field that asks`);
  const counted = [...rootTypes.map(type => type?.name), 'Indicator'];
  for (const [type, fields] of Object.entries(costs))
    for (const [field, cost] of Object.entries(fields))
      if (cost !== free && !counted.includes(type)) throw new Error(`${type}.${field} asks where no cost is counted`);
  const of = (type: GraphQLObjectType | null | undefined): FieldCosts =>
    new Map(Object.entries((type && costs[type.name]) ?? {}));
  const [query, mutation, subscription] = rootTypes;
  return {
    roots: { query: of(query), mutation: of(mutation), subscription: of(subscription) } as CostTable['roots'],
    indicator: new Map(Object.entries(costs.Indicator ?? {})),
  };
}

interface SharedSearch {
  readonly count: number;
  readonly kinds: number;
}

interface WalkedField extends CostedField {
  /** The selections below the field. */
  readonly sets: Sets;
  /** About how many indicators it asks. */
  readonly count: number;
  /** What is asked so far about each of these indicators by a call of its own. */
  readonly variants: Set<string>;
}

interface Walk {
  readonly table: CostTable;
  readonly shape: Shape;
  readonly argument: ArgumentReader['argument'];
  readonly maxNamed: number;
  readonly named: string[];
  readonly filtered: string[];
  values: number;
  /** Indicators that nobody named and that facts are asked about. */
  reached: number;
  /** Calls that no others share. */
  alone: number;
  /** Calls for one indicator each. */
  each: number;
  /** The questions of searches, and how many values each is about: they travel together. */
  readonly searches: Map<string, SharedSearch>;
  readonly meter: CostMeter<WalkedField>;
}

/** Walks what will be executed, field by field as graphql merges them, and stays out of what costs nothing. */
export function costOf(
  table: CostTable,
  shape: Shape,
  argument: ArgumentReader['argument'],
  maxNamed: number,
): Measure {
  const counts = { values: 0, reached: 0, alone: 0, each: 0 };
  const lists = { named: [], filtered: [], searches: new Map<string, SharedSearch>() };
  const walk: Walk = { table, shape, argument, maxNamed, ...counts, ...lists, meter: createMeter(() => walk) };
  const costs = table.roots[shape.operation];
  for (const [field, sets] of shape.fieldsOf(shape.root))
    costs.get(field.name.value)?.(walked(walk, field, sets, 1, new Set()), walk.meter);
  let searches = 0;
  for (const { count, kinds } of walk.searches.values())
    searches += Math.ceil(count / valuesPerSearch) + Math.min(count, kinds) - 1;
  const { values, named, filtered, reached, alone, each } = walk;
  return { values, named, filtered, points: values + reached + alone, calls: alone + each + searches };
}

function walked(walk: Walk, node: FieldNode, sets: Sets, count: number, variants: Set<string>): WalkedField {
  return { argument: name => walk.argument(node, name), sets, count, variants };
}

function createMeter(walk: () => Walk): CostMeter<WalkedField> {
  return {
    callEach({ count, variants }, source, variant) {
      const key = `${source} ${variant}`;
      if (variants.has(key)) return;
      variants.add(key);
      walk().each += count;
    },
    search({ count }, source, question, kinds = 1) {
      const { searches } = walk();
      const key = `${source} ${question}`;
      const shared = searches.get(key) ?? { count: 0, kinds: 1 };
      searches.set(key, { count: shared.count + count, kinds: Math.max(shared.kinds, kinds) });
    },
    callAlone(times = 1) {
      walk().alone += times;
    },
    name(field, values, path = []) {
      askAboutIndicators(walk(), below(walk(), field.sets, path), nameAll(walk(), values));
    },
    nameExtracted({ sets }, text) {
      askAboutIndicators(walk(), sets, nameAll(walk(), indicatorsIn(text, walk().maxNamed)));
    },
    nameFiltered(values) {
      const before = walk().named.length;
      nameAll(walk(), values);
      walk().filtered.push(...walk().named.slice(before));
    },
    leadToIndicator({ sets, count }) {
      reach(walk(), sets, count);
    },
    leadToRecords({ sets, count }, each, paths) {
      const [first = [], ...others] = paths;
      // One path is not copied: what is below a selection is remembered by the selection itself.
      const records =
        others.length === 0 ? below(walk(), sets, first) : paths.flatMap(path => below(walk(), sets, path));
      reach(walk(), walk().shape.below(records, 'indicator'), count * each);
    },
  };
}

const below = ({ shape }: Walk, sets: Sets, path: FieldPath): Sets =>
  path.reduce((found, name) => shape.below(found, name), sets);

function askAboutIndicators(walk: Walk, sets: Sets, count: number): void {
  if (count === 0) return;
  const variants = new Set<string>();
  for (const [field, found] of walk.shape.fieldsOf(sets)) {
    const cost = walk.table.indicator.get(field.name.value);
    if (cost !== undefined && cost !== free) cost(walked(walk, field, found, count, variants), walk.meter);
  }
}

/** Nobody named them: they count when facts of their own are asked about. */
function reach(walk: Walk, sets: Sets, count: number): void {
  const isAsked = walk.shape.fieldsOf(sets).some(([{ name }]) => {
    const cost = walk.table.indicator.get(name.value);
    return cost !== undefined && cost !== free && name.value !== 'host';
  });
  if (isAsked) walk.reached += count;
  askAboutIndicators(walk, sets, count);
}

/** Counts what is named, and keeps the first of it as it was written. A single value stands for a list of one. */
function nameAll(walk: Walk, given: unknown): number {
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

/** One more than may be named, so that too many are seen to be. The resolver refuses a text that is too long. */
function indicatorsIn(text: unknown, maxNamed: number): readonly string[] {
  if (typeof text !== 'string' || Buffer.byteLength(text) > operationLimits.textBytes) return [];
  return extractIndicators(text, maxNamed + 1).map(({ value }) => value);
}
