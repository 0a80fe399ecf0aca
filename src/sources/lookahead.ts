/** What the operation asks for around the current field: through fragments, variables, aliases, @skip and @include. */
import {
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { once } from './source.ts';

/** One field of a selection, as it would be executed. */
export interface AskedField {
  readonly name: string;
  readonly responseKey: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FieldNode[];
  /** The fields selected below it, where its type is an object type. */
  below(): Selection;
}

/** The fields of one object, fragments in, what is skipped out, in the order they were written. */
export type Selection = readonly AskedField[];

type Surroundings = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** The fields selected below the current one, on the named object type. */
export function selectionBelow(info: GraphQLResolveInfo, typeName?: string): Selection {
  const type = typeName === undefined ? getNamedType(info.returnType) : info.schema.getType(typeName);
  if (!isObjectType(type)) return [];
  const { fieldNodes, schema, fragments } = info;
  const [node] = fieldNodes;
  if (node === undefined || fieldNodes.length > 1 || typeName !== undefined || !isFixed(node, fragments))
    return rememberedFor(info, fieldNodes, () => collect(info, type, fieldNodes));
  const known = fixed.get(node) ?? collect({ schema, fragments, variableValues: {} }, type, fieldNodes);
  fixed.set(node, known);
  return known;
}

/** Of fields below which no variable stands: the same in every execution of their document. */
const fixed = new WeakMap<FieldNode, Selection>();
const fixedness = new WeakMap<ASTNode, boolean>();

function isFixed(node: FieldNode | FragmentDefinitionNode, fragments: Surroundings['fragments']): boolean {
  const known = fixedness.get(node);
  if (known !== undefined) return known;
  let is = true;
  visit(node, {
    Variable() {
      is = false;
    },
    FragmentSpread({ name }) {
      const fragment = fragments[name.value];
      if (fragment === undefined || !isFixed(fragment, fragments)) is = false;
    },
  });
  fixedness.set(node, is);
  return is;
}

/** One entry for each place in the query, not for each of a hundred list items; variables are those of one execution. */
function rememberedFor(info: Surroundings, place: unknown, look: () => Selection): Selection {
  const ofThisExecution = remembered.get(info.variableValues) ?? new Map<unknown, Selection>();
  remembered.set(info.variableValues, ofThisExecution);
  const known = ofThisExecution.get(place) ?? look();
  ofThisExecution.set(place, known);
  return known;
}

/** By the nodes that the engine gathered for a field, or by a path of names. */
const remembered = new WeakMap<object, Map<unknown, Selection>>();

/** All fields selected on the object that the current field belongs to: its siblings and itself. */
export const selectionBeside = (info: GraphQLResolveInfo): Selection =>
  rememberedFor(info, placeOf(info), () => walkTo(info));

type Step = { readonly key: string; readonly typeName: string | undefined };

function stepsTo(info: GraphQLResolveInfo): readonly Step[] {
  const steps: Step[] = [];
  for (let path = info.path.prev; path !== undefined; path = path.prev)
    if (typeof path.key === 'string') steps.push({ key: path.key, typeName: path.typename });
  return steps.reverse();
}

const placeOf = (info: GraphQLResolveInfo): string =>
  [...stepsTo(info).map(step => `${step.typeName ?? ''}.${step.key}`), info.parentType.name].join('/');

function walkTo(info: GraphQLResolveInfo): Selection {
  const root = info.schema.getRootType(info.operation.operation) as GraphQLObjectType;
  let type: GraphQLObjectType = root;
  let selection = collectFrom(info, root, [info.operation.selectionSet]);
  const steps = stepsTo(info);
  steps.forEach((step, index) => {
    const field = selection.find(asked => asked.responseKey === step.key);
    const next = index + 1 < steps.length ? steps[index + 1]?.typeName : info.parentType.name;
    const declared = getNamedType(type.getFields()[field?.name ?? '']?.type);
    const nextType = next === undefined ? declared : info.schema.getType(next);
    if (field === undefined || !(nextType instanceof GraphQLObjectType)) {
      selection = [];
      return;
    }
    type = nextType;
    selection = collect(info, nextType, field.nodes);
  });
  return selection;
}

const collect = (info: Surroundings, type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection =>
  collectFrom(
    info,
    type,
    nodes.flatMap(node => (node.selectionSet === undefined ? [] : [node.selectionSet])),
  );

function collectFrom(info: Surroundings, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
  const nodes = new Map<string, FieldNode[]>();
  const seen = new Set<string>();
  for (const set of sets) gather(info, type, set, nodes, seen);
  return [...nodes].flatMap(([responseKey, fieldNodes]) => {
    const node = fieldNodes[0] as FieldNode;
    const definition = type.getFields()[node.name.value];
    if (definition === undefined) return []; // __typename
    return [
      {
        name: node.name.value,
        responseKey,
        arguments: getArgumentValues(definition, node, info.variableValues),
        nodes: fieldNodes,
        below: once(() => {
          const inner = getNamedType(definition.type);
          return isObjectType(inner) ? collect(info, inner, fieldNodes) : [];
        }),
      },
    ];
  });
}

function gather(
  info: Surroundings,
  type: GraphQLObjectType,
  set: SelectionSetNode,
  into: Map<string, FieldNode[]>,
  seen: Set<string>,
): void {
  for (const node of set.selections) {
    if (!isIncluded(node, info.variableValues)) continue;
    if (node.kind === 'Field') {
      const key = node.alias?.value ?? node.name.value;
      into.set(key, [...(into.get(key) ?? []), node]);
      continue;
    }
    const fragment: FragmentDefinitionNode | undefined =
      node.kind === 'FragmentSpread' ? info.fragments[node.name.value] : undefined;
    if (node.kind === 'FragmentSpread') {
      if (fragment === undefined || seen.has(node.name.value)) continue;
      seen.add(node.name.value);
    }
    const condition = node.kind === 'InlineFragment' ? node.typeCondition : fragment?.typeCondition;
    const inner = node.kind === 'InlineFragment' ? node.selectionSet : fragment?.selectionSet;
    if (inner !== undefined && applies(info.schema, type, condition?.name.value)) gather(info, type, inner, into, seen);
  }
}

function isIncluded(
  node: SelectionSetNode['selections'][number],
  variableValues: GraphQLResolveInfo['variableValues'],
): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variableValues);
  return skip?.if !== true && include?.if !== false;
}

function applies(schema: GraphQLSchema, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
