/** How the facts of a lookup source are fetched: by one call, and further ones where an answer had less than was asked for. */
import type { FactKind, InFlightCall } from '../cache/fact-kind.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Upstream, UpstreamResponse } from '../http-client/upstream.ts';
import type { Credential } from './credential.ts';
import type { SourceDependencies } from './dependencies.ts';
import type { LookupKind, LookupVariant } from './lookup-kind.ts';
import { createRevokedFacts } from './revoked-facts.ts';
import { type SourceSettings, windowsOf } from './settings.ts';
import { callTraced, type ReadRequest } from './traced-call.ts';

/** What a fact is about, and the credential that fetches it. */
export interface LookupSubject<Variant> {
  readonly indicator: Indicator;
  readonly variant: Variant;
  readonly credential: Credential;
}

export function factKind<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  settings: SourceSettings,
  dependencies: SourceDependencies,
  upstream: Upstream,
): FactKind<LookupSubject<Variant>, Need, Fact> {
  type LookupCall = InFlightCall<LookupSubject<Variant>, Need>;
  const { name } = kind.source;
  const { changed } = kind;
  const now = dependencies.clock.monotonic;
  const proof = kind.openProof?.(upstream, dependencies);
  const revoked = createRevokedFacts(dependencies);
  return {
    source: name,
    windows: windowsOf(settings, dependencies),
    claimMs: Math.min(settings.timeoutMs, dependencies.deadlineMs),
    sharesCalls: false,
    revalidates: dependencies.revalidates,
    parse: stored => kind.fact.safeParse(stored).data,
    covers: kind.needs.covers,
    contains: kind.needs.contains,
    widen: kind.needs.widen,
    ...(kind.needs.asked !== undefined && { asked: kind.needs.asked }),
    isAbsence: kind.isAbsence,
    ...(kind.includes !== undefined && { includes: kind.includes }),
    ...(kind.isPart !== undefined && { isPart: kind.isPart }),
    partitionOf: ({ credential }) => credential.partition,
    isRevoked: revoked.has,
    ...(changed !== undefined && {
      isOutdated: ({ indicator }, heardAt, tier) => changed.isOutdated(indicator, heardAt, tier),
    }),
    isComplete: fact => kind.isIncomplete?.(fact) !== true,
    fetch(calls) {
      if (areTextsDifferent(calls)) return calls.map(call => factFrom(send(call, call.request.need), call));
      // Two types of one text are asked for in the same words: one request, of whose answer each has a fact of its own.
      const facts = new Map<LookupCall, Promise<Fact>>();
      for (const same of Map.groupBy(calls, questionOf).values()) {
        const joint = joinCalls(same);
        const answer = send(joint, joint.request.need);
        for (const call of same) facts.set(call, factFrom(answer, call));
      }
      return calls.map(call => facts.get(call) as Promise<Fact>);
    },
  };

  function questionOf(call: LookupCall): string {
    const { path, query } = requestOf(call, call.request.need);
    return JSON.stringify([call.request.partition, path, query]);
  }

  async function factFrom(answer: Promise<UpstreamResponse>, call: LookupCall): Promise<Fact> {
    const { credential, indicator } = call.request.subject;
    const startedAt = now();
    const fact = await knownFact(answer, call);
    if (!kind.isAbsence(fact)) proof?.found(credential);
    else if (kind.isNotApplicable?.(fact) !== true) {
      const { connection } = await answer;
      const { key } = call.request;
      let isRevoked = false;
      connection?.onDistrusted(() => {
        isRevoked = true;
        revoked.add(key);
      });
      await proof?.believe(credential);
      if (isRevoked) return factFrom(send(call, call.request.need), call);
    }
    // A part of it may have been answered before a write, and have come after it.
    if (changed !== undefined && changed.changedAt(indicator) >= startedAt)
      return factFrom(send(call, call.request.need), call);
    return fact;
  }

  async function knownFact(answer: Promise<UpstreamResponse>, call: LookupCall): Promise<Fact> {
    const { need, subject, partition } = call.request;
    try {
      const fact = read(await answer, call, need);
      kind.onFact?.(fact, partition);
      return kind.needs.further?.(fact, need) === undefined ? fact : await fetchFurther(fact, call);
    } catch (problem) {
      const fact = problem instanceof UpstreamError ? kind.readRefusal?.(problem, subject.indicator) : undefined;
      if (fact === undefined) throw problem;
      return fact;
    }
  }

  /** A failure costs what is still missing, not what has come. */
  async function fetchFurther(first: Fact, call: LookupCall): Promise<Fact> {
    const { further, extend } = kind.needs;
    let fact = first;
    try {
      for (let calls = 0; calls < maxFurtherCalls; calls += 1) {
        const rest = further?.(fact, call.request.need);
        if (rest === undefined || extend === undefined) break;
        fact = extend(fact, read(await send(call, rest), call, rest));
      }
    } catch (problem) {
      if (!(problem instanceof UpstreamError)) throw problem;
    }
    return fact;
  }

  function requestOf({ request: { subject } }: LookupCall, need: Need): ReadRequest {
    const { indicator, variant } = subject;
    return { ...kind.request(indicator, { variant, need }), method: 'GET', values: 1 };
  }

  function send(call: LookupCall, need: Need): Promise<UpstreamResponse> {
    const { signal, deadlineAt, isAwaited, caller, isSmall, trace } = call;
    const prepare = (): ReadRequest => {
      call.markSent();
      return requestOf(call, need);
    };
    const options = { signal, deadlineAt, isAwaited, caller, isSmall, trace };
    // `prepare` always returns a request, so there is a response.
    return callTraced(upstream, name, call.request.subject.credential, prepare, options) as Promise<UpstreamResponse>;
  }

  function read(answer: UpstreamResponse, { request: { subject } }: LookupCall, need: Need): Fact {
    try {
      return kind.read(answer, subject.indicator, { variant: subject.variant, need }, field =>
        dependencies.metrics.upstreamFieldUnreadable(name, field),
      );
    } catch (problem) {
      if (problem instanceof UpstreamError && problem.isAboutAnother) answer.connection?.distrust();
      throw problem;
    }
  }
}

/** More would be a walk through all there is, behind one field. */
const maxFurtherCalls = 8;

const areTextsDifferent = (calls: readonly InFlightCall<LookupSubject<unknown>, unknown>[]): boolean =>
  new Set(calls.map(({ request }) => request.subject.indicator.value)).size === calls.length;

/** One call on behalf of all of them: wanted as long as any of them is. */
function joinCalls<Subject, Need>(calls: readonly InFlightCall<Subject, Need>[]): InFlightCall<Subject, Need> {
  const [first, ...others] = calls as [InFlightCall<Subject, Need>, ...InFlightCall<Subject, Need>[]];
  if (others.length === 0) return first;
  return {
    ...first,
    signal: whenAllAborted(calls.map(({ signal }) => signal)),
    deadlineAt: () => Math.max(...calls.map(call => call.deadlineAt())),
    isAwaited: () => calls.some(call => call.isAwaited()),
    markSent() {
      for (const call of calls) call.markSent();
    },
  };
}

function whenAllAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const check = (): void => {
    if (signals.every(({ aborted }) => aborted)) controller.abort();
  };
  for (const signal of signals) signal.addEventListener('abort', check, { once: true });
  return controller.signal;
}
