/** The indicators that a selection is counted on, and what of them is known before execution. */
import { hostOf, indicatorFromId } from '../domain/indicator/indicator.ts';
import { type Indicator, indicatorTypes } from '../domain/indicator/model.ts';
import { once } from '../sources/once.ts';
import type { ParseIndicator } from './indicator-parser.ts';

export interface CountedIndicators {
  readonly count: number;
  /** The calls that are already counted for each of them. */
  readonly variants: Set<string>;
  /** The calls of which a row of a list has a part already. */
  readonly inRows: Set<string>;
  /** How many of them are address blocks, or may be. */
  blocks(): number;
  /** Those that they have as a host, or may have. */
  hosts(): CountedIndicators;
}

/** `known`: those that the operation names; without it each may be anything. */
export function countIndicators(count: number, known?: () => readonly Indicator[]): CountedIndicators {
  return {
    count,
    variants: new Set(),
    inRows: new Set(),
    blocks: () => known?.().filter(({ type }) => type === 'CIDR').length ?? count,
    hosts: once(() => {
      if (known === undefined) return countIndicators(count);
      const hosts = known().flatMap(indicator => hostOf(indicator) ?? []);
      return countIndicators(hosts.length, () => hosts);
    }),
  };
}

/** A value of an argument: a text, or what refers to an indicator by its id, or by its value and type. */
export function indicatorIn(value: unknown, parse: ParseIndicator): Indicator | undefined {
  if (typeof value === 'string') return parse(value).indicator;
  const { id, value: text, type } = Object(value);
  if (typeof id === 'string') return indicatorFromId(id);
  if (typeof text !== 'string') return undefined;
  return parse(
    text,
    indicatorTypes.find(known => known === type),
  ).indicator;
}

/** As it was written. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  if ('value' in value && typeof value.value === 'string') return value.value;
  return 'id' in value && typeof value.id === 'string' ? value.id : '';
}
