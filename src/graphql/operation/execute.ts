/**
 * Answers an operation: its own fields are resolved, what the selection needs is gathered, and then every field is answered
 * from the same facts, without waiting. What only an answer can name is gathered after it, and the answer made again.
 */
import { type ExecutionResult, execute, type GraphQLError } from 'graphql';
import type { ReadFrom } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';
import { type IsKept, wantAll } from './plan.ts';
import { ignoringNulls, type PreparedOperation } from './prepared.ts';
import { type Root, resolveRoots } from './roots.ts';
import { cannotWrite, type Writing, type WrittenField, writeFields } from './write.ts';

/** An answer: its data as JSON text, and its errors. */
export interface WrittenAnswer {
  readonly data: string;
  readonly errors: readonly GraphQLError[];
}

type Later<Value> = Value | Promise<Value>;

/** `from`: `prepared` with the variables of this execution. */
export function writeAnswer(prepared: PreparedOperation, from: ReadFrom, context: Context): Later<WrittenAnswer> {
  const fields = prepared.fieldsFor(from);
  const kept = fields && prepared.fragmentsFor(from);
  const isKept: IsKept = (path, indicator) => kept?.get(path)?.take(indicator, context) === true;
  return answerFrom(prepared, from, context, isKept, () => write(prepared, from, fields, context));
}

/** The same with graphql-js, for Apollo Server. */
export function executePrepared(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: Context,
): Later<ExecutionResult> {
  const from = prepared.read(variables);
  if (from === undefined) return interpret(prepared, variables, context);
  return answerFrom(
    prepared,
    from,
    context,
    () => false,
    () => interpret(prepared, variables, context),
  );
}

/** Deeper than operations may nest: every answer that is made again has come a level further. */
const maxWaves = 20;

function answerFrom<Result>(
  prepared: PreparedOperation,
  from: ReadFrom,
  context: Context,
  isKept: IsKept,
  make: () => Later<Result>,
): Later<Result> {
  const begin = (roots: readonly Root[]): Later<Result> => {
    ignoringNulls(() => wantAll(roots, from, context, isKept));
    const gathered = context.gather();
    return gathered === undefined ? makeWhole(context, make) : gathered.then(() => makeWhole(context, make));
  };
  // A mutation's fields run one after the other, which graphql-js sees to.
  const isQuery = from.operation.operation === 'query';
  const roots = isQuery ? ignoringNulls(() => resolveRoots(prepared.selectionFor(from), from, context)) : undefined;
  return roots instanceof Promise ? roots.then(begin) : begin(roots ?? []);
}

/** Made again as long as fields have needed more than was gathered. */
function makeWhole<Result>(context: Context, make: () => Later<Result>, wave = 1): Later<Result> {
  const check = (result: Result): Later<Result> => {
    if (!context.isWaiting()) return result;
    if (wave === maxWaves) throw new Error('an operation that never has all of its facts');
    const gathered = context.gather();
    const again = () => makeWhole(context, make, wave + 1);
    return gathered === undefined ? again() : gathered.then(again);
  };
  const result = make();
  return result instanceof Promise ? result.then(check) : check(result);
}

function write(
  prepared: PreparedOperation,
  from: ReadFrom,
  fields: readonly WrittenField[] | undefined,
  context: Context,
): Later<WrittenAnswer> {
  const writing: Writing = { context, errors: [], path: [] };
  try {
    if (fields) return { data: writeFields(fields, undefined, writing), errors: writing.errors };
  } catch (problem) {
    if (problem !== cannotWrite) throw problem;
  }
  const result = interpret(prepared, from.variableValues, context);
  return result instanceof Promise ? result.then(asWritten) : asWritten(result);
}

const asWritten = ({ data = null, errors = [] }: ExecutionResult): WrittenAnswer => ({
  data: JSON.stringify(data),
  errors,
});

const interpret = (
  { schema, document, operation }: PreparedOperation,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: Context,
): Later<ExecutionResult> =>
  execute({
    schema,
    document,
    contextValue: context,
    ...(operation.name && { operationName: operation.name.value }),
    ...(variables !== undefined && { variableValues: variables }),
    options: { maxCoercionErrors },
  });

const maxCoercionErrors = 5;
