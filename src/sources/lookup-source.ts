/**
 * The kit for sources of the common kind: one GET answers about one indicator. Loading and folding of what the fields of
 * an operation need, cache, credential, trace, report, evidence and failure are here; a source brings what is its own.
 */
import DataLoader from 'dataloader';
import type { z } from 'zod';
import type { SourcePermissions } from '../auth/scopes.ts';
import {
  createReadThrough,
  type FactKind,
  type Flight,
  type Outcome,
  type Question,
  type ReadThrough,
} from '../cache/read-through.ts';
import { type Indicator, indicatorKey } from '../domain/indicator/indicator.ts';
import type { CoverageLimit, SourceReport } from '../domain/source-report.ts';
import type { SourceAnswer } from '../domain/verdict/verdict.ts';
import type { Upstream, UpstreamAnswer, UpstreamCall } from '../http-client/client.ts';
import { UpstreamError } from '../http-client/errors.ts';
import { cacheKey } from './cache-key.ts';
import {
  askWithFreshSecret,
  type Credential,
  type CredentialPolicy,
  credentialFor,
  isConfigured,
} from './credential.ts';
import type { AskedField, Selection } from './lookahead.ts';
import { failedReport, heardReport, mergeReports, silentReport } from './report.ts';
import { openUpstream, type SourceSettings, type UpstreamProfile, windowsOf } from './settings.ts';
import {
  type MaybePromise,
  type Operation,
  once,
  type Source,
  type SourceDependencies,
  type SourcePart,
} from './source.ts';

/**
 * What one field wants about one indicator. Two variants are two facts with a call each; needs of one variant are joined
 * into one call.
 */
export interface LookupRequest<Variant, Need> {
  readonly variant: Variant;
  readonly need: Need;
}

/** How much of a fact is wanted. Where an answer is always whole, `wholeAnswer`. */
export interface Needs<Need, Fact> {
  /** The smallest need that holds both. */
  join(a: Need, b: Need): Need;
  /** An answer to `wider` will answer `narrower` too. */
  contains(wider: Need, narrower: Need): boolean;
  /** The fact answers the need. */
  covers(fact: Fact, need: Need): boolean;
  /** What to ask so that what a fresh fact holds beside it is not lost to the new one. */
  widen(need: Need, fact: Fact): Need;
}

export const wholeAnswer: Needs<null, unknown> = {
  join: () => null,
  contains: () => true,
  covers: () => true,
  widen: () => null,
};

/** It stands in the fact's cache key as text. */
export type LookupVariant = string | number | boolean | null | undefined;

export interface LookupKind<Variant extends LookupVariant, Need, Fact extends object> {
  readonly source: CredentialPolicy['source'];
  readonly upstream: UpstreamProfile;
  /** Raised when its facts change their shape: what an older release stored of this source is then not looked at. */
  readonly factVersion: string;
  readonly fact: z.ZodType<Fact>;
  readonly needs: Needs<Need, Fact>;
  /** What a verdict asks. */
  readonly plain: LookupRequest<Variant, Need>;
  /** What each field of an Indicator asks of this source; a field that is not here asks nothing. */
  readonly fields: Readonly<Record<string, (field: AskedField) => LookupRequest<Variant, Need> | undefined>>;
  /** Types that it does not know are NOT_APPLICABLE, and not asked about. */
  knows(indicator: Indicator): boolean;
  /** `operation`: a constant word for logs, metrics and spans. */
  request(
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
  ): Pick<UpstreamCall, 'path' | 'query' | 'operation'>;
  /** Pure; an absence is a fact too. Throws UpstreamError for an answer that cannot be believed. */
  read(answer: UpstreamAnswer, indicator: Indicator, request: LookupRequest<Variant, Need>): Fact;
  isAbsence(fact: Fact): boolean;
  /** What an answer cannot tell this caller. */
  limits(fact: Fact, permissions: SourcePermissions): readonly CoverageLimit[];
  /** `fact` undefined: there is none. Evidence only where the fact is a match. */
  assess(report: SourceReport, fact: Fact | undefined): SourceAnswer;
  /** Why a caller is refused a field as a whole; asked of each selected field for the report. */
  refuse?(field: AskedField, permissions: SourcePermissions): UpstreamError | undefined;
}

