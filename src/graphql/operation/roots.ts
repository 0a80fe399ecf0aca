/** The fields of the operation itself: each is resolved once, however often the operation is answered. */
import type { GraphQLFieldResolver, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { ReadFrom, SelectedField, Selection } from '../../sources/lookahead.ts';
import type { Context } from '../context.ts';

/** What the fields of one operation were resolved to, by response name. */
export interface Roots {
  /** The value or promise that `resolve` returned the first time; throws what it threw. */
  get(key: string, resolve: () => unknown): unknown;
}

interface Settled {
  readonly value?: unknown;
  readonly problem?: unknown;
}

export function createRoots(): Roots {
  const results = new Map<string, Settled>();
  const settle = (key: string, settled: Settled): void => void results.set(key, settled);

  function begin(key: string, resolve: () => unknown): Settled {
    try {
      const value = resolve();
      settle(key, { value });
      if (value instanceof Promise)
        value.then(
          found => settle(key, { value: found }),
          problem => settle(key, { problem }),
        );
      return { value };
    } catch (problem) {
      settle(key, { problem });
      return { problem };
    }
  }

  return {
    get(key, resolve) {
      const settled = results.get(key) ?? begin(key, resolve);
      if ('problem' in settled) throw settled.problem;
      return settled.value;
    },
  };
}

/** Makes the schema's queries and mutations run once in an operation. */
export function resolveRootsOnce(schema: GraphQLSchema): void {
  for (const type of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(type?.getFields() ?? {})) {
      const { resolve } = field;
      if (resolve !== undefined) field.resolve = onceAnOperation(resolve);
    }
}

const onceAnOperation =
  (resolve: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> =>
  (source, given, context, info) =>
    context.roots.get(String(info.path.key), () => resolve(source, given, context, info));

/** A field of the operation, and what it was resolved to. */
export interface Root {
  readonly field: SelectedField;
  readonly type: GraphQLObjectType;
  /** Undefined as well where it failed: the error comes when the field is answered. */
  readonly value: unknown;
}

/** Resolves all fields of a query side by side. A promise only where one of them is. */
export function resolveRoots(
  fields: Selection,
  from: ReadFrom,
  context: Context,
): readonly Root[] | Promise<readonly Root[]> {
  const type = from.schema.getQueryType() as GraphQLObjectType;
  const resolveAll = (): Root[] =>
    fields.map(field => ({ field, type, value: resolveRoot(field, type, from, context) }));
  const roots = resolveAll();
  const pending = roots.flatMap(({ value }) => (value instanceof Promise ? [value] : []));
  return pending.length === 0 ? roots : Promise.allSettled(pending).then(resolveAll);
}

function resolveRoot(field: SelectedField, type: GraphQLObjectType, from: ReadFrom, context: Context): unknown {
  const definition = type.getFields()[field.name];
  const resolve = () =>
    definition?.resolve?.(undefined, field.argumentsWith(from.variableValues), context, infoOf(field, type, from));
  try {
    return context.roots.get(field.responseKey, resolve);
  } catch {
    return undefined; // thrown again when the field is answered
  }
}

export function infoOf(
  { name, responseKey, nodes }: Pick<SelectedField, 'name' | 'responseKey' | 'nodes'>,
  parentType: GraphQLObjectType,
  from: ReadFrom,
  prev?: GraphQLResolveInfo['path'],
): GraphQLResolveInfo {
  return {
    ...from,
    fieldName: name,
    fieldNodes: nodes,
    returnType: parentType.getFields()[name]?.type as GraphQLResolveInfo['returnType'],
    parentType,
    path: { prev, key: responseKey, typename: parentType.name },
    rootValue: undefined,
  };
}
