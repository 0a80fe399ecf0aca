/** The contract that each source fulfils: what it is, and its part in one operation. */
import type { z } from 'zod';
import type { CallerKeys } from '../auth/callers.ts';
import type { SourcePermissions } from '../auth/scopes.ts';
import type { Cache } from '../cache/cache.ts';
import type { RequestContext, Windows } from '../cache/fact-kind.ts';
import type { Environment, Problems } from '../config/variables.ts';
import type { Indicator } from '../domain/indicator/indicator.ts';
import type { SourceReport } from '../domain/source-report.ts';
import type { SourceAnswer, VerdictSource } from '../domain/verdict/verdict.ts';
import type { UpstreamHealth } from '../http-client/client.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Costs, FieldCost } from './field-cost.ts';
import type { Selection } from './lookahead.ts';
import type { CommonDefaults, CommonSettings, SourceSettings } from './settings.ts';

export type MaybePromise<Value> = Value | Promise<Value>;

/** `then` for what may be here already: a warm field stays synchronous. */
export const after = <Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => Result,
): MaybePromise<Result> => (value instanceof Promise ? value.then(next) : next(value));

/** Made when it is first wanted. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * All that the rest of the gateway knows of a source. What differs from source to source stands here and nowhere else:
 * configuration, chart, readiness, log fields, scopes, key headers, reports and verdict are made of it.
 */
export interface SourceDefinition<
  Settings extends SourceSettings = SourceSettings,
  Part extends SourcePart = SourcePart,
> extends VerdictSource {
  /** Which kind of evidence it brings to a verdict. */
  readonly kind: SourceAnswer['kind'];
  readonly configuration: SourceConfiguration<Settings>;
  /**
   * The headers in which a caller sends a key of its own, as they are spelled → the ones in which the upstream takes it, in
   * lower case. A caller sends all of them, or sent none.
   */
  readonly callerKeyHeaders: Readonly<Record<string, string>>;
  /** Type name → field → resolver, as `schema.graphql` has them. */
  readonly resolvers: Readonly<Record<string, object>>;
  /** What each of these resolvers costs; one that is missing does not start. */
  readonly costs: Costs;
  /** What a verdict asks of it about one indicator. */
  readonly verdictCost: FieldCost;
  /** The objects of its own that `node(id:)` finds. */
  readonly node?: SourceNode;
  open(settings: Settings, dependencies: SourceDependencies): Source<Part>;
}

/** Name → source: all that the gateway is made of. */
export type Sources = Readonly<Record<string, SourceDefinition>>;

export type SettingsOf<Definition> = Definition extends SourceDefinition<infer Settings> ? Settings : never;
export type PartOf<Definition> = Definition extends SourceDefinition<infer _, infer Part> ? Part : never;

export interface SourceConfiguration<Settings> {
  /**
   * Its own variables, beside those that every source has (`settings.ts`), each described. One with a `chartValue` is set
   * by that name in the source's part of the chart's values, any other by its own name in `config`.
   */
  readonly variables: z.ZodObject;
  readonly defaults: CommonDefaults;
  /** Which of its secret variables make it configured: all of one of these sets. The first is the usual one. */
  readonly credentials: readonly (readonly string[])[];
  /** Everything that is wrong with its own variables; the common ones are checked already. */
  read(environment: Environment, common: CommonSettings): ReadSettings<Settings>;
}

export type ReadSettings<Settings> =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: Problems };

interface SourceNode {
  readonly typeName: string;
  /** The object is one of these. */
  isOne(node: object): boolean;
}

/** What the gateway lends to every source. */
export interface SourceDependencies {
  readonly cache: Cache;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly windows: Windows;
  readonly revalidates: boolean;
  /** Values that one operation may name: the queue behind an upstream holds at least twice as many. */
  readonly maxValues: number;
  /** The whole operation: no single call is given longer. */
  readonly deadlineMs: number;
  /** The way out, as `HTTPS_PROXY` and `NO_PROXY` have it. */
  readonly proxy: { readonly proxyUrl?: string; readonly noProxy?: string };
  readonly now: () => number;
}

/** A source that runs. */
export interface Source<Part extends SourcePart = SourcePart> {
  readonly isConfigured: boolean;
  /** Its part in one operation: it lives as long as that, and no longer. `permissions` are the caller's at this source. */
  open(operation: Operation, permissions: SourcePermissions): Part;
  health(): UpstreamHealth | undefined;
  close(): Promise<void>;
}

/** One GraphQL operation, as a source sees it. */
export interface Operation extends RequestContext {
  readonly keys: CallerKeys;
  /** The strictest age that this operation asked for the indicator; undefined: any fresh fact will do. */
  maxAgeMs(indicator: Indicator): number | undefined;
  /** No part of the operation names an age, so a fact from memory can be handed out before all of it was seen. */
  readonly isAgeless: boolean;
}

/** A source's part in one operation: the loaders behind its resolvers, and its word for the join. */
export interface SourcePart {
  /** What the selection of one Indicator object asked of this source, and what came of it. */
  report(indicator: Indicator, selection: Selection): Promise<SourceReport>;
  /** The one question a verdict asks; equal for every selection. */
  assess(indicator: Indicator): MaybePromise<SourceAnswer>;
  /**
   * One of its own objects by global id; undefined: the id is none of its own. `selectionOn`: what is selected below it
   * on the object type of that name.
   */
  node?(globalId: string, selectionOn: (typeName: string) => Selection): Promise<object | null> | undefined;
}
