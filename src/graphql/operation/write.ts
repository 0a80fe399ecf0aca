/**
 * Writes the answer to a selection as JSON text, without a tree of results in between. It covers what answers are made of;
 * wherever else graphql-js has a rule of its own (a null in a non-null field, a promise, a leaf of another type),
 * `cannotWrite` is thrown, and graphql-js answers from the same facts.
 */
import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { type Later, whenThere } from '../../slices.ts';
import { type ReadFrom, selectionOn } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';
import type { Fragments } from './fragments.ts';
import { createIndicatorWrite, selectsAge } from './indicator-write.ts';
import { infoOf } from './roots.ts';
import { joinRest } from './text.ts';
import { cannotWrite, counted, done, doneLater, failedAt, type Writing, type WrittenPlace } from './writing.ts';

/** Throws `cannotWrite`, `forgone`, or what a resolver threw. */
export type Write = (value: unknown, writing: Writing) => Later<string>;

/** Where a value stands in the operation. */
interface WriteSite {
  readonly nodes: readonly FieldNode[];
  readonly from: ReadFrom;
  readonly path?: GraphQLResolveInfo['path'];
  /** Called for each field that is made. May throw `cannotWrite`. */
  countField(): void;
  /** For indicators that the operation itself names: the fragments of the selection at this path. */
  readonly fragmentsAt?: ((path: string) => Fragments) | undefined;
}

function createWrite(type: GraphQLOutputType, site: WriteSite): Write {
  if (isNonNullType(type)) {
    const write = createWrite(type.ofType, site);
    return (value, writing) => whenThere(write(value, writing), required);
  }
  const write = createNonNullWrite(type, site);
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

function createNonNullWrite(type: GraphQLOutputType, site: WriteSite): Write {
  if (isListType(type)) return createListWrite(type.ofType, site);
  if (isObjectType(type)) return createObjectWrite(type, site);
  if (isAbstractType(type)) return createAbstractWrite(type, site);
  if (isLeafType(type)) return value => leafText(type.serialize(value));
  throw cannotWrite;
}

function leafText(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined || text === 'null') throw cannotWrite;
  return text;
}

function createListWrite(type: GraphQLOutputType, site: WriteSite): Write {
  const write = createWrite(type, site);
  const place = { nodes: site.nodes, isNullable: !isNonNullType(type) };
  const isOfLeaves = isLeafType(getNamedType(type));
  const writeItem = (values: readonly unknown[], index: number, writing: Writing): Later<string> => {
    const depth = writing.path.push(index);
    try {
      const item = write(values[index], writing);
      return typeof item === 'string' ? done(item, depth, writing) : doneLater(item, depth, writing, place);
    } catch (problem) {
      return failedAt(depth, problem, writing, place);
    }
  };
  const writeInTurn = (values: readonly unknown[], index: number, writing: Writing): Later<string> =>
    !isOfLeaves && writing.slices.isOver()
      ? writing.slices.next().then(() => writeItem(values, index, writing))
      : writeItem(values, index, writing);
  return (values, writing) => {
    if (!Array.isArray(values)) throw cannotWrite;
    let text = '[';
    for (let index = 0; index < values.length; index++) {
      const item = writeInTurn(values, index, writing);
      if (index > 0) text += ',';
      if (typeof item !== 'string') {
        const nextItem = (further: number) =>
          whenThere(writeInTurn(values, index + 1 + further, writing), written => `,${written}`);
        return joinRest(text, item, values.length - index - 1, nextItem).then(written => `${written}]`);
      }
      text += item;
    }
    return `${text}]`;
  };
}

function createObjectWrite(type: GraphQLObjectType, site: WriteSite): Write {
  const { schema, fragments, variableValues } = site.from;
  const collected = collectSubfields(schema, fragments, variableValues, type, site.nodes);
  const { fragmentsAt, path } = site;
  if (type.name !== 'Indicator') return createFieldsWrite(fieldsOf(type, collected, site));
  const write = createFieldsWrite(fieldsOf(type, collected, { ...site, fragmentsAt: undefined }));
  const isKept = fragmentsAt !== undefined && !selectsAge(selectionOn(site.from, type, site.nodes));
  return isKept ? createIndicatorWrite(write, fragmentsAt(pathText(path))) : write;
}

const createFieldsWrite =
  (fields: readonly WrittenField[]): Write =>
  (value, writing) =>
    writeFields(fields, value, writing);