export interface LookupPart<Variant, Need, Fact> extends SourcePart {
  /**
   * Never rejects: a failure is part of the outcome; undefined: the source does not know indicators of this type.
   * Answers at once what memory holds.
   */
  load(indicator: Indicator, request: LookupRequest<Variant, Need>): MaybePromise<Outcome<Fact> | undefined>;
  reportOf(outcome: Outcome<Fact> | undefined): SourceReport;
  readonly permissions: SourcePermissions;
}

/** For a shorthand field: throws the failure; undefined: the source does not know the type. */
export function factOf<Fact>(outcome: Outcome<Fact> | undefined): Fact | undefined {
  if (outcome?.error !== undefined) throw outcome.error;
  return outcome?.fact;
}

interface Subject<Variant> {
  readonly indicator: Indicator;
  readonly variant: Variant;
  readonly credential: Credential;
}

type Facts<Variant, Need, Fact> = ReadThrough<Subject<Variant>, Need, Fact>;

/** `service`: the gateway's own key, if it has one. */
export function openLookupSource<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  settings: SourceSettings,
  service: Credential | undefined,
  dependencies: SourceDependencies,
): Source<LookupPart<Variant, Need, Fact>> {
  const { cache, metrics, now } = dependencies;
  const upstream = openUpstream(kind.source, kind.upstream, settings, dependencies);
  const facts = createReadThrough(factKind(kind, settings, dependencies, upstream), cache, metrics, now);
  const policy = { source: kind.source, settings, service };
  const plainText = JSON.stringify(kind.plain);
  return {
    isConfigured: isConfigured(policy),
    open(operation, permissions) {
      const credential = credentialFor(policy, operation.keys, permissions);
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
): FactKind<Subject<Variant>, Need, Fact> {
  return {
    source: kind.source.name,
    windows: windowsOf(settings, dependencies),
    revalidates: dependencies.revalidates,
    revive: stored => kind.fact.safeParse(stored).data,
    covers: kind.needs.covers,
    contains: kind.needs.contains,
    widen: kind.needs.widen,
    isAbsence: kind.isAbsence,
    partitionOf: ({ credential }) => credential.partition,
    isComplete: () => true,
    fetch: flights => flights.map(flight => fetchFact(kind, upstream, flight)),
  };
}

type LookupFlight<Variant, Need> = Flight<Subject<Variant>, Need>;

async function fetchFact<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  upstream: Upstream,
  flight: LookupFlight<Variant, Need>,
): Promise<Fact> {
  const { subject, need } = flight.question;
  const { indicator, variant, credential } = subject;
  const answer = await askWithFreshSecret(credential, () => send(kind, upstream, flight));
  return kind.read(answer, indicator, { variant, need });
}

async function send<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  upstream: Upstream,
  flight: LookupFlight<Variant, Need>,
): Promise<UpstreamAnswer> {
  const { subject, need } = flight.question;
  const { indicator, variant, credential } = subject;
  const { name } = kind.source;
  let began = 0;
  let span: UpstreamCall['span'];
  const prepare = (): UpstreamCall => {
    const request = kind.request(indicator, { variant, need });
    began = performance.now();
    flight.markSent();
    flight.trace.call(name, 1);
    span = flight.trace.begin(`${name} ${request.operation}`, { 'gateway.values': 1 });
    const headers = { accept: 'application/json', ...credential.headers() };
    return { ...request, span, method: 'GET', headers, isRepeatable: true };
  };
  try {
    const answer = await upstream.call(prepare, {
      signal: flight.signal,
      deadlineAt: flight.deadlineAt,
      caller: flight.caller,
      isSmall: flight.isSmall,
      partition: credential.partition,
      onRetry: () => flight.trace.call(name, 1),
    });
    return answer as UpstreamAnswer; // `prepare` always has something to ask
  } finally {
    if (began > 0) flight.trace.took(name, performance.now() - began);
    span?.end();
  }
}

interface PartOptions<Variant extends LookupVariant, Need, Fact extends object> {
  readonly kind: LookupKind<Variant, Need, Fact>;
  /** The kind's plain request, which most fields make, as text. */
  readonly plainText: string;
  readonly facts: Facts<Variant, Need, Fact>;
  readonly operation: Operation;
  readonly credential: Credential | UpstreamError;
  readonly permissions: SourcePermissions;
  readonly now: () => number;
}

interface Key<Variant, Need> {
  readonly indicator: Indicator;
  readonly request: LookupRequest<Variant, Need>;
  /** Equal for equal requests about one indicator. */
  readonly text: string;
}

