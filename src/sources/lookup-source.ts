/**
 * Opens sources of the common kind, where one GET answers about one indicator. Loading, caching, credentials, tracing,
 * reports and failures are handled here; a source brings a `LookupKind`.
 */
import type { SourcePermissions } from '../auth/scopes.ts';
import type { FactOutcome } from '../cache/fact-kind.ts';
import { createReadThrough, type ReadThrough } from '../cache/read-through.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceReport } from '../domain/source-report.ts';
import { isGuess } from '../domain/verdict/absence.ts';
import type { SourceAnswer } from '../domain/verdict/model.ts';
import type { UpstreamError } from '../http-client/errors.ts';
import { cacheKey } from './cache-key.ts';
import { type Credential, createCredentials } from './credential.ts';
import { after, all, type MaybePromise } from './deferred.ts';
import type { SourceDependencies } from './dependencies.ts';
import { createFactLoader, type LoadFact } from './fact-loader.ts';
import type { Selection } from './lookahead.ts';
import { factKind, type LookupSubject } from './lookup-facts.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';
import {
  answeredReport,
  emptyReport,
  failedReport,
  joinReports,
  mergeReports,
  typeLimits,
  withHostLimit,
} from './report.ts';
import { openUpstream, type SourceSettings } from './settings.ts';
import type { Operation, Source, SourcePart } from './source.ts';

export interface LookupPart<Variant, Need, Fact> extends SourcePart {
  /**
   * Never rejects: the outcome may be a failure. Undefined: the source does not know this type of indicator. Synchronous
   * for a fact in memory.
   */
  load(indicator: Indicator, request: LookupRequest<Variant, Need>): MaybePromise<FactOutcome<Fact> | undefined>;
  reportOf(
    indicator: Indicator,
    outcome: FactOutcome<Fact> | undefined,
    request?: LookupRequest<Variant, Need>,
  ): SourceReport;
  readonly permissions: SourcePermissions;
}

/** For shorthand fields: throws a failure. Undefined: the source does not know this type of indicator. */
export function factOf<Fact>(outcome: FactOutcome<Fact> | undefined): Fact | undefined {
  if (outcome?.error !== undefined) throw outcome.error;
  return outcome?.fact;
}

/** `service`: the gateway's own credential; undefined when it has none. */
export function openLookupSource<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  settings: SourceSettings,
  service: Credential | undefined,
  dependencies: SourceDependencies,
): Source<LookupPart<Variant, Need, Fact>> {
  const { cache, metrics, clock } = dependencies;
  const upstream = openUpstream(kind.source, kind.upstream, settings, dependencies);
  const facts = createReadThrough(factKind(kind, settings, dependencies, upstream), cache, metrics, clock);
  const { isConfigured, credentialFor } = createCredentials({ source: kind.source, settings, service });
  const plainText = JSON.stringify(kind.plain);
  return {
    isConfigured,
    open(operation, permissions) {
      const credential = credentialFor(operation.keys, permissions);
      return openPart({ kind, plainText, facts, operation, credential, permissions, now: clock.monotonic });
    },
    health: upstream.health,
    close: upstream.close,
  };
}

interface PartOptions<Variant extends LookupVariant, Need, Fact extends object> {
  readonly kind: LookupKind<Variant, Need, Fact>;
  readonly facts: ReadThrough<LookupSubject<Variant>, Need, Fact>;
  readonly operation: Operation;
  readonly credential: Credential | UpstreamError;
  /** `kind.plain` as text: the most frequent request. */
  readonly plainText: string;
  readonly permissions: SourcePermissions;
  readonly now: () => number;
}

interface LookupKey<Variant, Need> {
  readonly indicator: Indicator;
  readonly request: LookupRequest<Variant, Need>;
  /** Equal for equal requests about one indicator. */
  readonly text: string;
}

