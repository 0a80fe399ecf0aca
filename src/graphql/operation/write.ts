/**
 * Writes the answer to a selection as JSON text, without a tree of results in between. It covers what answers are made of;
 * wherever else graphql-js has a rule of its own (a null in a non-null field, a promise, a leaf of another type),
 * `cannotWrite` is thrown, and graphql-js answers from the same facts.
 */
import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { notGathered } from '../../sources/fact-table.ts';
import type { ReadFrom } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';
import { fieldsOf, type WrittenField } from './written-field.ts';

export const cannotWrite = Symbol('cannot write');

/** One answer that is being written. */
export interface Writing {
  readonly context: Context;
  readonly errors: GraphQLError[];
  /** Of what is being written. */
  readonly path: (string | number)[];
}

/** Throws `cannotWrite`, or what a resolver threw. */
export type Write = (value: unknown, writing: Writing) => string;

type Path = GraphQLResolveInfo['path'];

/** How the value of a field with these nodes is written. */
export function createWrite(type: GraphQLOutputType, nodes: readonly FieldNode[], from: ReadFrom, path: Path): Write {
  if (isNonNullType(type)) {
    const write = createWrite(type.ofType, nodes, from, path);
    return (value, writing) => required(write(value, writing));
  }
  const write = createNonNullWrite(type, nodes, from, path);
  return (value, writing) => {
    if (value === null || value === undefined) return 'null';
    if (value instanceof Error) throw value;
    if (value instanceof Promise) throw cannotWrite;
    return write(value, writing);
  };
}

function required(text: string): string {
  if (text === 'null') throw cannotWrite;
  return text;
}

function createNonNullWrite(type: GraphQLOutputType, nodes: readonly FieldNode[], from: ReadFrom, path: Path): Write {
  if (isListType(type)) return createListWrite(type.ofType, nodes, from, path);
  if (isObjectType(type)) return createObjectWrite(type, nodes, from, path);
  if (isAbstractType(type)) return createAbstractWrite(type, nodes, from, path);
  if (isLeafType(type)) return value => leafText(type.serialize(value));
  throw cannotWrite;
}

function leafText(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined || text === 'null') throw cannotWrite;
  return text;
}

function createListWrite(type: GraphQLOutputType, nodes: readonly FieldNode[], from: ReadFrom, path: Path): Write {
  const write = createWrite(type, nodes, from, path);
  const isNullable = !isNonNullType(type);
  return (values, writing) => {
    if (!Array.isArray(values)) throw cannotWrite;
    let text = '[';
    for (let index = 0; index < values.length; index++) {
      writing.path.push(index);
      const item = attempt(write, values[index], writing, nodes, isNullable);
      writing.path.pop();
      text += index === 0 ? item : `,${item}`;
    }
    return `${text}]`;
  };
}

/** Null, and an error, where the value cannot be had and may be null. */
function attempt(
  write: Write,
  value: unknown,
  writing: Writing,
  nodes: readonly FieldNode[],
  isNullable: boolean,
): string {
  try {
    return write(value, writing);
  } catch (problem) {
    return failed(problem, writing, nodes, isNullable);
  }
}

function failed(problem: unknown, writing: Writing, nodes: readonly FieldNode[], isNullable: boolean): string {
  if (problem === notGathered) return 'null'; // the whole answer is written again
  if (problem === cannotWrite || !isNullable) throw cannotWrite;
  writing.errors.push(locatedError(problem, nodes, [...writing.path]));
  return 'null';
}

function createObjectWrite(type: GraphQLObjectType, nodes: readonly FieldNode[], from: ReadFrom, path: Path): Write {
  const { schema, fragments, variableValues } = from;
  const fields = fieldsOf(type, collectSubfields(schema, fragments, variableValues, type, nodes), from, path);
  return (value, writing) => writeFields(fields, value, writing);
}

export function writeFields(fields: readonly WrittenField[], value: unknown, writing: Writing): string {
  let text = '{';
  for (const field of fields) text += field.prefix + writeField(field, value, writing);
  return `${text}}`;
}

function writeField(field: WrittenField, parent: unknown, writing: Writing): string {
  const { constant, key, nodes, isNullable, write } = field;
  if (constant !== undefined) return constant;
  writing.path.push(key);
  const depth = writing.path.length;
  try {
    return write(field.resolve(parent, writing.context), writing);
  } catch (problem) {
    writing.path.length = depth;
    return failed(problem, writing, nodes, isNullable);
  } finally {
    writing.path.length = depth - 1;
  }
}

function createAbstractWrite(
  type: GraphQLAbstractType,
  nodes: readonly FieldNode[],
  from: ReadFrom,
  path: Path,
): Write {
  const writes = new Map<string, Write>(
    from.schema.getPossibleTypes(type).map(possible => [possible.name, createObjectWrite(possible, nodes, from, path)]),
  );
  return (value, writing) => {
    const name = Object(value).__typename ?? type.resolveType?.(value, writing.context, {} as never, type);
    const write = typeof name === 'string' ? writes.get(name) : undefined;
    if (write === undefined) throw cannotWrite;
    return write(value, writing);
  };
}