function openPart<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): LookupPart<Variant, Need, Fact> {
  const { kind, plainText, facts, operation, credential, permissions, now } = options;
  const { name } = kind.source;
  const loader = once(() => createLoader(options));
  const inMemory = new Map<string, Outcome<Fact>>();

  const load = (
    indicator: Indicator,
    request: LookupRequest<Variant, Need>,
  ): MaybePromise<Outcome<Fact> | undefined> => {
    if (!kind.knows(indicator)) return undefined;
    const requestText = request === kind.plain ? plainText : JSON.stringify(request);
    const key = { indicator, request, text: `${requestText} ${indicatorKey(indicator)}` };
    if (!operation.isAgeless || credential instanceof UpstreamError) return loader().load(key);
    const known = inMemory.get(key.text) ?? facts.peek(questionOf(kind, key, credential, operation), operation);
    if (known === undefined) return loader().load(key);
    inMemory.set(key.text, known);
    return known;
  };

  const reportOf = (outcome: Outcome<Fact> | undefined): SourceReport => {
    if (outcome === undefined) return silentReport(name, 'NOT_APPLICABLE');
    if (outcome.error !== undefined) return failedReport(outcome.error);
    const status = kind.isAbsence(outcome.fact) ? 'NO_MATCH' : 'MATCHED';
    return heardReport(name, outcome, status, kind.limits(outcome.fact, permissions), now());
  };

  const answerOf = (outcome: Outcome<Fact> | undefined) => kind.assess(reportOf(outcome), outcome?.fact);

  return {
    load,
    reportOf,
    permissions,
    assess(indicator) {
      const outcome = load(indicator, kind.plain);
      return outcome instanceof Promise ? outcome.then(answerOf) : answerOf(outcome);
    },
    async report(indicator, selection) {
      const { refused, requests } = requestsIn(kind, selection, permissions);
      const heard = await Promise.all(requests.map(request => load(indicator, request)));
      const [first, ...rest] = [...refused.slice(0, 1).map(failedReport), ...heard.map(reportOf)];
      if (first !== undefined) return mergeReports([first, ...rest]);
      return silentReport(name, kind.knows(indicator) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
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

function createLoader<Variant extends LookupVariant, Need, Fact extends object>(
  options: PartOptions<Variant, Need, Fact>,
): DataLoader<Key<Variant, Need>, Outcome<Fact>, string> {
  const { credential, operation } = options;
  return new DataLoader<Key<Variant, Need>, Outcome<Fact>, string>(
    keys => {
      if (!(credential instanceof UpstreamError)) return loadMany(keys, credential, options);
      operation.lasts(0);
      return Promise.resolve(keys.map(() => ({ error: credential })));
    },
    { cacheKeyFn: ({ text }) => text, maxBatchSize: 1000 },
  );
}

function questionOf<Variant extends LookupVariant, Need, Fact extends object>(
  { source, factVersion }: LookupKind<Variant, Need, Fact>,
  { indicator, request: { variant, need } }: Key<Variant, Need>,
  credential: Credential,
  operation: Operation,
): Question<Subject<Variant>, Need> {
  const { partition } = credential;
  return {
    key: cacheKey(factVersion, source.name, partition, indicator.type, indicator.value, String(variant)),
    partition,
    subject: { indicator, variant, credential },
    need,
    maxAgeMs: operation.maxAgeMs(indicator),
  };
}

/** Folds the keys of one indicator and variant into one question, whose need holds all of theirs. */
async function loadMany<Variant extends LookupVariant, Need, Fact extends object>(
  keys: readonly Key<Variant, Need>[],
  credential: Credential,
  { kind, facts, operation }: PartOptions<Variant, Need, Fact>,
): Promise<Outcome<Fact>[]> {
  const folded = new Map<string, Question<Subject<Variant>, Need>>();
  const places = keys.map(key => {
    const question = questionOf(kind, key, credential, operation);
    const known = folded.get(question.key);
    const need = known === undefined ? question.need : kind.needs.join(known.need, question.need);
    folded.set(question.key, { ...question, need });
    return question.key;
  });
  const outcomes = await facts.getMany([...folded.values()], operation);
  const byKey = new Map([...folded.keys()].map((key, index) => [key, outcomes[index] as Outcome<Fact>]));
  return places.map(place => byKey.get(place) as Outcome<Fact>);
}
