/** Adds up what the fields of one operation cost, in the terms in which they tell it. */
import { GraphQLError } from 'graphql';
import { type CostedField, type CostMeter, type FieldCost, type FieldPath, free } from '../sources/field-cost.ts';
import type { FieldArguments, SelectedField, Selection } from '../sources/lookahead.ts';
import type { CostTable, FieldCosts } from './cost-table.ts';
import { type CountedIndicators, countIndicators } from './counted-indicators.ts';
import { badRequest } from './error-codes.ts';
import { operationLimits, tooLarge } from './limits.ts';
import { addNamed, addText } from './named-values.ts';
import type { TextContent } from './texts.ts';

/** What the values and texts of an operation are measured with. */
export interface CostBasis {
  readonly table: CostTable;
  /** MAX_VALUES. */
  readonly maxValues: number;
  /** Undefined: the text was not searched yet. */
  contentOf(text: string): TextContent | undefined;
}

interface CountedField extends CostedField {
  readonly below: () => Selection;
  /** The indicators that it is selected on. */
  readonly on: CountedIndicators;
}

/** The costs of one operation while they are added up. */
export interface RunningCost extends CostBasis {
  readonly named: string[];
  readonly filtered: string[];
  values: number;
  /** Indicators that the operation does not name, but needs facts about: of records, and hosts. */
  referenced: number;
  /** Calls that no other field shares, but a cache may save; and those that no cache can save. */
  alone: number;
  uncached: number;
  /** Calls for one indicator each. */
  each: number;
  /** The same for calls that change it. */
  written: number;
  /** Source and question → the number of values, which share searches, and the kinds of searches. */
  readonly searches: Map<string, { readonly count: number; readonly kinds: number }>;
  /** Each text, and how many values are counted for it. */
  readonly valuesOfTexts: Map<string, number>;
  /** What was found in those that were searched. */
  readonly texts: Map<string, TextContent>;
  textBytes: number;
  /** Entries of the answers about texts. */
  places: number;
  readonly unread: Set<string>;
  readonly propertyNames: Set<string>;
  /** Properties that records are asked for: names times records. */
  properties: number;
  problem: GraphQLError | undefined;
  readonly meter: CostMeter<CountedField>;
}

interface FieldToCount {
  readonly given: FieldArguments;
  readonly field: SelectedField;
  readonly on: CountedIndicators;
}

/** A field that cannot be executed, because a variable is null and must not be, costs no more than was counted so far. */
export function addField(
  cost: FieldCost | undefined,
  { given, field, on }: FieldToCount,
  meter: CostMeter<CountedField>,
): void {
  try {
    cost?.({ argument: name => given[name], below: field.below, on }, meter);
  } catch (problem) {
    if (!(problem instanceof GraphQLError)) throw problem;
  }
}

export function argumentsOf(read: () => FieldArguments): FieldArguments {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof GraphQLError) return {};
    throw problem;
  }
}

/** Of an operation of which nothing is counted yet. */
export function beginCost(basis: CostBasis): RunningCost {
  const counts = {
    values: 0,
    referenced: 0,
    alone: 0,
    uncached: 0,
    each: 0,
    written: 0,
    properties: 0,
    textBytes: 0,
    places: 0,
  };
  const lists = {
    named: [],
    filtered: [],
    searches: new Map(),
    texts: new Map(),
    valuesOfTexts: new Map(),
  } satisfies Partial<RunningCost>;
  const sets = { unread: new Set<string>(), propertyNames: new Set<string>() };
  const meter = createMeter(() => running);
  const running: RunningCost = { ...basis, ...counts, ...lists, ...sets, problem: undefined, meter };
  return running;
}

