/** Random operations over a schema: fields, arguments, variables, aliases, fragments, directives. Most are valid. */
import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

export interface Pools {
  /** Values for an argument, by its name; others have those of their type. */
  readonly byArgument: Readonly<Record<string, readonly unknown[]>>;
  readonly withoutFields: ReadonlySet<string>;
}

interface Writing {
  readonly schema: GraphQLSchema;
  readonly pools: Pools;
  readonly variables: Map<string, { type: string; value: unknown }>;
  readonly fragments: string[];
  upTo(most: number): number;
  count: number;
}

const deepest = 4;

export const operations = (schema: GraphQLSchema, pools: Pools): fc.Arbitrary<Operation> =>
  fc.gen().map(draw => {
    const upTo = (most: number) => draw(fc.nat, { max: most });
    const writing: Writing = { schema, pools, upTo, variables: new Map(), fragments: [], count: 0 };
    const body = selection(writing, schema.getQueryType() as GraphQLObjectType, 0);
    const declared = [...writing.variables].map(([name, { type }]) => `$${name}: ${type}`);
    const head = declared.length === 0 ? '' : `query (${declared.join(', ')}) `;
    const given = [...writing.variables].filter(([, { value }]) => value !== undefined);
    return {
      query: [`${head}${body}`, ...writing.fragments].join('\n'),
      variables: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
    };
  });

function selection(writing: Writing, type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields()).filter(({ name, type: of }) => {
    const isLeaf = !isObjectType(getNamedType(of)) && !isInterfaceType(getNamedType(of));
    return !writing.pools.withoutFields.has(`${type.name}.${name}`) && (isLeaf || depth < deepest);
  });
  const parts = Array.from({ length: 1 + writing.upTo(3) }, () => {
    const chosen = fields[writing.upTo(fields.length - 1)];
    return chosen === undefined ? '__typename' : wrap(writing, type, field(writing, chosen, depth));
  });
  return `{ ${parts.join(' ')} }`;
}

type Field = ReturnType<GraphQLObjectType['getFields']>[string];

function field(writing: Writing, { name, args, type }: Field, depth: number): string {
  const named = getNamedType(type);
  const given = args.flatMap(arg => {
    if (!isNonNullType(arg.type) && writing.upTo(2) > 0) return [];
    return [`${arg.name}: ${argument(writing, arg)}`];
  });
  const below = isObjectType(named)
    ? selection(writing, named, depth + 1)
    : isInterfaceType(named)
      ? `{ __typename id ... on Indicator ${selection(writing, writing.schema.getType('Indicator') as GraphQLObjectType, depth + 1)} }`
      : '';
  // Two fields of one name and different arguments do not merge; an alias of its own keeps them apart.
  writing.count += 1;
  const isPlain = args.length === 0 && writing.upTo(1) === 0;
  return `${isPlain ? '' : `${name}_${writing.count}: `}${name}${given.length > 0 ? `(${given.join(', ')})` : ''}${directive(writing)} ${below}`;
}

function directive(writing: Writing): string {
  const kind = writing.upTo(9);
  if (kind > 1) return '';
  const value =
    writing.upTo(1) === 0 ? String(writing.upTo(1) === 0) : variable(writing, 'Boolean!', writing.upTo(1) === 0);
  return ` @${kind === 0 ? 'skip' : 'include'}(if: ${value})`;
}

function wrap(writing: Writing, { name }: GraphQLObjectType, inner: string): string {
  const kind = writing.upTo(11);
  if (kind === 0) return `... on ${name}${directive(writing)} { ${inner} }`;
  if (kind === 1) return `...${directive(writing)} { ${inner} ${inner} }`;
  if (kind > 3) return inner;
  writing.count += 1;
  writing.fragments.push(`fragment F${writing.count} on ${name} { ${inner} }`);
  return `...F${writing.count}${directive(writing)}`;
}

function argument(writing: Writing, { name, type }: GraphQLArgument): string {
  const pool = writing.pools.byArgument[name] ?? valuesOf(type);
  const value = pool[writing.upTo(pool.length - 1)];
  return writing.upTo(1) === 0
    ? variable(writing, String(type), value)
    : literal(value, isEnumType(getNamedType(type)));
}

function variable(writing: Writing, type: string, value: unknown): string {
  writing.count += 1;
  const name = `v${writing.count}`;
  // Now and then one is missing.
  writing.variables.set(name, { type, value: writing.upTo(14) === 0 ? undefined : value });
  return `$${name}`;
}

function literal(value: unknown, isEnum: boolean): string {
  if (Array.isArray(value)) return `[${value.map(item => literal(item, isEnum)).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, item]) => `${name}: ${literal(item, ['states', 'field', 'direction'].includes(name))}`)
      .join(', ')} }`;
  return isEnum ? String(value) : JSON.stringify(value);
}

function valuesOf(type: GraphQLArgument['type']): readonly unknown[] {
  const nullable = getNullableType(type);
  const named = getNamedType(type);
  const one = isEnumType(named)
    ? named.getValues().map(({ name }) => name)
    : ({ Boolean: [true, false], Int: [-1, 0, 1, 2], Float: [0.5], String: ['', 'x'], ID: ['x'] }[named.name] ?? [
        null,
      ]);
  return isListType(nullable) ? [[], [one[0]], one.slice(0, 3)] : one;
}
