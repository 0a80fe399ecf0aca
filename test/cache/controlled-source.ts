/** A source whose calls the test settles itself, and the requests to it. */
import { openCache } from '../../src/cache/cache.ts';
import type { FactKind, FactOutcome, FactRequest, InFlightCall, RequestContext } from '../../src/cache/fact-kind.ts';
import { createReadThrough } from '../../src/cache/read-through.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createTrace } from '../../src/observability/trace.ts';
import { createStillClock } from '../setup/test-clock.ts';

export type Need = readonly string[];

export interface Parts {
  readonly parts: readonly string[];
  /** None: the fact is an absence. */
  readonly note: string | null;
  readonly isPartial?: boolean;
}

export interface SentCall {
  readonly call: InFlightCall<string, Need>;
  succeed(note: string | null, more?: Partial<Parts>): Promise<void>;
  fail(kind: UpstreamErrorKind, httpStatus?: number): Promise<void>;
}

/** One turn of the event loop: promises that were settled before it have been handled. */
export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const includesAll = (wide: readonly string[], narrow: readonly string[]) => narrow.every(part => wide.includes(part));

export function openControlled(options: Partial<FactKind<string, Need, Parts>> = {}) {
  const metrics = createMetrics();
  const clock = createStillClock();
  const cache = openCache({ maxBytes: 1_000_000, metrics, clock });
  const sent: SentCall[] = [];
  const secrets = { current: 'p' };

  function fetchOne(call: InFlightCall<string, Need>): Promise<Parts> {
    const { promise, resolve, reject } = Promise.withResolvers<Parts>();
    call.signal.addEventListener('abort', () => reject(new UpstreamError('ARGUS', 'TIMED_OUT', 'Given up.')));
    sent.push({
      call,
      succeed(note, more) {
        resolve({ parts: [...call.request.need], note, ...more });
        return turn();
      },
      fail(kind, httpStatus) {
        reject(new UpstreamError('ARGUS', kind, 'Failed by the test.', httpStatus === undefined ? {} : { httpStatus }));
        return turn();
      },
    });
    return promise;
  }

  const facts = createReadThrough<string, Need, Parts>(
    {
      source: 'ARGUS',
      windows: { freshMs: 1000, staleMs: 10_000, negativeMs: 100 },
      sharesCalls: true,
      revalidates: false,
      parse: () => undefined,
      covers: (fact, need) => fact.note === null || includesAll(fact.parts, need),
      contains: includesAll,
      widen: (need, fact) => [...new Set([...need, ...fact.parts])].sort(),
      isAbsence: fact => fact.note === null,
      partitionOf: () => secrets.current,
      isComplete: fact => fact.isPartial !== true,
      fetch: calls => calls.map(fetchOne),
      ...options,
    },
    cache,
    metrics,
    clock,
  );

  const context = (more: Partial<RequestContext> = {}): RequestContext => ({
    signal: new AbortController().signal,
    deadlineAt: clock.monotonic() + 5000,
    startedAt: clock.monotonic(),
    caller: 'somebody',
    isSmall: true,
    trace: createTrace(),
    reduceMaxAge: () => {},
    ...more,
  });
  const request = (
    need: Need = [],
    more: Partial<FactRequest<string, Need, Parts>> = {},
  ): FactRequest<string, Need, Parts> => ({
    key: 'k',
    partition: 'p',
    subject: 'k',
    need,
    maxAgeMs: undefined,
    ...more,
  });
  /** One request: its calls are sent when this returns, its outcome comes later. */
  async function ask(one = request(), as = context()): Promise<{ readonly outcome: Promise<FactOutcome<Parts>> }> {
    const outcome = facts.getMany([one], as).then(([first]) => first as FactOutcome<Parts>);
    await turn();
    return { outcome };
  }
  return {
    facts,
    metrics,
    sent,
    secrets,
    context,
    request,
    ask,
    /** Milliseconds. */
    pass: clock.pass,
    step: clock.step,
  };
}
