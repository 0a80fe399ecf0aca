import type { FieldNode, GraphQLError, GraphQLObjectType, GraphQLSchema, OperationTypeNode } from 'graphql';
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
import { badRequest } from './error-codes.ts';
import { operationLimits, tooLarge } from './limits.ts';
import type { SelectionSets, SelectionTree } from './selection-tree.ts';
import { hasTooManyPlaces, valuesIn } from './text-argument.ts';

/** What an operation costs, known before it is executed. */
export interface OperationCost {
  /** Number of values (indicators and `_entities`) that it names, counted each time they are named. */
  readonly values: number;
  /** The first of them as they were written, at most `maxValues`. For the audit. */
  readonly named: readonly string[];
  /** Those that are named in a filter: they become no Indicator. */
  readonly filtered: readonly string[];
  /**
   * For the rate limit: the values, and each indicator of a record or a host whose fields need facts of its own; a page
   * of records, a record by its id and the list of types count as one each.
   */
  readonly points: number;
  /**
   * Upstream calls if nothing were cached: an upper bound, but for further pages, retries, the host that a verdict also
   * looks up, and the second search for an address block.
   */
  readonly calls: number;
  /** An argument that cannot be meant; undefined: there is none. */
  readonly problem: GraphQLError | undefined;
}

/** The cost of every field that may call a source. */
export interface CostTable {
  readonly roots: Readonly<Record<OperationTypeNode, FieldCosts>>;
  readonly indicator: FieldCosts;
}

type FieldCosts = ReadonlyMap<string, FieldCost>;

/**
 * Throws if a field of a root type, or any field with a resolver, has no cost; if a cost belongs to no such field; and if a
 * field that is not free is on another type than Indicator or a root type, because its cost would not be counted there.
 */
