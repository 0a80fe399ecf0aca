/**
 * Opens sources of the common kind, where one GET answers about one indicator. Loading, caching, credentials, tracing,
 * reports and failures are handled here; a source brings a `LookupKind`.
 */
import type { SourcePermissions } from '../auth/scopes.ts';
import type { FactKind, FactOutcome, InFlightCall } from '../cache/fact-kind.ts';
import { createReadThrough } from '../cache/read-through.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceReport } from '../domain/source-report.ts';
import { isGuess } from '../domain/verdict/absence.ts';
import type { SourceAnswer } from '../domain/verdict/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../http-client/upstream.ts';
import { type Credential, callWithFreshSecret, createCredentials } from './credential.ts';
import { after, type MaybePromise, once } from './deferred.ts';
import type { SourceDependencies } from './dependencies.ts';
import type { Selection } from './lookahead.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';
import { createLoader, factRequestOf, type LoaderOptions, type LookupSubject } from './lookup-loader.ts';
import { answeredReport, emptyReport, failedReport, mergeReports, typeLimits, withHostLimit } from './report.ts';
import { openUpstream, type SourceSettings, windowsOf } from './settings.ts';
import type { Source, SourcePart } from './source.ts';

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
  const { cache, metrics, now } = dependencies;
  const upstream = openUpstream(kind.source, kind.upstream, settings, dependencies);
  const facts = createReadThrough(factKind(kind, settings, dependencies, upstream), cache, metrics, now);
  const { isConfigured, credentialFor } = createCredentials({ source: kind.source, settings, service });
  const plainText = JSON.stringify(kind.plain);
  return {
    isConfigured,
    open(operation, permissions) {
      const credential = credentialFor(operation.keys, permissions);
      return openPart({ kind, plainText, facts, operation, credential, permissions, now });
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

type LookupCall<Variant, Need> = InFlightCall<LookupSubject<Variant>, Need>;

async function fetchFact<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  upstream: Upstream,
  call: LookupCall<Variant, Need>,
): Promise<Fact> {
  const { subject, need } = call.request;
  const { indicator, variant, credential } = subject;
  try {
    const answer = await callWithFreshSecret(credential, () => send(kind, upstream, call));
    return kind.read(answer, indicator, { variant, need });
  } catch (problem) {
    const fact = problem instanceof UpstreamError ? kind.readRefusal?.(problem, indicator) : undefined;
    if (fact === undefined) throw problem;
    return fact;
  }
}

async function send<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  upstream: Upstream,
  call: LookupCall<Variant, Need>,
): Promise<UpstreamResponse> {
  const { subject, need } = call.request;
  const { indicator, variant, credential } = subject;
  const { name } = kind.source;
  let beganAt = 0;
  let span: UpstreamRequest['span'];
  const prepare = (): UpstreamRequest => {
    const request = kind.request(indicator, { variant, need });
    beganAt = performance.now();
    call.markSent();
    call.trace.call(name, 1);
    span = call.trace.begin(`${name} ${request.operation}`, { 'gateway.values': 1 });
    const headers = { accept: 'application/json', ...credential.headers() };
    return { ...request, span, method: 'GET', headers, isRepeatable: true };
  };
  try {
    const answer = await upstream.call(prepare, {
      signal: call.signal,
      deadlineAt: call.deadlineAt,
      caller: call.caller,
      isSmall: call.isSmall,
      partition: credential.partition,
      onRetry: () => call.trace.call(name, 1),
    });
    return answer as UpstreamResponse; // never undefined, since `prepare` always returns a call
  } finally {
    if (beganAt > 0) call.trace.took(name, performance.now() - beganAt);
    span?.end();
  }
}

interface PartOptions<Variant extends LookupVariant, Need, Fact extends object>
  extends LoaderOptions<Variant, Need, Fact> {
  /** `kind.plain` as text: the most frequent request. */
  readonly plainText: string;
  readonly permissions: SourcePermissions;
  readonly now: () => number;
}

function openPart<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): LookupPart<Variant, Need, Fact> {
  const { kind, plainText, facts, operation, credential, permissions, now } = options;
  const { name } = kind.source;
  const loader = once(() => createLoader(options));
  const served = new Map<string, FactOutcome<Fact>>();

  const load = (
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
  ): MaybePromise<FactOutcome<Fact> | undefined> => {
    if (!kind.knows(indicator)) return undefined;
    const requestText = request === kind.plain ? plainText : JSON.stringify(request);
    const key = { indicator, request, text: `${requestText} ${indicatorKey(indicator)}` };
    if (!operation.allowsAnyAge || credential instanceof UpstreamError) return loader().load(key);
    const known = served.get(key.text) ?? facts.peek(factRequestOf(kind, key, credential, operation), operation);
    if (known === undefined) return loader().load(key);
    served.set(key.text, known);
    return known;
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
    assess(indicator) {
      const outcome = load(indicator, kind.plain);
      return after(outcome, known => answerOf(indicator, known));
    },
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
