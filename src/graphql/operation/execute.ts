/**
 * Answers an operation: its own fields are resolved, what the selection needs is gathered, and then every field is answered
 * from the same facts, without waiting. What only an answer can name is gathered after it, and the answer made again.
 */
import { type ExecutionResult, execute, type GraphQLError } from 'graphql';
import { type Later, whenThere } from '../../slices.ts';
import type { ReadFrom } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';
import { deadlineExceeded } from '../error-codes.ts';
import { forgone } from '../lifetime.ts';
import { tooLarge } from '../limits.ts';
import { answerTooLarge, answerTooLargeError, tooManyRows, withinLimits } from './answer-limits.ts';
import { type IsKept, wantAll } from './plan.ts';
import { ignoringNulls, type PreparedOperation } from './prepared.ts';
import { type Root, resolveRoots } from './roots.ts';
import { type WrittenField, writeFields } from './write.ts';
import { beginWriting, cannotWrite } from './writing.ts';
import { textOf, writtenData } from './written-data.ts';

/** An answer: its data as JSON text, and its errors. */
export interface WrittenAnswer {
  readonly data: string;
  readonly errors: readonly GraphQLError[];
}

/** `from`: `prepared` with the variables of this execution. */
export function writeAnswer(prepared: PreparedOperation, from: ReadFrom, context: Context): Later<WrittenAnswer> {
  const fields = prepared.fieldsFor(from);
  const kept = fields && prepared.fragmentsFor(from);
  const isKept: IsKept = (path, indicator) => kept?.get(path)?.take(indicator, context) === true;
  return answerFrom(prepared, from, context, isKept, () => write(prepared, from, fields, context));
}

/** The same for Apollo Server: with graphql-js, but for a large answer, of which it would make all in one go. */
export function executePrepared(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: Context,
): Later<ExecutionResult> {
  const from = prepared.read(variables);
  if (from === undefined) return interpret(prepared, variables, context);
  const make = (): Later<ExecutionResult> => {
    const fields = fieldsOfLarge(prepared, from, context);
    if (fields === undefined) return interpret(prepared, variables, context);
    return whenThere(write(prepared, from, fields, context), writtenData);
  };
  return answerFrom(prepared, from, context, () => false, make);
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
  known: readonly WrittenField[] | undefined,
  context: Context,
): Later<WrittenAnswer> {
  const fields = known ?? fieldsOfLarge(prepared, from, context);
  const byGraphqlJs = () => whenThere(interpret(prepared, from.variableValues, context), asWritten);
  if (fields === undefined) return byGraphqlJs();
  const writing = beginWriting(context);
  const instead = (problem: unknown): Later<WrittenAnswer> => {
    if (problem === forgone || problem === answerTooLarge) {
      context.forgo();
      return { data: 'null', errors: [problem === forgone ? tooLate() : answerTooLargeError()] };
    }
    if (problem === cannotWrite) return byGraphqlJs();
    throw problem;
  };
  const answered = (data: string): WrittenAnswer => ({ data, errors: writing.errors.list });
  try {
    const data = writeFields(fields, undefined, writing);
    return data instanceof Promise ? data.then(answered, instead) : answered(data);
  } catch (problem) {
    return instead(problem);
  }
}

const tooLate = () =>
  deadlineExceeded(
    'The deadline of the operation passed while its answer was written: ask for fewer values or records.',
  );

const asWritten = ({ data = null, errors = [] }: ExecutionResult): WrittenAnswer => ({
  data: textOf(data),
  errors,
});

/** Above these, graphql-js would make an answer for too long in one go, and could make one of any size. */
const most = { rows: 200, fields: 20_000, rowsByGraphqlJs: 2_000 };

/** About as many fields as its answer has. */
const sizeOf = (prepared: PreparedOperation, { rows, indicators }: Context): number =>
  (rows.total() + indicators()) * prepared.selected();

/** Made for this answer alone. */
function fieldsOfLarge(prepared: PreparedOperation, from: ReadFrom, context: Context) {
  const isLarge = context.rows.total() > most.rows || sizeOf(prepared, context) > most.fields;
  return isLarge ? prepared.freshFieldsFor(from) : undefined;
}

function interpret(
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>> | undefined,
  context: Context,
): Later<ExecutionResult> {
  if (sizeOf(prepared, context) > 10 * most.fields) return refuseTogether(context);
  context.rows.limit(most.rowsByGraphqlJs);
  return whenThere(executeWhole(prepared, variables, context), result => {
    context.rows.limit(Number.POSITIVE_INFINITY);
    if (!result.errors?.some(isTooMany)) return withinLimits(result, context);
    const from = prepared.read(variables);
    const fields = from && fieldsOfLarge(prepared, from, context);
    return fields ? whenThere(write(prepared, from, fields, context), writtenData) : refuseTogether(context);
  });
}

const isTooMany = ({ originalError }: GraphQLError): boolean => Object(originalError).thrownValue === tooManyRows;

function refuseTogether(context: Context): ExecutionResult {
  context.forgo();
  return { data: null, errors: [tooLarge('Too large: ask for so many records or values apart from introspection.')] };
}

const executeWhole = (
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