function openLoader<Variant extends LookupVariant, Need, Fact extends object>({
  kind: { source, factVersion, needs },
  facts,
  operation,
  credential,
}: PartOptions<Variant, Need, Fact>): LoadFact<LookupKey<Variant, Need>, Fact> {
  return createFactLoader({
    facts,
    operation,
    credential,
    textOf: ({ text }) => text,
    requestOf({ indicator, request: { variant, need } }, credential) {
      const { partition } = credential;
      return {
        key: cacheKey(factVersion, source.name, partition, indicator.type, indicator.value, String(variant)),
        partition,
        subject: { indicator, variant, credential },
        need,
        maxAgeMs: operation.maxAgeMs(indicator),
      };
    },
    joinNeeds: needs.join,
  });
}

function openPart<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): LookupPart<Variant, Need, Fact> {
  const { kind, plainText, permissions, now } = options;
  const { name } = kind.source;
  const loadKey = openLoader(options);

  const load = (
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
  ): MaybePromise<FactOutcome<Fact> | undefined> => {
    if (!kind.knows(indicator)) return undefined;
    const requestText = request === kind.plain ? plainText : JSON.stringify(request);
    return loadKey({ indicator, request, text: `${requestText} ${indicatorKey(indicator)}` });
  };

  const reportOf = (
    indicator: Indicator,
    outcome: FactOutcome<Fact> | undefined,
    request: LookupRequest<Variant, Need> = kind.plain,
  ): SourceReport => {
    if (outcome === undefined) return emptyReport(name, 'NOT_APPLICABLE');
    if (outcome.error !== undefined) return failedReport(outcome.error);
    if (kind.isNotApplicable?.(outcome.fact) === true) return emptyReport(name, 'NOT_APPLICABLE');
    const status = kind.isAbsence(outcome.fact) ? 'NO_MATCH' : 'MATCHED';
    const limits = [...kind.limits(outcome.fact, permissions, request), ...typeLimits(status, isWitness(indicator))];
    return answeredReport(name, outcome, status, limits, now());
  };

  const isWitness = (indicator: Indicator): boolean =>
    kind.source.witnesses[indicator.type] === 'YES' && !isGuess(indicator);

  const answerOf = (indicator: Indicator, outcomes: readonly (FactOutcome<Fact> | undefined)[]): SourceAnswer => {
    const answers = outcomes.map((outcome, index) => ({
      report: reportOf(indicator, outcome, kind.verdict[index]),
      fact: outcome?.fact,
    }));
    const matches = answers.flatMap(({ report, fact }) => (report.status === 'MATCHED' && fact ? [fact] : []));
    const report = joinReports(answers.map(answer => answer.report));
    return { source: kind.source, report, isWitness: isWitness(indicator), ...kind.assess(matches) };
  };

  return {
    load,
    reportOf,
    permissions,
    assess: indicator =>
      after(all(kind.verdict.map(request => load(indicator, request))), outcomes => answerOf(indicator, outcomes)),
    async report(indicator, selection) {
      const { refused, requests } = requestsIn(kind, selection, permissions);
      const outcomes = await Promise.all(requests.map(request => load(indicator, request)));
      const reports = outcomes.map((outcome, index) => reportOf(indicator, outcome, requests[index]));
      const [first, ...rest] = [...refused.slice(0, 1).map(failedReport), ...reports];
      if (first !== undefined) return withHostLimit(mergeReports([first, ...rest]), indicator, selection);
      return emptyReport(name, kind.knows(indicator) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
    },
  };
}

function requestsIn<Variant extends LookupVariant, Need, Fact extends object>(
  { fields, verdict, refuse }: LookupKind<Variant, Need, Fact>,
  selection: Selection,
  permissions: SourcePermissions,
) {
  const refused: UpstreamError[] = [];
  const requests: LookupRequest<Variant, Need>[] = [];
  for (const field of selection) {
    const problem = refuse?.(field, permissions);
    const request =
      problem === undefined && Object.hasOwn(fields, field.name) ? fields[field.name]?.(field) : undefined;
    if (problem !== undefined) refused.push(problem);
    if (request !== undefined) requests.push(request);
    if (field.name === 'verdict') requests.push(...verdict);
  }
  return { refused, requests };
}
