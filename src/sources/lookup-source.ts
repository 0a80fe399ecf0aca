/**
 * Opens sources of the common kind, where one GET answers about one indicator. Loading, caching, credentials, tracing,
 * reports and failures are handled here; a source brings a `LookupKind`.
 */
import type { SourcePermissions } from '../auth/scopes.ts';
import type { FactKind, FactOutcome, InFlightCall } from '../cache/fact-kind.ts';
import { createReadThrough, type ReadThrough } from '../cache/read-through.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceReport } from '../domain/source-report.ts';
import { isGuess } from '../domain/verdict/absence.ts';
import type { SourceAnswer } from '../domain/verdict/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Upstream, UpstreamResponse } from '../http-client/upstream.ts';
import { cacheKey } from './cache-key.ts';
import { type Credential, createCredentials } from './credential.ts';
import { after, type MaybePromise } from './deferred.ts';
import type { SourceDependencies } from './dependencies.ts';
import { createFactLoader, type LoadFact } from './fact-loader.ts';
import type { Selection } from './lookahead.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';
import { answeredReport, emptyReport, failedReport, mergeReports, typeLimits, withHostLimit } from './report.ts';
import { openUpstream, type SourceSettings, windowsOf } from './settings.ts';
import type { Operation, Source, SourcePart } from './source.ts';
import { callTraced, type ReadRequest } from './traced-call.ts';

/** What a fact is about, and the credential that fetches it. */
interface LookupSubject<Variant> {
  readonly indicator: Indicator;
  readonly variant: Variant;
  readonly credential: Credential;
}

export interface LookupPart<Variant, Need, Fact> extends SourcePart {
  /**
   * Never rejects: the outcome may be a failure. Undefined: the source does not know this type of indicator. Synchronous
   * for a fact in memory.
   */
  load(indicator: Indicator, request: LookupRequest<Variant, Need>): MaybePromise<FactOutcome<Fact> | undefined>;
  reportOf(indicator: Indicator, outcome: FactOutcome<Fact> | undefined): SourceReport;
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

function factKind<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  settings: SourceSettings,
  dependencies: SourceDependencies,
  upstream: Upstream,
): FactKind<LookupSubject<Variant>, Need, Fact> {
  return {
    source: kind.source.name,
    windows: windowsOf(settings, dependencies),
    sharesCalls: false,
    revalidates: dependencies.revalidates,
    parse: stored => kind.fact.safeParse(stored).data,
    covers: kind.needs.covers,
    contains: kind.needs.contains,
    widen: kind.needs.widen,
    isAbsence: kind.isAbsence,
    partitionOf: ({ credential }) => credential.partition,
    isComplete: () => true,
    fetch: calls => calls.map(call => fetchFact(kind, upstream, call)),
  };
}

async function fetchFact<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  upstream: Upstream,
  {
    request,
    signal,
    deadlineAt,
    isAwaited,
    caller,
    isSmall,
    trace,
    markSent,
  }: InFlightCall<LookupSubject<Variant>, Need>,
): Promise<Fact> {
  const { subject, need } = request;
  const { indicator, variant, credential } = subject;
  const prepare = (): ReadRequest => {
    markSent();
    return { ...kind.request(indicator, { variant, need }), method: 'GET', values: 1 };
  };
  const options = { signal, deadlineAt, isAwaited, caller, isSmall, trace };
  try {
    const answer = await callTraced(upstream, kind.source.name, credential, prepare, options);
    return kind.read(answer as UpstreamResponse, indicator, { variant, need }); // `prepare` always returns a request
  } catch (problem) {
    const fact = problem instanceof UpstreamError ? kind.readRefusal?.(problem, indicator) : undefined;
    if (fact === undefined) throw problem;
    return fact;
  }
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

  const reportOf = (indicator: Indicator, outcome: FactOutcome<Fact> | undefined): SourceReport => {
    if (outcome === undefined) return emptyReport(name, 'NOT_APPLICABLE');
    if (outcome.error !== undefined) return failedReport(outcome.error);
    if (kind.isNotApplicable?.(outcome.fact) === true) return emptyReport(name, 'NOT_APPLICABLE');
    const status = kind.isAbsence(outcome.fact) ? 'NO_MATCH' : 'MATCHED';
    const limits = [...kind.limits(outcome.fact, permissions), ...typeLimits(status, isWitness(indicator))];
    return answeredReport(name, outcome, status, limits, now());
  };

  const isWitness = (indicator: Indicator): boolean =>
    kind.source.witnesses[indicator.type] === 'YES' && !isGuess(indicator);

  const answerOf = (indicator: Indicator, outcome: FactOutcome<Fact> | undefined): SourceAnswer => {
    const report = reportOf(indicator, outcome);
    const fact = report.status === 'MATCHED' ? outcome?.fact : undefined;
    return { source: kind.source, report, isWitness: isWitness(indicator), ...kind.assess(fact) };
  };

  return {
    load,
    reportOf,
    permissions,
    assess: indicator => after(load(indicator, kind.plain), outcome => answerOf(indicator, outcome)),
    async report(indicator, selection) {
      const { refused, requests } = requestsIn(kind, selection, permissions);
      const outcomes = await Promise.all(requests.map(request => load(indicator, request)));
      const reports = outcomes.map(outcome => reportOf(indicator, outcome));
      const [first, ...rest] = [...refused.slice(0, 1).map(failedReport), ...reports];
      if (first !== undefined) return withHostLimit(mergeReports([first, ...rest]), indicator, selection);
      return emptyReport(name, kind.knows(indicator) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
    },
  };
}

function requestsIn<Variant extends LookupVariant, Need, Fact extends object>(
  { fields, refuse }: LookupKind<Variant, Need, Fact>,
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
  }
  return { refused, requests };
}
