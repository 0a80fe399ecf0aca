/** What an operation costs, known before it is executed. */
import type { GraphQLError } from 'graphql';
import { valuesPerSearch } from '../sources/field-cost.ts';
import type { ReadFrom, Selection } from '../sources/lookahead.ts';
import { addField, argumentsOf, beginCost, type CostBasis, type RunningCost } from './cost-meter.ts';
import { countIndicators } from './counted-indicators.ts';
import type { TextContent } from './texts.ts';

/** What limits and the rate limit go by, and what `x-enrichment-estimate` shows. */
export interface OperationCost {
  /** Number of values (indicators and `_entities`) that it names, counted each time they are named. */
  readonly values: number;
  /** The first of them as they were written, at most `maxValues`. For the audit. */
  readonly named: readonly string[];
  /** Those that are named in a filter: they become no Indicator. */
  readonly filtered: readonly string[];
  /**
   * For the rate limit, the largest of three: the indicators that it asks (the values; each indicator of a record or a host
   * whose fields need facts of its own; a page of records, a record by its id and the list of types as one each; a text as
   * the indicators in it, or its size where that is more); the properties of records that it names; the fields that it
   * selects. At least 1.
   */
  readonly points: number;
  /** Calls that no cache can save. */
  readonly uncached: number;
  /**
   * Upstream calls if nothing were cached, those for the host that a verdict also looks up included: an upper bound, but for
   * further pages, refused searches and retries.
   */
  readonly calls: number;
  /** An argument that cannot be meant; undefined: there is none. */
  readonly problem: GraphQLError | undefined;
  /** Properties that records are asked for: names times records, as far as these can be known. */
  readonly properties: number;
  /** What was found in its texts. */
  readonly texts: ReadonlyMap<string, TextContent>;
  /** Texts that must be searched before the cost is known: it is no less than what it is without them. */
  readonly unread: readonly string[];
}

/** Of an operation that is not executed. */
const zero = { values: 0, points: 1, uncached: 0, calls: 0 };
export const noCost: OperationCost = {
  ...zero,
  named: [],
  filtered: [],
  properties: 0,
  problem: undefined,
  texts: new Map(),
  unread: [],
};

/** Measured: to search so many bytes of a text, or to answer so many fields or properties, takes a few milliseconds at most. */
const perPoint = { textBytes: 1_024, fields: 500, properties: 100 };

/**
 * Adds up the operation's own fields and what is selected below them. `selected`: its fields, fragments expanded. Selections
 * below fields without a cost are not read.
 */
export function costOf(fields: Selection, from: ReadFrom, basis: CostBasis, selected: number): OperationCost {
  const running = beginCost(basis);
  const costs = basis.table.roots[from.operation.operation];
  for (const field of fields) {
    const given = argumentsOf(() => field.argumentsWith(from.variableValues));
    addField(costs.get(field.name), { given, field, on: countIndicators(1) }, running.meter);
  }
  return summedUp(running, selected);
}

function summedUp(running: RunningCost, selected: number): OperationCost {
  let searches = 0;
  for (const { count, kinds } of running.searches.values())
    searches += Math.ceil(count / valuesPerSearch) + Math.min(count, kinds) - 1;
  const { values, named, filtered, uncached, each, properties, unread } = running;
  const own = running.alone + uncached;
  const asked = values + running.referenced + own + textPoints(running);
  const points = Math.max(1, asked, ...sizePoints(running, selected));
  const calls = own + each + running.written + searches;
  return {
    values,
    named,
    filtered,
    points,
    uncached: uncached + running.written,
    calls,
    properties,
    problem: running.problem,
    texts: running.texts,
    unread: [...unread],
  };
}

const sizePoints = ({ properties }: RunningCost, selected: number): readonly number[] => [
  Math.ceil(selected / perPoint.fields),
  Math.ceil(properties / perPoint.properties),
];

/** What texts cost more than the values in them. */
function textPoints({ valuesOfTexts }: RunningCost): number {
  let points = 0;
  for (const [text, values] of valuesOfTexts)
    points += Math.max(0, Math.ceil(Buffer.byteLength(text) / perPoint.textBytes) - values);
  return points;
}
