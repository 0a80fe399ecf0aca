/** What is specific to a source of the common kind, for `lookup-source.ts`. */
import type { z } from 'zod';
import type { SourcePermissions } from '../auth/scopes.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { CoverageLimit } from '../domain/source-report.ts';
import type { Evidence, VerdictSource } from '../domain/verdict/model.ts';
import type { UpstreamError } from '../http-client/errors.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../http-client/upstream.ts';
import type { ChangedValues } from './changed-values.ts';
import type { Credential, CredentialPolicy } from './credential.ts';
import type { SourceDependencies } from './dependencies.ts';
import type { SelectedField } from './lookahead.ts';
import type { UpstreamProfile } from './settings.ts';

/**
 * What one field requests about one indicator. Each variant is a fact of its own with its own call; needs of the same
 * variant are joined into one call.
 */
export interface LookupRequest<Variant, Need> {
  readonly variant: Variant;
  readonly need: Need;
}

/** How much of a fact is needed. `wholeAnswer`: for upstreams that always return all of it. */
export interface Needs<Need, Fact> {
  /** The smallest need that contains both. */
  join(a: Need, b: Need): Need;
  contains(wider: Need, narrower: Need): boolean;
  covers(fact: Fact, need: Need): boolean;
  /** Widens the need so that the new fact still contains what the fresh one in the cache does. */
  widen(need: Need, fact: Fact): Need;
  /** What a call for it asks for, where needs that differ are answered by the same call. */
  asked?(need: Need): unknown;
  /** What to ask for next, where an answer had less than was asked for; undefined: nothing. */
  further?(fact: Fact, need: Need): Need | undefined;
  /** The fact of the first answer with that of the next. */
  extend?(fact: Fact, next: Fact): Fact;
}

export const wholeAnswer: Needs<null, never> = {
  join: () => null,
  contains: () => true,
  covers: () => true,
  widen: () => null,
};

/** It is a part of the fact's cache key, as text. */
export type LookupVariant = string | number | boolean | null | undefined;

/** Whether what a source does not know is really absent, as far as one credential can see. */
export interface AbsenceProof {
  /** It has just answered with content. */
  found(credential: Credential): void;
  /** Resolves when an absence can be believed; else rejects with UpstreamError. */
  believe(credential: Credential): Promise<void>;
}

export interface LookupKind<Variant extends LookupVariant, Need, Fact extends object> {
  readonly source: CredentialPolicy['source'] & VerdictSource;
  readonly upstream: UpstreamProfile;
  /** Raise it when the shape of the facts changes: then facts that an older release cached are ignored. */
  readonly factVersion: string;
  readonly fact: z.ZodType<Fact>;
  readonly needs: Needs<Need, Fact>;
  /** The most frequent request. */
  readonly plain: LookupRequest<Variant, Need>;
  /** The requests of a verdict, of which every one counts. */
  readonly verdict: readonly LookupRequest<Variant, Need>[];
  /** Field of Indicator, but for `verdict` → its request; other fields make none. */
  readonly fields: Readonly<Record<string, (field: SelectedField) => LookupRequest<Variant, Need> | undefined>>;
  /** Indicators of other types are NOT_APPLICABLE, and no call is made. */
  knows(indicator: Indicator): boolean;
  /** `operation`: a constant for logs, metrics and spans. */
  request(
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
  ): Pick<UpstreamRequest, 'path' | 'query' | 'operation'>;
  /**
   * Pure. "Not known" is a fact too. Throws UpstreamError for an invalid answer. `onUnreadable` counts the fields that could
   * not be read.
   */
  read(
    answer: UpstreamResponse,
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
    onUnreadable: (field: string) => void,
  ): Fact;
  /** Called with each fact that was read, and the credential's partition. */
  onFact?(fact: Fact, partition: string): void;
  isAbsence(fact: Fact): boolean;
  /** It came from a list, which has less of it than a lookup. */
  isPart?(fact: Fact): boolean;
  /** For facts that a list has said as well: the one says all that the other does, and the same. */
  includes?(fact: Fact, other: Fact): boolean;
  /** What writes have changed, for a source that has some. */
  readonly changed?: ChangedValues;
  /** Opened with the source, for one whose answer to an unknown value could also come from elsewhere. */
  openProof?(upstream: Upstream, dependencies: SourceDependencies): AbsenceProof;
  /** Some of it could not be read: it is not cached. */
  isIncomplete?(fact: Fact): boolean;
  /** The source takes no indicators of this type, as its answer says: NOT_APPLICABLE. */
  isNotApplicable?(fact: Fact): boolean;
  /** The fact behind a refused question; undefined: it is an error. */
  readRefusal?(error: UpstreamError, indicator: Indicator): Fact | undefined;
  limits(fact: Fact, permissions: SourcePermissions, request: LookupRequest<Variant, Need>): readonly CoverageLimit[];
  /** What the matches count for together in a verdict; there may be none. */
  assess(facts: readonly Fact[]): Evidence;
  /** The error for a field that this caller may not see at all. */
  refuse?(field: SelectedField, permissions: SourcePermissions): UpstreamError | undefined;
}
