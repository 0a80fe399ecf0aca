/** The interface of a source: its definition, the running source, and its part in one operation. */
import type { z } from 'zod';
import type { CallerKeys } from '../auth/callers.ts';
import type { SourcePermissions } from '../auth/scopes.ts';
import type { RequestContext } from '../cache/fact-kind.ts';
import type { Environment, Problems } from '../config/variables.ts';
import type { Egress } from '../domain/egress/policy.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceReport } from '../domain/source-report.ts';
import type { SourceAnswer, VerdictSource } from '../domain/verdict/model.ts';
import type { UpstreamHealth } from '../http-client/upstream.ts';
import type { SourceDependencies } from './dependencies.ts';
import type { Costs, FieldCost } from './field-cost.ts';
import type { Selection } from './lookahead.ts';
import type { CommonDefaults, CommonSettings, SourceSettings } from './settings.ts';

/**
 * Everything that the rest of the gateway knows about a source. Configuration, chart, readiness, log fields, scopes, key
 * headers, reports and verdict are derived from it.
 */
export interface SourceDefinition<
  Settings extends SourceSettings = SourceSettings,
  Part extends SourcePart = SourcePart,
> extends VerdictSource {
  /** The kind of evidence that it contributes to a verdict. */
  readonly kind: SourceAnswer['kind'];
  readonly configuration: SourceConfiguration<Settings>;
  /**
   * Header in which a caller sends its own key, in its usual spelling → header that the upstream expects, in lower case. A
   * caller must send all of them.
   */
  readonly callerKeyHeaders: Readonly<Record<string, string>>;
  /** Type name → field name → resolver, for the source's part of `schema.graphql`. */
  readonly resolvers: Readonly<Record<string, object>>;
  /** The cost of each of these resolvers; the gateway does not start when one is missing. */
  readonly costs: Costs;
  /** The cost of a verdict about one indicator; `settings` undefined: unless configured otherwise. */
  verdictCost(settings: Settings | undefined): FieldCost;
  open(settings: Settings, dependencies: SourceDependencies): Source<Part>;
}

/** Name → source. */
export type Sources = Readonly<Record<string, SourceDefinition>>;

export type SettingsOf<Definition> = Definition extends SourceDefinition<infer Settings> ? Settings : never;
export type PartOf<Definition> = Definition extends SourceDefinition<infer _, infer Part> ? Part : never;

export interface SourceConfiguration<Settings> {
  /**
   * Its own variables, beside those that every source has (`settings.ts`), with descriptions. A `chartValue` in a variable's
   * `meta` is its name in the source's section of the chart's values; other variables are set in the chart's `config`.
   */
  readonly variables: z.ZodObject;
  readonly defaults: CommonDefaults;
  /** Sets of secret variables; one complete set configures the source. The usual set comes first. */
  readonly credentials: readonly (readonly string[])[];
  /** Reads its own variables, or reports all their problems; the common ones are checked already. */
  read(environment: Environment, common: CommonSettings): SettingsResult<Settings>;
}

export type SettingsResult<Settings> =
  | { readonly settings: Settings; readonly problems?: undefined }
  | { readonly settings?: undefined; readonly problems: Problems };

/** A running source. */
export interface Source<Part extends SourcePart = SourcePart> {
  readonly isConfigured: boolean;
  /** Opens the source's part in one operation. `permissions`: the caller's at this source. */
  open(operation: Operation, permissions: SourcePermissions): Part;
  /** Whether a caller with these permissions may change anything there; left out: nobody may. */
  mayWrite?(permissions: SourcePermissions): boolean;
  health(): UpstreamHealth | undefined;
  close(): Promise<void>;
}

/** What sources need to know about a GraphQL operation. */
export interface Operation extends RequestContext {
  readonly keys: CallerKeys;
  /** What it may not send; undefined: nothing is withheld. */
  readonly egress: Egress | undefined;
  /** The strictest `maxAgeSeconds` of the operation for this indicator, in milliseconds; undefined: any fresh fact will do. */
  maxAgeMs(indicator: Indicator): number | undefined;
  /** The strictest of all, for pieces of earlier answers, which may be about several indicators; infinite without one. */
  strictestAgeMs(): number;
  /** When the facts of its answer were heard, monotonic, by cache key. */
  readonly versions: Map<string, number>;
  /** Notes that a field needs what has not been gathered, and returns what it is to throw: `notGathered`. */
  wait(): symbol;
  /** So many rows were gathered: of a large answer nothing is made in one go. */
  countRows(count: number): void;
}

/**
 * A source's part in one operation. What is needed is noted, then gathered; after that it answers from what it has. What was
 * not noted before is noted when it is read, which throws `notGathered`.
 */
export interface SourcePart {
  /** Notes what this selection of an Indicator needs. */
  want(indicator: Indicator, selection: Selection): void;
  /** Notes what a verdict about the indicator needs. */
  wantVerdict(indicator: Indicator): void;
  /** Takes from memory what it has of what was noted; a promise where that is much. */
  recall(): Promise<void> | undefined;
  /** How many facts are left to be asked for. */
  missing(): number;
  /** Gets what was noted; undefined: it is all here. Never rejects. */
  gather(): Promise<void> | undefined;
  /** Reports on the calls that this selection of an Indicator makes to the source. */
  report(indicator: Indicator, selection: Selection): SourceReport;
  /** The source's answer for a verdict; independent of the selection. */
  assess(indicator: Indicator): SourceAnswer;
  /**
   * One of its objects by global id, with the name of its type; undefined: not an id of this source. `selectionOn`: the selection on the object type of
   * that name.
   */
  node?(
    globalId: string,
    selectionOn: (typeName: string) => Selection,
  ): Promise<{ readonly __typename: string } | null> | undefined;
}
