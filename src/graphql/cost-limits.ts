/** The limits that depend on an operation's variables: how large these are, and what the operation may cost. */
import type { GraphQLError } from 'graphql';
import type { ReadFrom } from '../sources/lookahead.ts';
import { costOf, noCost, type OperationCost } from './cost.ts';
import type { CostTable } from './cost-table.ts';
import { operationLimits, tooLarge } from './limits.ts';
import { ignoringNulls, type PreparedOperation } from './operation/prepared.ts';
import type { TextContent, TextReader } from './texts.ts';

export interface CostLimits {
  /** MAX_VALUES. */
  readonly maxValues: number;
  readonly costs: CostTable;
  readonly texts: TextReader;
}

type MaxValues = Pick<CostLimits, 'maxValues'>;

/** Calls that one operation may cost, for each value that it may name: two for it and two for its host. */
const callsPerValue = 4;
/** And beside them: for searches that values share, and one ordinary page of records with their scores at a low MAX_VALUES. */
const callsBesides = 100;

/**
 * An operation in which a directive depends on a variable that is null is not executed, and costs no more than that.
 * `found`: in texts that the reader may not know any more.
 */
export function estimateCost(
  prepared: PreparedOperation,
  from: ReadFrom,
  { maxValues, costs: table, texts }: CostLimits,
  found?: ReadonlyMap<string, TextContent>,
): OperationCost {
  const fields = ignoringNulls(() => prepared.selectionFor(from));
  if (fields === undefined) return noCost;
  const contentOf = (text: string) => found?.get(text) ?? texts.known(text);
  return costOf(fields, from, { table, maxValues, contentOf }, prepared.selected());
}

/** To be called before execution. */
export function checkCost(
  { values, calls, problem }: OperationCost,
  { maxValues }: MaxValues,
): GraphQLError | undefined {
  if (problem !== undefined) return problem;
  if (values > maxValues) {
    return tooLarge(`Too many values: this operation names more than the ${maxValues} that are allowed.`);
  }
  const maxCalls = maxValues * callsPerValue + callsBesides;
  if (calls <= maxCalls) return undefined;
  return tooLarge(`Too costly: this operation could need more than ${maxCalls} upstream calls. Ask for less at once.`);
}

/** To be called before anything reads the variables, which may be nested deeply or have long lists in any place. */
export function checkVariables(
  variables: Readonly<Record<string, unknown>> | undefined,
  { maxValues }: MaxValues,
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
