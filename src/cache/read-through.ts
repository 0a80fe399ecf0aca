/**
 * Ask the cache once for all, then look again among the flights, then ask upstream only for the rest. Fresh, stale and
 * negative windows are those of RFC 5861; the words are explained in ARCHITECTURE.md.
 */
import type { ServedFrom, SourceName } from '../domain/source-report.ts';
import { type FailedStatus, UpstreamError } from '../http-client/errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Trace } from '../observability/trace.ts';
import type { Cache, Entry, Found, Revive } from './cache.ts';
import { createRefusals } from './denied-credentials.ts';
import { createFreshness } from './freshness.ts';
import { createFlights, type OpenFlight, tooLate } from './single-flight.ts';

/** What somebody wants to know. Equal keys mean one fact; `need` says how much of it. */
export interface Question<Subject, Need> {
  readonly key: string;
  /** The credential's part of the cache. */
  readonly partition: string;
  readonly subject: Subject;
  readonly need: Need;
  /** Accept nothing older; 0 joins only flights begun after the operation. On failure nothing stale stands in. */
  readonly maxAgeMs: number | undefined;
}

/** Who waits for the answer. */
export interface Asker {
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
  readonly startedAt: number;
  readonly caller: string;
  readonly isSmall: boolean;
  readonly trace: Trace;
  /** Told of each outcome that is handed out: it holds for so long from now on, 0 or less when it may not be kept. */
  lasts(milliseconds: number): void;
  /** Where whatever came from memory is to leave word whether it would come again; missing where nobody asks. */
  readonly grounds?: Grounds | undefined;
}

/** By what was handed out: whether it would be handed out again, as long as the asker's `lasts` holds. */
export type Grounds = Map<unknown, () => boolean>;

/** One fact on its way. Given to the source, which sends it when and with whom it likes. */
export interface Flight<Subject, Need> {
  readonly question: Question<Subject, Need>;
  readonly signal: AbortSignal;
  /** That of its latest waiter. */
  deadlineAt(): number;
  readonly caller: string;
  readonly isSmall: boolean;
  readonly trace: Trace;
  /** From here on the upstream has been asked: a deadline that passes is the upstream's, not ours. */
  markSent(): void;
}

export interface Windows {
  readonly freshMs: number;
  /** After `freshMs`, for matches alone. */
  readonly staleMs: number;
  readonly negativeMs: number;
}

/** What makes one kind of fact what it is. */
export interface FactKind<Subject, Need, Fact> {
  readonly source: SourceName;
  readonly windows: Windows;
  readonly revalidates: boolean;
  readonly revive: Revive<Fact>;
  /** The fact answers the need: it is the same or a superset. */
  covers(fact: Fact, need: Need): boolean;
  /** A flight for `wider` will answer `narrower` too. */
  contains(wider: Need, narrower: Need): boolean;
  /** What to fetch so that a fresh fact's other parts are not lost to the new one. */
  widen(need: Need, fact: Fact): Need;
  isAbsence(fact: Fact): boolean;
  /** The partition of the credential that the subject is asked with now: a secret may be exchanged at any time. */
  partitionOf(subject: Subject): string;
  /** Errors and partial answers never get here; a truncated one does, and is not kept. */
  isComplete(fact: Fact): boolean;
  /** One promise for each flight, in their order; each resolves to a fact or rejects with UpstreamError. */
  fetch(flights: readonly Flight<Subject, Need>[]): readonly Promise<Fact>[];
}

/** A fact with its provenance, or why there is none. */
export type Outcome<Fact> =
  | {
      readonly fact: Fact;
      readonly error?: undefined;
      readonly servedFrom: ServedFrom;
      readonly staleBecause: FailedStatus | null;
      readonly fetchedAt: number;
    }
  | { readonly fact?: undefined; readonly error: UpstreamError };

export interface ReadThrough<Subject, Need, Fact> {
  /** Memory alone, at once: a fresh fact that answers, or undefined. */
  peek(question: Question<Subject, Need>, asker: Asker): Outcome<Fact> | undefined;
  /** Never rejects. In the order of the questions, whose keys must differ. */
  getMany(questions: readonly Question<Subject, Need>[], asker: Asker): Promise<readonly Outcome<Fact>[]>;
}

