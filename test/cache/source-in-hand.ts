/** A source whose answers the test gives by hand, and the questions to it. */
import { openCache } from '../../src/cache/cache.ts';
import type { FactKind, FactOutcome, FactRequest, InFlightCall, RequestContext } from '../../src/cache/fact-kind.ts';
import { createReadThrough } from '../../src/cache/read-through.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../src/http-client/errors.ts';
import { silentLog } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { createTrace } from '../../src/observability/trace.ts';

export type Need = readonly string[];

export interface Parts {
  readonly parts: readonly string[];
  /** None: the fact is an absence. */
  readonly note: string | null;
  readonly isPartial?: boolean;
}

export interface Departed {
  readonly flight: InFlightCall<string, Need>;
  land(note: string | null, more?: Partial<Parts>): Promise<void>;
  fail(kind: UpstreamErrorKind, httpStatus?: number): Promise<void>;
}

/** One turn of the event loop: whatever was settled has been heard by then. */
export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

const includesAll = (wide: readonly string[], narrow: readonly string[]) => narrow.every(part => wide.includes(part));

export function openInHand(options: Partial<FactKind<string, Need, Parts>> = {}) {
  let clock = 1_000_000;
  const metrics = createMetrics();
  const now = () => clock;
  const cache = openCache({ maxBytes: 1_000_000, log: silentLog, metrics, now });
  const departed: Departed[] = [];
  const secrets = { current: 'p' };

  function depart(flight: InFlightCall<string, Need>): Promise<Parts> {
    const { promise, resolve, reject } = Promise.withResolvers<Parts>();
    flight.signal.addEventListener('abort', () => reject(new UpstreamError('ARGUS', 'TIMED_OUT', 'Given up.')));
    departed.push({
      flight,
      land(note, more) {
        resolve({ parts: [...flight.request.need], note, ...more });
        return turn();
      },
      fail(kind, httpStatus) {
        reject(new UpstreamError('ARGUS', kind, 'In hand.', httpStatus === undefined ? {} : { httpStatus }));
        return turn();
      },
    });
    return promise;
  }

  const facts = createReadThrough<string, Need, Parts>(
    {
      source: 'ARGUS',
      windows: { freshMs: 1000, staleMs: 10_000, negativeMs: 100 },
      revalidates: false,
      parse: () => undefined,
      covers: (fact, need) => fact.note === null || includesAll(fact.parts, need),
      contains: includesAll,
      widen: (need, fact) => [...new Set([...need, ...fact.parts])].sort(),
      isAbsence: fact => fact.note === null,
      partitionOf: () => secrets.current,
      isComplete: fact => fact.isPartial !== true,
      fetch: flights => flights.map(depart),
      ...options,
    },
    cache,
    metrics,
    now,
  );

  const asker = (more: Partial<RequestContext> = {}): RequestContext => ({
    signal: new AbortController().signal,
    deadlineAt: clock + 5000,
    startedAt: clock,
    caller: 'somebody',
    isSmall: true,
    trace: createTrace(),
    reduceMaxAge: () => {},
    ...more,
  });
  const question = (need: Need = [], more: Partial<FactRequest<string, Need>> = {}): FactRequest<string, Need> => ({
    key: 'k',
    partition: 'p',
    subject: 'k',
    need,
    maxAgeMs: undefined,
    ...more,
  });
  /** One question; the flights that it began have departed when this returns, its outcome comes later. */
  async function ask(asked = question(), as = asker()): Promise<{ readonly outcome: Promise<FactOutcome<Parts>> }> {
    const outcome = facts.getMany([asked], as).then(([first]) => first as FactOutcome<Parts>);
    await turn();
    return { outcome };
  }
  return {
    facts,
    metrics,
    departed,
    secrets,
    asker,
    question,
    ask,
    /** Milliseconds. */
    pass: (milliseconds: number) => {
      clock += milliseconds;
    },
  };
}
