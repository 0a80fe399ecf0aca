import type { DocumentNode, GraphQLError } from 'graphql';
import { type ArgumentReader, argumentReaders } from './arguments.ts';
import { type CostTable, costOf, type Measure } from './cost.ts';
import { operationLimits, tooLarge } from './limits.ts';
import { isShapeShifting, shapeOf } from './shape.ts';

export interface MeasureLimits {
  /** MAX_VALUES. */
  readonly maxValues: number;
  readonly costs: CostTable;
}

type ValueLimit = Pick<MeasureLimits, 'maxValues'>;

/** Calls that one operation may cost, for each value that it may name: two for it and two for its host. */
const callsPerValue = 4;
/** A low MAX_VALUES must not forbid one ordinary page of records with their scores. */
const leastMaxCalls = 100;

export type MeasureWith = (variables: Readonly<Record<string, unknown>> | undefined) => Measure;

/**
 * What an operation asks, by its variables. Make it of a valid document that `checkDocument` let pass; linear in what is
 * executed, and the document is walked anew only where variables decide what that is. Never throws.
 */
export function measurer(
  document: DocumentNode,
  operationName: string | null | undefined,
  { maxValues, costs }: MeasureLimits,
): MeasureWith {
  const shapeFor = ({ isIncluded }: ArgumentReader) => shapeOf(document, operationName, isIncluded);
  const read = argumentReaders(document, operationName);
  const fixed = isShapeShifting(document) ? undefined : shapeFor(read({}));
  return variables => {
    const reader = read(variables ?? {});
    return costOf(costs, fixed ?? shapeFor(reader), reader.argument, maxValues);
  };
}

/** Before execution, after `checkDocument`: what depends on the variables. */
export function checkMeasure({ values, calls }: Measure, { maxValues }: ValueLimit): GraphQLError | undefined {
  if (values > maxValues) {
    return tooLarge(`Too many values: this operation names more than the ${maxValues} that are allowed.`);
  }
  const maxCalls = Math.max(leastMaxCalls, maxValues * callsPerValue);
  if (calls <= maxCalls) return undefined;
  return tooLarge(`Too costly: this operation could need more than ${maxCalls} upstream calls. Ask for less at once.`);
}

/** Before anything reads the variables: lists in lists and lists without end, whatever their variable is for. */
export function checkVariables(
  variables: Readonly<Record<string, unknown>> | undefined,
  { maxValues }: ValueLimit,
): GraphQLError | undefined {
  let nodes = 0;
  const left: [value: unknown, level: number][] = [[variables, 0]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, level] = next;
    nodes += 1;
    if (nodes > operationLimits.variableNodes) return tooLarge('The variables hold too many values.');
    if (typeof value !== 'object' || value === null) continue;
    if (level > operationLimits.nesting) return tooLarge('Lists or objects in the variables are nested too deeply.');
    if (Array.isArray(value) && value.length > maxValues) {
      return tooLarge(
        `Too many values: a list in the variables holds ${value.length}, and at most ${maxValues} are allowed.`,
      );
    }
    for (const child of Object.values(value)) left.push([child, level + 1]);
  }
  return undefined;
}
