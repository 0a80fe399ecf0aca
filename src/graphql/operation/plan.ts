/** What an operation needs to know, read from its selection before any of it is answered. */
import { getNamedType, isObjectType } from 'graphql';
import { hostOf } from '../../domain/indicator/indicator.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import { createSelectionCache, type ReadFrom, type Selection, selectionOn } from '../../sources/lookahead.ts';
import type { SourcePart } from '../../sources/source.ts';
import type { Root } from './roots.ts';

/**
 * Notes what the fields below each root need of the indicators that are known already. Those that only an answer names
 * (of records) are found when they are read.
 */
export function wantAll(roots: readonly Root[], from: ReadFrom, parts: readonly SourcePart[]): void {
  for (const { field, type, value } of roots)
    wantBelow(value, getNamedType(type.getFields()[field.name]?.type)?.name, field, from, parts);
}

type Wanting = Pick<Selection[number], 'nodes' | 'below'>;

function wantBelow(
  value: unknown,
  typeName: string | undefined,
  field: Wanting,
  from: ReadFrom,
  parts: readonly SourcePart[],
): void {
  if (typeof value !== 'object' || value === null || value instanceof Error) return;
  if (Array.isArray(value)) {
    for (const item of value) wantBelow(item, typeName, field, from, parts);
    return;
  }
  const name = '__typename' in value ? String(value.__typename) : typeName;
  const type = from.schema.getType(name ?? '');
  if (!isObjectType(type)) return;
  const selection = name === typeName ? field.below() : selectionOn(from, type, field.nodes);
  if (name === 'Indicator') return wantIndicator(value as Indicator, selection, parts);
  const fields = type.getFields();
  for (const below of selection) {
    const definition = fields[below.name];
    if (definition === undefined || definition.resolve !== undefined) continue;
    const inner = getNamedType(definition.type);
    if (isObjectType(inner)) wantBelow(Reflect.get(value, below.name), inner.name, below, from, parts);
  }
}

const readVerdictAndHost = createSelectionCache((selection: Selection) => ({
  hasVerdict: selection.some(({ name }) => name === 'verdict'),
  hosts: selection.filter(({ name }) => name === 'host'),
}));

/** The host first: if a rate limit leaves only one call, it is the one that says more. */
export function wantIndicator(indicator: Indicator, selection: Selection, parts: readonly SourcePart[]): void {
  const { hasVerdict, hosts } = readVerdictAndHost(selection);
  const host = hasVerdict || hosts.length > 0 ? hostOf(indicator) : undefined;
  if (host !== undefined) {
    if (hasVerdict) for (const part of parts) part.wantVerdict(host);
    for (const { below } of hosts) wantIndicator(host, below(), parts);
  }
  for (const part of parts) part.want(indicator, selection);
}