export function createCostTable(
  schema: GraphQLSchema,
  resolvers: Readonly<Record<string, object>>,
  costs: Costs,
): CostTable {
  const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const withResolver = [
    ...rootTypes.flatMap(type => Object.keys(type?.getFields() ?? {}).map(field => `${type?.name}.${field}`)),
    ...Object.entries(resolvers).flatMap(([type, fields]) => Object.keys(fields).map(field => `${type}.${field}`)),
  ].filter(field => !field.includes('.__'));
  const priced = Object.entries(costs).flatMap(([type, fields]) => Object.keys(fields).map(name => `${type}.${name}`));
  const unpriced = withResolver.find(field => !priced.includes(field));
  if (unpriced !== undefined) throw new Error(`${unpriced} has no cost`);
  const stray = priced.find(field => !withResolver.includes(field));
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

interface CountedField extends CostedField {
  readonly below: SelectionSets;
  /** The number of indicators that it is selected on. */
  readonly count: number;
  /** The calls that are already counted for each of these indicators. */
  readonly variants: Set<string>;
}

/** The costs of one operation while they are added up. */
interface RunningCost {
  readonly table: CostTable;
  readonly tree: SelectionTree;
  readonly argument: ArgumentReader['argument'];
  readonly maxNamed: number;
  readonly named: string[];
  readonly filtered: string[];
  values: number;
  /** Indicators that the operation does not name, but needs facts about: of records, and hosts. */
  referenced: number;
  /** Calls that no other field shares. */
  alone: number;
  /** Calls for one indicator each. */
  each: number;
  /** Source and question → the number of values, which share searches, and the kinds of searches. */
  readonly searches: Map<string, SharedSearch>;
  problem: GraphQLError | undefined;
  readonly meter: CostMeter<CountedField>;
}

/** Adds up the fields that will be executed. Selections below fields without a cost are not read. */
export function costOf(
  table: CostTable,
  tree: SelectionTree,
  argument: ArgumentReader['argument'],
  maxNamed: number,
): OperationCost {
  const counts = { values: 0, referenced: 0, alone: 0, each: 0 };
  const lists = { named: [], filtered: [], searches: new Map<string, SharedSearch>() };
  const running: RunningCost = {
    table,
    tree,
    argument,
    maxNamed,
    ...counts,
    ...lists,
    problem: undefined,
    meter: createMeter(() => running),
  };
  const costs = table.roots[tree.operation];
  for (const [node, below] of tree.fieldsOf(tree.root))
    costs.get(node.name.value)?.(countedField(running, node, below, 1, new Set()), running.meter);
  let searches = 0;
  for (const { count, kinds } of running.searches.values())
    searches += Math.ceil(count / valuesPerSearch) + Math.min(count, kinds) - 1;
  const { values, named, filtered, referenced, alone, each, problem } = running;
  return { values, named, filtered, points: values + referenced + alone, calls: alone + each + searches, problem };
}

function countedField(
  running: RunningCost,
  node: FieldNode,
  below: SelectionSets,
  count: number,
  variants: Set<string>,
): CountedField {
  return { argument: name => running.argument(node, name), below, count, variants };
}

function createMeter(running: () => RunningCost): CostMeter<CountedField> {
  return {
    callEach({ count, variants }, source, variant) {
      const key = `${source} ${variant}`;
      if (variants.has(key)) return;
      variants.add(key);
      running().each += count;
    },
    search({ count, variants }, source, question, kinds = 1) {
      const { searches } = running();
      const key = `${source} ${question}`;
      const shared = searches.get(key) ?? { count: 0, kinds: 1 };
      const added = variants.has(`search ${key}`) ? 0 : count;
      variants.add(`search ${key}`);
      searches.set(key, { count: shared.count + added, kinds: Math.max(shared.kinds, kinds) });
    },
    callAlone(times = 1) {
      running().alone += times;
    },
    name({ below }, values, path = []) {
      addIndicators(running(), selectionAt(running(), below, path), addNamed(running(), values));
    },
    nameExtracted({ below }, text, path = []) {
      if (path.length > 0 && hasTooManyPlaces(text))
        running().problem ??= tooLarge(
          `More than ${operationLimits.places} places of the text hold indicators: send it in parts.`,
        );
      addIndicators(
        running(),
        selectionAt(running(), below, path),
        addNamed(running(), valuesIn(text, running().maxNamed)),
      );
    },
    nameFiltered(values) {
      const before = running().named.length;
      addNamed(running(), values);
      running().filtered.push(...running().named.slice(before));
    },
    refuse(argument, message) {
      running().problem ??= badRequest(message, argument);
    },
    leadToIndicator({ below, count }) {
      addReferenced(running(), below, count);
    },
    leadToRecords({ below, count }, each, paths) {
      const [first = [], ...others] = paths;
      // A single path must not be copied: the tree remembers what is below a selection by the identity of its list.
      const records =
        others.length === 0
          ? selectionAt(running(), below, first)
          : paths.flatMap(path => selectionAt(running(), below, path));
      addReferenced(running(), running().tree.below(records, 'indicator'), count * each);
    },
  };
}

const selectionAt = ({ tree }: RunningCost, sets: SelectionSets, path: FieldPath): SelectionSets =>
  path.reduce((found, name) => tree.below(found, name), sets);

/** Adds the costs of a selection on `count` indicators. */
function addIndicators(running: RunningCost, sets: SelectionSets, count: number): void {
  if (count === 0) return;
  const variants = new Set<string>();
  for (const [node, below] of running.tree.fieldsOf(sets)) {
    const cost = running.table.indicator.get(node.name.value);
    if (cost !== undefined && cost !== free) cost(countedField(running, node, below, count, variants), running.meter);
  }
}

/** The same for indicators that the operation does not name. They are points only if a field needs facts about them. */
function addReferenced(running: RunningCost, sets: SelectionSets, count: number): void {
  const needsFacts = running.tree.fieldsOf(sets).some(([{ name }]) => {
    const cost = running.table.indicator.get(name.value);
    return cost !== undefined && cost !== free && name.value !== 'host';
  });
  if (needsFacts) running.referenced += count;
  addIndicators(running, sets, count);
}

/** Counts the values of an argument, and keeps the first ones as they were written. GraphQL takes a single value for a list. */
function addNamed(running: RunningCost, given: unknown): number {
  const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
  for (const value of list.slice(0, running.maxNamed - running.named.length)) running.named.push(textOf(value));
  running.values += list.length;
  return list.length;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('value' in value && typeof value.value === 'string') return value.value;
  return 'id' in value && typeof value.id === 'string' ? value.id : '';
}