function createMeter(running: () => RunningCost): CostMeter<CountedField> {
  return {
    callEach({ on: { count, variants, inRows } }, source, variant, isInRows = false) {
      const key = `${source} ${variant}`;
      if (variants.has(key) || (isInRows && inRows.has(key))) return;
      variants.add(key);
      running().each += count;
    },
    search({ on }, source, question, kinds = 1) {
      const { searches } = running();
      const key = `${source} ${question}`;
      const shared = searches.get(key) ?? { count: 0, kinds: 1 };
      const added = unlessCounted(on, `search ${key}`, on.count);
      const twice = kinds > 1 ? unlessCounted(on, `blocks ${key}`, on.blocks()) : 0;
      searches.set(key, { count: shared.count + added + twice, kinds: Math.max(shared.kinds, kinds) });
    },
    ofHosts: field => ({ ...field, on: field.on.hosts() }),
    callAlone(times = 1) {
      running().uncached += times;
    },
    callAloneIfUnknown(times) {
      running().alone += times;
    },
    name({ below }, values, path = []) {
      addIndicators(running(), selectionAt(below(), path), addNamed(running(), values));
    },
    nameWritten({ below }, values, path, most) {
      const written = addNamed(running(), values);
      running().written += written.count;
      addIndicators(running(), selectionAt(below(), path), written);
      if (written.count > most)
        running().problem ??= tooLarge(
          `Too many values: at most ${most} may be written in one field. Send them in parts.`,
        );
    },
    nameExtracted({ below }, text, path = []) {
      if (typeof text !== 'string') return;
      addIndicators(running(), selectionAt(below(), path), addText(running(), text, path.length > 0));
    },
    nameProperties({ on }, names) {
      const list: readonly unknown[] = [names ?? []].flat();
      const { propertyNames } = running();
      for (const name of list) propertyNames.add(String(name));
      running().properties += list.length * on.count;
      if (propertyNames.size > operationLimits.propertyNames)
        running().problem ??= tooLarge(
          `Too many properties: this operation names ${propertyNames.size} or more, and at most ${operationLimits.propertyNames} different ones are allowed.`,
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
    leadToIndicator({ below, on }) {
      addReferenced(running(), below(), on.hosts());
    },
    leadToRows({ below }, count, paths, [source, variant]) {
      const rows = countIndicators(count);
      rows.inRows.add(`${source} ${variant}`);
      for (const path of paths) addReferenced(running(), selectionAt(below(), [...path, 'indicator']), rows);
    },
    leadToRecords({ below, on }, each, paths) {
      const records = paths.flatMap(path => selectionAt(below(), path));
      const count = on.count * each;
      addReferenced(running(), selectionAt(records, ['indicator']), countIndicators(count));
      addFields(running(), records, running().table.record, countIndicators(count));
    },
  };
}

const selectionAt = (selection: Selection, path: FieldPath): Selection =>
  path.reduce((found, name) => found.flatMap(field => (field.name === name ? field.below() : [])), selection);

const unlessCounted = ({ variants }: CountedIndicators, what: string, count: number): number => {
  if (variants.has(what)) return 0;
  variants.add(what);
  return count;
};

/** Adds the costs of a selection on indicators. */
const addIndicators = (running: RunningCost, selection: Selection, on: CountedIndicators): void =>
  addFields(running, selection, running.table.indicator, on);

/** Adds the costs of a selection on indicators, or on as many records. */
function addFields(running: RunningCost, selection: Selection, costs: FieldCosts, on: CountedIndicators): void {
  if (on.count === 0) return;
  for (const field of selection) {
    const cost = costs.get(field.name);
    if (cost === undefined || cost === free) continue;
    addField(cost, { given: argumentsOf(() => field.arguments), field, on }, running.meter);
  }
}

/** The same for indicators that the operation does not name. They are points only if a field needs facts about them. */
function addReferenced(running: RunningCost, selection: Selection, on: CountedIndicators): void {
  const needsFacts = selection.some(({ name }) => {
    const cost = running.table.indicator.get(name);
    return cost !== undefined && cost !== free && name !== 'host';
  });
  if (needsFacts) running.referenced += on.count;
  addIndicators(running, selection, on);
}
