/** The selections below and beside the current field, with fragments, variables, aliases, @skip and @include applied. */
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
import { once } from './deferred.ts';

/** One field of a selection, as it will be executed. */
export interface SelectedField {
  readonly name: string;
  readonly responseKey: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FieldNode[];
  /** The fields selected below it; none unless its type is an object type. */
  below(): Selection;
}

/** The fields selected on one object, in the order of the document. */
export type Selection = readonly SelectedField[];

type ResolveInfo = Pick<GraphQLResolveInfo, 'schema' | 'fragments' | 'variableValues'>;

/** Reads the selections around the field that is being resolved. */
export interface Lookahead {
  /** The fields selected below the current one. `typeName`: on this object type, where the field's type is abstract. */
  below(info: GraphQLResolveInfo, typeName?: string): Selection;
  /** All fields selected on the parent object, the current one included. */
  beside(info: GraphQLResolveInfo): Selection;
}

/** Each selection is read once for each execution, not for each item of a list; without variables, once for all executions. */
export function createLookahead(): Lookahead {
  /** `variableValues` is an object of one execution. Below it, by the field's nodes or by the path of its parent. */
  const byExecution = new WeakMap<object, Map<unknown, Selection>>();
  const variableFree = new WeakMap<FieldNode, Selection>();
  const isVariableFreeByNode = new WeakMap<ASTNode, boolean>();

  function cachedFor(info: ResolveInfo, key: unknown, read: () => Selection): Selection {
    const ofExecution = byExecution.get(info.variableValues) ?? new Map<unknown, Selection>();
    byExecution.set(info.variableValues, ofExecution);
    const selection = ofExecution.get(key) ?? read();
    ofExecution.set(key, selection);
    return selection;
  }

  function isVariableFree(node: FieldNode | FragmentDefinitionNode, fragments: ResolveInfo['fragments']): boolean {
    const cached = isVariableFreeByNode.get(node);
    if (cached !== undefined) return cached;
    let isFree = true;
    visit(node, {
      Variable() {
        isFree = false;
      },
      FragmentSpread({ name }) {
        const fragment = fragments[name.value];
        if (fragment === undefined || !isVariableFree(fragment, fragments)) isFree = false;
      },
    });
    isVariableFreeByNode.set(node, isFree);
    return isFree;
  }

  return {
    below(info, typeName) {
      const type = typeName === undefined ? getNamedType(info.returnType) : info.schema.getType(typeName);
      if (!isObjectType(type)) return [];
      const { fieldNodes, schema, fragments } = info;
      const [node] = fieldNodes;
      if (node === undefined || fieldNodes.length > 1 || typeName !== undefined || !isVariableFree(node, fragments))
        return cachedFor(info, fieldNodes, () => collect(info, type, fieldNodes));
      const selection = variableFree.get(node) ?? collect({ schema, fragments, variableValues: {} }, type, fieldNodes);
      variableFree.set(node, selection);
      return selection;
    },
    beside: info => cachedFor(info, parentPathOf(info), () => parentSelection(info)),
  };
}

type PathStep = { readonly key: string; readonly typeName: string | undefined };

function stepsTo(info: GraphQLResolveInfo): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (let path = info.path.prev; path !== undefined; path = path.prev)
    if (typeof path.key === 'string') steps.push({ key: path.key, typeName: path.typename });
  return steps.reverse();
}

const parentPathOf = (info: GraphQLResolveInfo): string =>
  [...stepsTo(info).map(step => `${step.typeName ?? ''}.${step.key}`), info.parentType.name].join('/');

function parentSelection(info: GraphQLResolveInfo): Selection {
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

const collect = (info: ResolveInfo, type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection =>
  collectFrom(
    info,
    type,
    nodes.flatMap(node => (node.selectionSet === undefined ? [] : [node.selectionSet])),
  );

function collectFrom(info: ResolveInfo, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selection {
  const nodes = new Map<string, FieldNode[]>();
  const seen = new Set<string>();
  for (const set of sets) collectInto(info, type, set, nodes, seen);
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

function collectInto(
  info: ResolveInfo,
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
    if (inner !== undefined && typeConditionApplies(info.schema, type, condition?.name.value))
      collectInto(info, type, inner, into, seen);
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

function typeConditionApplies(schema: GraphQLSchema, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true;
  const conditionType = schema.getType(condition);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
