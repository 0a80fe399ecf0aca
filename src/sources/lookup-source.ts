/**
 * Opens sources of the common kind, where one GET answers about one indicator. Loading, caching, credentials, tracing,
 * reports and failures are handled here; a source brings a `LookupKind`.
 */
import type { SourcePermissions } from '../auth/scopes.ts';
import type { Entry } from '../cache/entry.ts';
import type { FactOutcome, FactRequest } from '../cache/fact-kind.ts';
import { createReadThrough, type ReadThrough } from '../cache/read-through.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceReport } from '../domain/source-report.ts';
import { isGuess } from '../domain/verdict/absence.ts';
import type { SourceAnswer } from '../domain/verdict/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Upstream } from '../http-client/upstream.ts';
import { cacheKey } from './cache-key.ts';
import { type Credential, type Credentials, createCredentials } from './credential.ts';
import type { SourceDependencies } from './dependencies.ts';
import { createFactTable, type FactTable, readAll } from './fact-table.ts';
import { createSelectionCache, type Selection } from './lookahead.ts';
import { factKind, type LookupSubject } from './lookup-facts.ts';
import type { LookupKind, LookupRequest, LookupVariant } from './lookup-kind.ts';
import { requestsIn } from './lookup-requests.ts';
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
import { withheldIndicator } from './withheld.ts';

export interface LookupPart<Variant, Need, Fact> extends SourcePart {
  /**
   * The outcome may be a failure. Undefined: the source does not know this type of indicator. Throws `notGathered` for a
   * fact that is not here yet.
   */
  read(indicator: Indicator, request: LookupRequest<Variant, Need>): FactOutcome<Fact> | undefined;
  reportOf(
    indicator: Indicator,
    outcome: FactOutcome<Fact> | undefined,
    request?: LookupRequest<Variant, Need>,
  ): SourceReport;
  readonly permissions: SourcePermissions;
  /** The source has refused the credential elsewhere. */
  refused(error: UpstreamError): void;
  /** One fact by itself, with what else is wanted at the moment. */
  fetch(indicator: Indicator, request: LookupRequest<Variant, Need>): Promise<FactOutcome<Fact> | undefined>;
  /** A list has said these facts: they answer the fields of this operation, and are kept for others. Never rejects. */
  learn(facts: readonly LearntFact<Variant, Need, Fact>[]): Promise<void>;
}

export interface LearntFact<Variant, Need, Fact> extends Entry<Fact> {
  readonly indicator: Indicator;
  /** What the fact is enough for. */
  readonly request: LookupRequest<Variant, Need>;
  /** When its call began, monotonic. */
  readonly startedAt: number;
}

/** A source with what the calls of other kinds need, to share the upstream's protection with the lookups. */
export interface LookupSource<Part extends SourcePart> extends Source<Part> {
  readonly upstream: Upstream;
  readonly credentialFor: Credentials['credentialFor'];
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
): LookupSource<LookupPart<Variant, Need, Fact>> {
  const { cache, metrics, clock } = dependencies;
  const upstream = openUpstream(kind.source, kind.upstream, settings, dependencies);
  const facts = createReadThrough(factKind(kind, settings, dependencies, upstream), cache, metrics, clock);
  const { isConfigured, credentialFor } = createCredentials({ source: kind.source, settings, service });
  return {
    isConfigured,
    upstream,
    credentialFor,
    open(operation, permissions) {
      const credential = credentialFor(operation.keys, permissions);
      return openPart({ kind, facts, operation, credential, permissions, now: clock.monotonic });
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
  readonly permissions: SourcePermissions;
  readonly now: () => number;
}

interface LookupKey<Variant, Need> {
  readonly indicator: Indicator;
  readonly request: LookupRequest<Variant, Need>;
}

function openTable<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): FactTable<LookupKey<Variant, Need>, Fact> {
  const { facts, operation, credential, kind } = options;
  const { needs } = kind;
  return createFactTable({
    facts,
    operation,
    credential,
    textOf: ({ indicator, request: { variant } }) => `${variant} ${indicatorKey(indicator)}`,
    needOf: ({ request }) => request.need,
    withheld: ({ indicator }) => withheldIndicator(kind.source, indicator, operation),
    requestOf: requestOf(options),
    joinNeeds: needs.join,
  });
}

const requestOf =
  <Variant extends LookupVariant, Need, Fact extends object>({
    kind: { source, factVersion },
    operation,
  }: PartOptions<Variant, Need, Fact>) =>
  (
    { indicator, request: { variant, need } }: LookupKey<Variant, Need>,
    own: Credential,
  ): FactRequest<LookupSubject<Variant>, Need, Fact> => {
    const { partition } = own;
    return {
      key: cacheKey(factVersion, source.name, partition, indicator.type, indicator.value, String(variant)),
      partition,
      subject: { indicator, variant, credential: own },
      need,
      maxAgeMs: operation.maxAgeMs(indicator),
    };
  };

function openPart<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): LookupPart<Variant, Need, Fact> {
  const { kind, permissions, now, operation, facts, credential } = options;
  const { name } = kind.source;
  const table = openTable(options);

  const want = (indicator: Indicator, requests: readonly LookupRequest<Variant, Need>[]): void => {
    if (kind.knows(indicator)) for (const request of requests) table.want({ indicator, request });
  };

  const read = (indicator: Indicator, request: LookupRequest<Variant, Need>): FactOutcome<Fact> | undefined => {
    if (!kind.knows(indicator)) return undefined;
    const outcome = table.find({ indicator, request });
    if (outcome !== undefined) return outcome;
    table.want({ indicator, request });
    throw operation.wait();
  };

  const readEach = (indicator: Indicator, requests: readonly LookupRequest<Variant, Need>[]) =>
    readAll(requests.map(request => () => read(indicator, request)));

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

  const requestsOf = createSelectionCache((selection: Selection) => requestsIn(kind, selection, permissions));

  return {
    read,
    reportOf,
    permissions,
    want: (indicator, selection) => want(indicator, requestsOf(selection).wanted),
    wantVerdict: indicator => want(indicator, kind.verdict),
    refused(error) {
      if (!(credential instanceof UpstreamError)) facts.refused(credential.partition, error);
    },
    async fetch(indicator, request) {
      return kind.knows(indicator) ? table.get({ indicator, request }) : undefined;
    },
    async learn(learnt) {
      if (credential instanceof UpstreamError) return;
      const keyed = requestOf(options);
      for (const { indicator, request, fact, fetchedAt, heardAt } of learnt)
        table.learn({ indicator, request }, { fact, fetchedAt, heardAt, servedFrom: 'LIVE', staleBecause: null });
      await facts.offer(learnt.map(one => ({ ...one, request: keyed(one, credential) })));
    },
    recall: table.recall,
    missing: table.missing,
    gather: table.gather,
    assess: indicator => answerOf(indicator, readEach(indicator, kind.verdict)),
    report(indicator, selection) {
      const { refused, requests } = requestsOf(selection);
      const reports = readEach(indicator, requests).map((outcome, index) =>
        reportOf(indicator, outcome, requests[index]),
      );
      const [first, ...rest] = [...refused.slice(0, 1).map(failedReport), ...reports];
      if (first !== undefined) return withHostLimit(mergeReports([first, ...rest]), indicator, selection);
      return emptyReport(name, kind.knows(indicator) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
    },
  };
}