const pathText = (path: WriteSite['path']): string => (path === undefined ? '' : `${pathText(path.prev)}.${path.key}`);

export function writeFields(fields: readonly WrittenField[], value: unknown, writing: Writing): Later<string> {
  const before = writing.written;
  let text = '{';
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as WrittenField;
    const written = writeField(field, value, writing);
    text += field.prefix;
    if (typeof written !== 'string') {
      const rest = fields.slice(index + 1);
      const nextField = (further: number) => {
        const next = rest[further] as WrittenField;
        return whenThere(writeField(next, value, writing), own => next.prefix + own);
      };
      return joinRest(text, written, rest.length, nextField).then(all => counted(`${all}}`, before, writing));
    }
    text += written;
  }
  return counted(`${text}}`, before, writing);
}

function writeField(field: WrittenField, parent: unknown, writing: Writing): Later<string> {
  if (field.constant !== undefined) return field.constant;
  const depth = writing.path.push(field.key);
  try {
    const text = field.write(field.resolve(parent, writing.context), writing);
    return typeof text === 'string' ? done(text, depth, writing) : doneLater(text, depth, writing, field);
  } catch (problem) {
    return failedAt(depth, problem, writing, field);
  }
}

function createAbstractWrite(type: GraphQLAbstractType, site: WriteSite): Write {
  const possible = site.from.schema.getPossibleTypes(type);
  const writes = new Map(possible.map(one => [one.name, createObjectWrite(one, site)]));
  return (value, writing) => {
    const name = Object(value).__typename ?? type.resolveType?.(value, writing.context, {} as never, type);
    const write = typeof name === 'string' ? writes.get(name) : undefined;
    if (write === undefined) throw cannotWrite;
    return write(value, writing);
  };
}

/** A field of an object that is written. */
export interface WrittenField extends WrittenPlace {
  /** Comma, name and colon. */
  readonly prefix: string;
  readonly key: string;
  /** Its text, where that is always the same. */
  readonly constant?: string;
  resolve(parent: unknown, context: Context): unknown;
  readonly write: Write;
}

/** The fields of a selection on that type. Introspection is left to graphql-js: throws `cannotWrite`. */
export function fieldsOf(
  type: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
  { from, path, countField, fragmentsAt }: Omit<WriteSite, 'nodes'>,
): readonly WrittenField[] {
  return [...collected].map(([key, nodes], index): WrittenField => {
    countField();
    const prefix = `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
    const node = nodes[0] as FieldNode;
    const name = node.name.value;
    const common = { prefix, key, nodes };
    if (name === '__typename') return { ...common, ...nothing, constant: JSON.stringify(type.name) };
    const definition = type.getFields()[name];
    if (definition === undefined) throw cannotWrite;
    const { resolve } = definition;
    const info = infoOf({ name, responseKey: key, nodes }, type, from, path);
    // Below a field with a resolver that is not the operation's own, the indicator is not one that it names.
    const isNamed = path === undefined || resolve === undefined;
    const site = { nodes, from, path: info.path, countField, fragmentsAt: isNamed ? fragmentsAt : undefined };
    return {
      ...common,
      isNullable: !isNonNullType(definition.type),
      resolve: path === undefined ? rootValue(key) : valueBelow(definition, node, from, info),
      write: createWrite(definition.type, site),
    };
  });
}

/** The operation's own fields were resolved before, with the arguments of this execution. */
const rootValue = (key: string) => (_: unknown, context: Context) =>
  context.roots.get(key, () => {
    throw cannotWrite;
  });

/** The arguments of a field below are the same in all executions that share its selection. */
function valueBelow(
  definition: ReturnType<GraphQLObjectType['getFields']>[string],
  node: FieldNode,
  from: ReadFrom,
  info: GraphQLResolveInfo,
): WrittenField['resolve'] {
  const { resolve, name } = definition;
  if (resolve === undefined) return parent => property(parent, name);
  const given = getArgumentValues(definition, node, from.variableValues);
  return (parent, context) => resolve(parent, given, context, info);
}

const nothing = { isNullable: true, resolve: () => undefined, write: () => 'null' };

/** As graphql-js reads it, except for a method. */
function property(parent: unknown, name: string): unknown {
  const value: unknown = (parent as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'function') throw cannotWrite;
  return value;
}
