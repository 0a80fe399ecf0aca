import { GraphQLError, type GraphQLObjectType, type GraphQLSchema, type OperationTypeNode } from 'graphql';
import {
  type CostedField,
  type CostMeter,
  type Costs,
  type FieldCost,
  type FieldPath,
  free,
  valuesPerSearch,
} from '../sources/field-cost.ts';
import type { FieldArguments, ReadFrom, SelectedField, Selection } from '../sources/lookahead.ts';
import { badRequest } from './error-codes.ts';
import { operationLimits, tooLarge } from './limits.ts';
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

/** Of an operation that is not executed. */
export const noCost: OperationCost = { values: 0, named: [], filtered: [], points: 0, calls: 0, problem: undefined };

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
  readonly below: () => Selection;
  /** The number of indicators that it is selected on. */
  readonly count: number;
  /** The calls that are already counted for each of these indicators. */
  readonly variants: Set<string>;
}

/** The costs of one operation while they are added up. */
interface RunningCost {
  readonly table: CostTable;
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

/** Adds up the operation's own fields and what is selected below them. Selections below fields without a cost are not read. */
export function costOf(table: CostTable, fields: Selection, from: ReadFrom, maxNamed: number): OperationCost {
  const counts = { values: 0, referenced: 0, alone: 0, each: 0 };
  const lists = { named: [], filtered: [], searches: new Map<string, SharedSearch>() };
  const meter = createMeter(() => running);
  const running: RunningCost = { table, maxNamed, ...counts, ...lists, problem: undefined, meter };
  const costs = table.roots[from.operation.operation];
  for (const field of fields) {
    const given = argumentsOf(() => field.argumentsWith(from.variableValues));
    addField(costs.get(field.name), { given, field, count: 1, variants: new Set() }, meter);
  }
  let searches = 0;
  for (const { count, kinds } of running.searches.values())
    searches += Math.ceil(count / valuesPerSearch) + Math.min(count, kinds) - 1;
  const { values, named, filtered, referenced, alone, each, problem } = running;
  return { values, named, filtered, points: values + referenced + alone, calls: alone + each + searches, problem };
}

interface FieldToCount {
  readonly given: FieldArguments;
  readonly field: SelectedField;
  readonly count: number;
  readonly variants: Set<string>;
}

/** A field that cannot be executed, because a variable is null and must not be, costs no more than was counted so far. */
function addField(
  cost: FieldCost | undefined,
  { given, field, count, variants }: FieldToCount,
  meter: CostMeter<CountedField>,
): void {
  try {
    cost?.({ argument: name => given[name], below: field.below, count, variants }, meter);
  } catch (problem) {
    if (!(problem instanceof GraphQLError)) throw problem;
  }
}

function argumentsOf(read: () => FieldArguments): FieldArguments {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof GraphQLError) return {};
    throw problem;
  }
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
      addIndicators(running(), selectionAt(below(), path), addNamed(running(), values));
    },
    nameExtracted({ below }, text, path = []) {
      if (path.length > 0 && hasTooManyPlaces(text))
        running().problem ??= tooLarge(
          `More than ${operationLimits.places} places of the text hold indicators: send it in parts.`,
        );
      const count = addNamed(running(), valuesIn(text, running().maxNamed));
      addIndicators(running(), selectionAt(below(), path), count);
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
      addReferenced(running(), below(), count);
    },
    leadToRecords({ below, count }, each, paths) {
      const records = paths.flatMap(path => selectionAt(below(), path));
      addReferenced(running(), selectionAt(records, ['indicator']), count * each);
    },
  };
}

const selectionAt = (selection: Selection, path: FieldPath): Selection =>
  path.reduce((found, name) => found.flatMap(field => (field.name === name ? field.below() : [])), selection);

/** Adds the costs of a selection on `count` indicators. */
function addIndicators(running: RunningCost, selection: Selection, count: number): void {
  if (count === 0) return;
  const variants = new Set<string>();
  for (const field of selection) {
    const cost = running.table.indicator.get(field.name);
    if (cost === undefined || cost === free) continue;
    addField(cost, { given: argumentsOf(() => field.arguments), field, count, variants }, running.meter);
  }
}

/** The same for indicators that the operation does not name. They are points only if a field needs facts about them. */
function addReferenced(running: RunningCost, selection: Selection, count: number): void {
  const needsFacts = selection.some(({ name }) => {
    const cost = running.table.indicator.get(name);
    return cost !== undefined && cost !== free && name !== 'host';
  });
  if (needsFacts) running.referenced += count;
  addIndicators(running, selection, count);
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
