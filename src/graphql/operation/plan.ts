/** What an operation needs to know, read from its selection before any of it is answered. */
import { type GraphQLField, type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { hostOf } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import {
  createSelectionCache,
  type ReadFrom,
  type SelectedField,
  type Selection,
  selectionOn,
} from '../../sources/lookahead.ts';
import type { SourcePart } from '../../sources/source.ts';
import type { Context } from '../context.ts';
import type { Root } from './roots.ts';

/** Whether what the selection at that path says of the indicator is here already. */
export type IsKept = (path: string, indicator: Indicator) => boolean;

interface Planning {
  readonly from: ReadFrom;
  readonly context: Context;
  readonly isKept: IsKept;
}

/**
 * Notes what the fields below each root need of the indicators that are known already. Those that only an answer names
 * (of records) are found when they are read.
 */
export function wantAll(roots: readonly Root[], from: ReadFrom, context: Context, isKept: IsKept): void {
  for (const { field, type, value } of roots) {
    const typeName = getNamedType(type.getFields()[field.name]?.type)?.name;
    wantBelow(
      value,
      { typeName, field, path: `.${field.responseKey}`, selections: new Map() },
      { from, context, isKept },
    );
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

interface PlannedField {
  readonly typeName: string | undefined;
  readonly field: SelectedField;
  readonly path: string;
  /** Of an abstract field, by type. */
  readonly selections: Map<string, Selection>;
}

/** Read once for all values of an abstract field. */
function selectionOfType({ field, selections }: PlannedField, type: GraphQLObjectType, from: ReadFrom): Selection {
  const selection = selections.get(type.name) ?? selectionOn(from, type, field.nodes);
  selections.set(type.name, selection);
  return selection;
}

function wantBelow(value: unknown, planned: PlannedField, planning: Planning): void {
  if (!isObject(value)) return;
  if (Array.isArray(value)) {
    for (const item of value) wantBelow(item, planned, planning);
    return;
  }
  const { typeName, field, path } = planned;
  const { from, context, isKept } = planning;
  const name = '__typename' in value ? String(value.__typename) : typeName;
  const type = from.schema.getType(name ?? '');
  if (!isObjectType(type)) return;
  if (name === 'Indicator' && isKept(path, value as Indicator)) return;
  const selection = name === typeName ? field.below() : selectionOfType(planned, type, from);
  if (name === 'Indicator') wantIndicator(value as Indicator, selection, context.parts);
  else
    for (const below of selection) wantProperty(value, type.getFields()[below.name], { field: below, path }, planning);
}

/** Below a field that has a resolver, its value is known only when it is answered. */
function wantProperty(
  value: object,
  definition: GraphQLField<unknown, unknown> | undefined,
  { field, path }: Pick<PlannedField, 'field' | 'path'>,
  planning: Planning,
): void {
  if (definition === undefined || definition.resolve !== undefined) return;
  const type = getNamedType(definition.type);
  if (!isObjectType(type)) return;
  const planned = {
    typeName: type.name,
    field,
    path: `${path}.${field.responseKey}`,
    selections: new Map<string, Selection>(),
  };
  wantBelow(Reflect.get(value, field.name), planned, planning);
}

const readVerdictAndHost = createSelectionCache((selection: Selection) => ({
  hasVerdict: selection.some(({ name }) => name === 'verdict'),
  hosts: selection.filter(({ name }) => name === 'host'),
}));

/** The host first: if a rate limit leaves only one call, it is the one that says more. */
function wantIndicator(indicator: Indicator, selection: Selection, parts: readonly SourcePart[]): void {
  const { hasVerdict, hosts } = readVerdictAndHost(selection);
  const host = hasVerdict || hosts.length > 0 ? hostOf(indicator) : undefined;
  if (host !== undefined) {
    if (hasVerdict) for (const part of parts) part.wantVerdict(host);
    for (const { below } of hosts) wantIndicator(host, below(), parts);
  }
  for (const part of parts) part.want(indicator, selection);
}
