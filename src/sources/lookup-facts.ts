/** How the facts of a lookup source are fetched: by one call, and further ones where an answer had less than was asked for. */
import type { FactKind, InFlightCall } from '../cache/fact-kind.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Upstream, UpstreamResponse } from '../http-client/upstream.ts';
import type { Credential } from './credential.ts';
import type { SourceDependencies } from './dependencies.ts';
import type { LookupKind, LookupVariant, Needs } from './lookup-kind.ts';
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
  const { name } = kind.source;
  const proof = kind.openProof?.(upstream, dependencies);
  return {
    source: name,
    windows: windowsOf(settings, dependencies),
    sharesCalls: false,
    revalidates: dependencies.revalidates,
    parse: stored => kind.fact.safeParse(stored).data,
    covers: kind.needs.covers,
    contains: kind.needs.contains,
    widen: kind.needs.widen,
    isAbsence: kind.isAbsence,
    partitionOf: ({ credential }) => credential.partition,
    isComplete: fact => kind.isIncomplete?.(fact) !== true,
    fetch: calls =>
      calls.map(async call => {
        const fact = await fetchFact(kind, call, need => ask(need, call));
        const { credential } = call.request.subject;
        if (!kind.isAbsence(fact)) proof?.found(credential);
        else if (kind.isNotApplicable?.(fact) !== true) await proof?.believe(credential);
        return fact;
      }),
  };

  async function ask(need: Need, call: InFlightCall<LookupSubject<Variant>, Need>): Promise<Fact> {
    const { signal, deadlineAt, isAwaited, caller, isSmall, trace } = call;
    const { indicator, variant, credential } = call.request.subject;
    const prepare = (): ReadRequest => {
      call.markSent();
      return { ...kind.request(indicator, { variant, need }), method: 'GET', values: 1 };
    };
    const options = { signal, deadlineAt, isAwaited, caller, isSmall, trace };
    const answer = await callTraced(upstream, name, credential, prepare, options);
    // `prepare` always returns a request, so there is a response.
    return kind.read(answer as UpstreamResponse, indicator, { variant, need }, field =>
      dependencies.metrics.upstreamFieldUnreadable(name, field),
    );
  }
}

async function fetchFact<Variant extends LookupVariant, Need, Fact extends object>(
  kind: LookupKind<Variant, Need, Fact>,
  { request: { subject, need } }: InFlightCall<LookupSubject<Variant>, Need>,
  ask: (need: Need) => Promise<Fact>,
): Promise<Fact> {
  try {
    const fact = await ask(need);
    kind.onFact?.(fact, subject.credential.partition);
    return await fetchFurther(kind.needs, fact, need, ask);
  } catch (problem) {
    const fact = problem instanceof UpstreamError ? kind.readRefusal?.(problem, subject.indicator) : undefined;
    if (fact === undefined) throw problem;
    return fact;
  }
}

/** More would be a walk through all there is, behind one field. */
const maxFurtherCalls = 8;

/** A failure costs what is still missing, not what has come. */
async function fetchFurther<Need, Fact>(
  { further, extend }: Needs<Need, Fact>,
  first: Fact,
  need: Need,
  ask: (need: Need) => Promise<Fact>,
): Promise<Fact> {
  let fact = first;
  try {
    for (let calls = 0; calls < maxFurtherCalls; calls += 1) {
      const rest = further?.(fact, need);
      if (rest === undefined || extend === undefined) break;
      fact = extend(fact, await ask(rest));
    }
  } catch (problem) {
    if (!(problem instanceof UpstreamError)) throw problem;
  }
  return fact;
}
