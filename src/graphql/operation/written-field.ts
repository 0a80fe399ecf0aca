import { type FieldNode, type GraphQLObjectType, getArgumentValues, isNonNullType } from 'graphql';
import type { ReadFrom } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';
import { infoOf } from './roots.ts';
import { cannotWrite, createWrite, type Write } from './write.ts';

/** A field of an object that is written. */
export interface WrittenField {
  /** Comma, name and colon. */
  readonly prefix: string;
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly isNullable: boolean;
  /** Its text, where that is always the same. */
  readonly constant: string | undefined;
  resolve(parent: unknown, context: Context): unknown;
  readonly write: Write;
}

/** The fields of a selection on that type. Introspection is left to graphql-js: throws `cannotWrite`. */
export function fieldsOf(
  type: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
  from: ReadFrom,
  path?: ReturnType<typeof infoOf>['path'],
): readonly WrittenField[] {
  return [...collected].map(([key, nodes], index): WrittenField => {
    const prefix = `${index === 0 ? '' : ','}${JSON.stringify(key)}:`;
    const node = nodes[0] as FieldNode;
    const name = node.name.value;
    const common = { prefix, key, nodes, isNullable: true };
    const nothing = { resolve: () => undefined, write: () => 'null' };
    if (name === '__typename') return { ...common, ...nothing, constant: JSON.stringify(type.name) };
    const definition = type.getFields()[name];
    if (definition === undefined) throw cannotWrite;
    const { resolve } = definition;
    const given = getArgumentValues(definition, node, from.variableValues);
    const info = infoOf({ name, responseKey: key, nodes }, type, from, path);
    return {
      ...common,
      isNullable: !isNonNullType(definition.type),
      constant: undefined,
      resolve:
        resolve === undefined
          ? parent => property(parent, name)
          : (parent, context) => resolve(parent, given, context, info),
      write: createWrite(definition.type, nodes, from, info.path),
    };
  });
}

/** As graphql-js reads it, except for a method. */
function property(parent: unknown, name: string): unknown {
  const value: unknown = (parent as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'function') throw cannotWrite;
  return value;
}
