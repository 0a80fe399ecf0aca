/** The selections below and beside the current field, read as graphql-js reads them. */
import {
  type FieldNode,
  type GraphQLNamedType,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { once } from './once.ts';

/** One field of a selection, as it will be executed: with fragments, variables, @skip and @include applied. */
export interface SelectedField {
  readonly name: string;
  readonly responseKey: string;
  /** Throws GraphQLError where a variable is null and must not be. */
  readonly arguments: FieldArguments;
  /** The same in another execution of the operation. */
  argumentsWith(variableValues: ReadFrom['variableValues']): FieldArguments;
  readonly nodes: readonly FieldNode[];
  /** The fields selected below it; where its type is abstract, on any of its object types. */
  below(): Selection;
}

export type FieldArguments = Readonly<Record<string, unknown>>;

/** The fields selected on one object, in the order of the document. */
export type Selection = readonly SelectedField[];

/** What a selection is read from: the schema, and one execution of an operation. */
export type ReadFrom = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues' | 'operation'>;

/** The fields that these nodes, which share a response name, select on an object of that type. */
export function selectionOn(from: ReadFrom, type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection {
  const { schema, fragments, variableValues } = from;
  return selectionOf(from, type, collectSubfields(schema, fragments, variableValues, type, nodes));
}

/** The fields of the operation itself. */
export function rootSelection(from: ReadFrom): Selection {
  const { schema, fragments, variableValues, operation } = from;
  const type = schema.getRootType(operation.operation);
  if (type == null) return [];
  return selectionOf(from, type, collectFields(schema, fragments, variableValues, type, operation.selectionSet));
}

function selectionOf(
  from: ReadFrom,
  type: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): Selection {
  const fields = type.getFields();
  const selection: SelectedField[] = [];
  for (const [responseKey, nodes] of collected) {
    const node = nodes[0] as FieldNode;
    const definition = fields[node.name.value];
    if (definition === undefined) continue; // __typename
    const inner = getNamedType(definition.type);
    const argumentsWith: SelectedField['argumentsWith'] = variables => getArgumentValues(definition, node, variables);
    selection.push(
      Object.assign(Object.create(fieldGetters), {
        given: once(() => argumentsWith(from.variableValues)),
        name: node.name.value,
        responseKey,
        argumentsWith,
        nodes,
        below: once(() => objectTypesOf(from.schema, inner).flatMap(one => selectionOn(from, one, nodes))),
      }),
    );
  }
  return selection;
}

/** On one object for all fields: V8 keeps a description of each object that is made with a getter. */
const fieldGetters: Pick<SelectedField, 'arguments'> & ThisType<{ given(): FieldArguments }> = {
  get arguments() {
    return this.given();
  },
};

function objectTypesOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

/** Reads the selections around the field that is being resolved. */
export interface Lookahead {
  /** The fields selected below the current one. `typeName`: on this object type, where the field's type is abstract. */
  below(info: GraphQLResolveInfo, typeName?: string): Selection;
  /** All fields selected on the parent object, the current one included. */
  beside(info: GraphQLResolveInfo): Selection;
}

/** Each selection is read once for each execution, not for each item of a list. */
export function createLookahead(): Lookahead {
  /** An execution has one list of nodes for a field, however many objects it is resolved on. */
  const belowByNodes = new WeakMap<readonly FieldNode[], Map<string, Selection>>();
  /** An execution has one object of variables. */
  const besideByVariables = new WeakMap<object, Map<string, Selection>>();

  return {
    below(info, typeName) {
      const type = typeName === undefined ? getNamedType(info.returnType) : info.schema.getType(typeName);
      if (!isObjectType(type)) return [];
      return remember(belowByNodes, info.fieldNodes, type.name, () => selectionOn(info, type, info.fieldNodes));
    },
    beside: info => remember(besideByVariables, info.variableValues, parentPathOf(info), () => parentSelection(info)),
  };
}

function remember<Owner extends object>(
  byOwner: WeakMap<Owner, Map<string, Selection>>,
  owner: Owner,
  key: string,
  read: () => Selection,
): Selection {
  const known = byOwner.get(owner) ?? new Map<string, Selection>();
  byOwner.set(owner, known);
  const selection = known.get(key) ?? read();
  known.set(key, selection);
  return selection;
}

type PathStep = { readonly key: string; readonly typeName: string | undefined };

/** From the root to the parent of the current field. */
function stepsTo(info: GraphQLResolveInfo): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (let path = info.path.prev; path !== undefined; path = path.prev)
    if (typeof path.key === 'string') steps.push({ key: path.key, typeName: path.typename });
  return steps.reverse();
}

const parentPathOf = (info: GraphQLResolveInfo): string =>
  [...stepsTo(info).map(step => `${step.typeName ?? ''}.${step.key}`), info.parentType.name].join('/');

function parentSelection(info: GraphQLResolveInfo): Selection {
  let selection = rootSelection(info);
  const steps = stepsTo(info);
  for (const [index, { key }] of steps.entries()) {
    const field = selection.find(({ responseKey }) => responseKey === key);
    const type = info.schema.getType(steps[index + 1]?.typeName ?? info.parentType.name);
    if (field === undefined || !(type instanceof GraphQLObjectType)) return [];
    selection = selectionOn(info, type, field.nodes);
  }
  return selection;
}

/** What is read of a selection, read once for all objects that it is selected on. */
export function createSelectionCache<Value>(read: (selection: Selection) => Value): (selection: Selection) => Value {
  const values = new WeakMap<Selection, Value & object>();
  return selection => {
    const known = values.get(selection);
    if (known !== undefined) return known;
    const value = read(selection);
    values.set(selection, value as Value & object);
    return value;
  };
}