export function createReadThrough<Subject, Need, Fact>(
  kind: FactKind<Subject, Need, Fact>,
  cache: Cache,
  metrics: Metrics,
  now: () => number = Date.now,
): ReadThrough<Subject, Need, Fact> {
  type Ask = Question<Subject, Need>;
  type Open = OpenFlight<Subject, Need, Fact>;
  const { freshMs, staleMs, negativeMs } = kind.windows;
  const refusals = createRefusals(Math.max(freshMs + staleMs, negativeMs), now);
  const freshness = createFreshness(kind, refusals, now);
  const flights = createFlights<Subject, Need, Fact>({ kind, now, onFact: keep, onError: purge });

  function keep({ question, beganAt }: Open, entry: Entry<Fact>): void {
    const { key, need } = question;
    const { fact } = entry;
    if (!kind.isComplete(fact) || kind.partitionOf(question.subject) !== question.partition) return;
    const held = cache.peek<Fact>(key);
    // Another flight for the same fact, asked no earlier than this one and for no less, has landed first.
    if (held !== undefined && held.fetchedAt >= beganAt && kind.covers(held.fact, need)) return;
    const ttlMs = kind.isAbsence(fact) ? negativeMs : freshMs + staleMs;
    if (ttlMs > 0) cache.setMany([{ key, entry, ttlMs }]);
  }

  function purge({ question }: Open, error: unknown): void {
    if (!(error instanceof UpstreamError) || error.kind !== 'DENIED') return;
    cache.deleteMany([question.key]);
    refusals.note(question.partition, error.httpStatus === 401);
  }

  /** What a fresh fact holds beside what is wanted is asked for again, so that it is not lost to the new one. */
  function widened(question: Ask, entry: Entry<Fact> | undefined): Ask {
    if (entry === undefined || !freshness.isFresh(entry, question) || kind.isAbsence(entry.fact)) return question;
    return { ...question, need: kind.widen(question.need, entry.fact) };
  }

  /** Memory holds the very same, for the credential of today, which may see it. */
  function isStill({ key, partition, subject }: Ask, found: Found<Fact>): boolean {
    const isSame = cache.peek<Fact>(key) === found && kind.partitionOf(subject) === partition;
    return isSame && refusals.maySee(partition, found.fetchedAt);
  }

  function handOut(outcome: Outcome<Fact>, question: Ask, asker: Asker): Outcome<Fact> {
    asker.lasts(freshness.remainingMs(outcome, question));
    return outcome;
  }

  function hit(question: Ask, found: Found<Fact>, asker: Asker): Outcome<Fact> {
    asker.trace.hit(kind.source, found.tier);
    asker.grounds?.set(found, () => isStill(question, found));
    return { fact: found.fact, servedFrom: 'CACHE', staleBecause: null, fetchedAt: found.fetchedAt };
  }

  function stale({ fact, fetchedAt }: Entry<Fact>, because: FailedStatus | null, asker: Asker): Outcome<Fact> {
    asker.trace.hit(kind.source, 'stale');
    return { fact, servedFrom: 'STALE_CACHE', staleBecause: because, fetchedAt };
  }

  function fromCache(question: Ask, entry: Found<Fact> | undefined, asker: Asker): Outcome<Fact> | undefined {
    if (entry !== undefined && freshness.answers(entry, question)) return hit(question, entry, asker);
    if (!kind.revalidates || !freshness.mayStandIn(entry, question)) return undefined;
    refresh(question, asker);
    return stale(entry, null, asker);
  }

  /** Behind the asker's back, with all the time that an operation has. */
  function refresh(question: Ask, asker: Asker): void {
    if (flights.joinable(question, asker) !== undefined) return;
    const patienceMs = Math.max(1, asker.deadlineAt - asker.startedAt);
    const { caller, isSmall, trace } = asker;
    const signal = AbortSignal.timeout(patienceMs);
    const background = { caller, isSmall, trace, lasts() {}, signal, startedAt: now(), deadlineAt: now() + patienceMs };
    for (const flight of flights.launch([question], background)) flights.wait(flight, background).catch(() => {});
  }

  /** One flight for each question: those that are under way are joined, the others begin together. */
  function board(questions: readonly Ask[], entries: readonly (Entry<Fact> | undefined)[], asker: Asker): Open[] {
    const joined = questions.map(question => flights.joinable(question, asker));
    const launched = flights.launch(
      questions.flatMap((question, index) => (joined[index] ? [] : [widened(question, entries[index])])),
      asker,
    );
    let next = 0;
    return joined.map(flight => {
      if (flight === undefined) return launched[next++] as Open;
      metrics.coalesced(kind.source, 1);
      asker.trace.coalesced(kind.source, flight.trace);
      return flight;
    });
  }

  async function arrive(flight: Open, question: Ask, asker: Asker, spare: Entry<Fact> | undefined) {
    try {
      const { fact, fetchedAt } = await flights.wait(flight, asker);
      asker.trace.live(kind.source);
      return { fact, servedFrom: 'LIVE', staleBecause: null, fetchedAt } satisfies Outcome<Fact>;
    } catch (problem) {
      if (!(problem instanceof UpstreamError)) throw problem;
      return standIn(problem, question, asker, spare);
    }
  }

  function standIn(error: UpstreamError, question: Ask, asker: Asker, spare: Entry<Fact> | undefined): Outcome<Fact> {
    if (error.kind !== 'TRUNCATED' && isCovered[error.kind] && freshness.mayStandIn(spare, question))
      return stale(spare, error.kind, asker);
    asker.trace.failed(kind.source, error.kind);
    return { error };
  }

  /** For nobody who is still there, nothing is asked. */
  function fromSource(
    questions: readonly Ask[],
    entries: readonly (Entry<Fact> | undefined)[],
    asker: Asker,
  ): readonly (Outcome<Fact> | Promise<Outcome<Fact>>)[] {
    if (asker.signal.aborted) {
      const error = tooLate(kind.source, false, asker);
      return questions.map((question, index) => standIn(error, question, asker, entries[index]));
    }
    return board(questions, entries, asker).map((flight, index) =>
      arrive(flight, questions[index] as Ask, asker, entries[index]),
    );
  }

  return {
    peek(question, asker) {
      const found = cache.peek<Fact>(question.key);
      if (found === undefined || !freshness.answers(found, question)) return undefined;
      metrics.cache(found.tier, 'hit'); // what it leaves unanswered comes back through getMany, and is counted there
      return handOut(hit(question, found, asker), question, asker);
    },

    async getMany(questions, asker) {
      const keys = questions.map(({ key }) => key);
      const found = await cache.getMany(keys, kind.revive);
      const entries = keys.map((key, index) => newer(found[index], cache.peek<Fact>(key)));
      const outcomes: (Outcome<Fact> | Promise<Outcome<Fact>> | undefined)[] = questions.map((question, index) =>
        fromCache(question, entries[index], asker),
      );
      const missing = [...outcomes.keys()].filter(index => outcomes[index] === undefined);
      const heard = fromSource(
        missing.map(index => questions[index] as Ask),
        missing.map(index => entries[index]),
        asker,
      );
      missing.forEach((place, index) => {
        outcomes[place] = heard[index];
      });
      const all = await Promise.all(outcomes as (Outcome<Fact> | Promise<Outcome<Fact>>)[]);
      return all.map((outcome, index) => handOut(outcome, questions[index] as Ask, asker));
    },
  };
}

/** Whether an older fact may stand in for this failure: never for a refusal, nor where there is nobody to ask. */
const isCovered: Readonly<Record<FailedStatus, boolean>> = {
  UNCONFIGURED: false,
  DENIED: false,
  REJECTED: true,
  RATE_LIMITED: true,
  TIMED_OUT: true,
  UNAVAILABLE: true,
  MALFORMED: true,
};

/** While the cache was asked, somebody may have landed. */
function newer<Fact>(found: Found<Fact> | undefined, now: Found<Fact> | undefined): Found<Fact> | undefined {
  return now !== undefined && now.fetchedAt > (found?.fetchedAt ?? Number.NEGATIVE_INFINITY) ? now : found;
}
