/**
 * Ask the cache once for all, then look again among the flights, then ask upstream only for the rest. Fresh, stale and
 * negative windows are those of RFC 5861; the words are explained in ARCHITECTURE.md.
 */
import type { ServedFrom, SourceName } from '../domain/report.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Trace } from '../observability/trace.ts';
import { type FailedStatus, UpstreamError } from '../upstream/errors.ts';
import type { Cache, Entry, Found, Revive, Write } from './cache.ts';

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
}

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

interface OpenFlight<Subject, Need, Fact> extends Flight<Subject, Need> {
  readonly beganAt: number;
  readonly controller: AbortController;
  waiters: number;
  latestDeadline: number;
  isSent: boolean;
  /** With the one moment at which it was answered, for all its waiters and the cache. */
  promise: Promise<Entry<Fact>>;
}

export function createReadThrough<Subject, Need, Fact>(
  kind: FactKind<Subject, Need, Fact>,
  cache: Cache,
  metrics: Metrics,
  now: () => number = Date.now,
): ReadThrough<Subject, Need, Fact> {
  type Ask = Question<Subject, Need>;
  type Open = OpenFlight<Subject, Need, Fact>;
  const flights = new Map<string, Set<Open>>();
  const refusedAt = new Map<string, number>();

  const isFresh = (entry: Entry<Fact>, question: Ask): boolean => {
    const age = now() - entry.fetchedAt;
    const window = kind.isAbsence(entry.fact) ? kind.windows.negativeMs : kind.windows.freshMs;
    return age < window && (question.maxAgeMs === undefined || age < question.maxAgeMs);
  };
  const answers = (entry: Entry<Fact>, question: Ask): boolean =>
    kind.covers(entry.fact, question.need) && isFresh(entry, question);

  /** Matches alone stand in, inside their window, and never across a refusal of their credential. */
  const mayStandIn = (entry: Entry<Fact> | undefined, question: Ask): entry is Entry<Fact> =>
    entry !== undefined &&
    question.maxAgeMs === undefined &&
    !kind.isAbsence(entry.fact) &&
    kind.covers(entry.fact, question.need) &&
    now() - entry.fetchedAt < kind.windows.freshMs + kind.windows.staleMs &&
    entry.fetchedAt > (refusedAt.get(question.partition) ?? 0);

  const fromCache = (entry: Entry<Fact>): Outcome<Fact> => ({
    fact: entry.fact,
    servedFrom: 'CACHE',
    staleBecause: null,
    fetchedAt: entry.fetchedAt,
  });
  const fromStale = (entry: Entry<Fact>, because: FailedStatus | null): Outcome<Fact> => ({
    fact: entry.fact,
    servedFrom: 'STALE_CACHE',
    staleBecause: because,
    fetchedAt: entry.fetchedAt,
  });

  const remainingMs = (outcome: Outcome<Fact>, { maxAgeMs = Number.POSITIVE_INFINITY }: Ask): number => {
    if (outcome.error !== undefined) return 0;
    if (outcome.servedFrom === 'STALE_CACHE' || !kind.isComplete(outcome.fact)) return 0;
    const window = kind.isAbsence(outcome.fact) ? kind.windows.negativeMs : kind.windows.freshMs;
    return Math.min(window, maxAgeMs) - (now() - outcome.fetchedAt);
  };
  const handOut = (outcome: Outcome<Fact>, question: Ask, asker: Asker): Outcome<Fact> => {
    asker.lasts(remainingMs(outcome, question));
    return outcome;
  };

  const keep = (question: Ask, entry: Entry<Fact>): void => {
    const { fact } = entry;
    if (!kind.isComplete(fact)) return;
    const { freshMs, staleMs, negativeMs } = kind.windows;
    const ttlMs = kind.isAbsence(fact) ? negativeMs : freshMs + staleMs;
    const write: Write = { key: question.key, entry, ttlMs };
    if (ttlMs > 0) cache.setMany([write]);
  };

  const refuse = (question: Ask): void => {
    cache.deleteMany([question.key]);
    refusedAt.set(question.partition, now());
  };

  const joinable = (question: Ask, asker: Asker): Open | undefined => {
    for (const flight of flights.get(question.key) ?? [])
      if (
        !flight.signal.aborted &&
        kind.contains(flight.question.need, question.need) &&
        (question.maxAgeMs !== 0 || flight.beganAt >= asker.startedAt)
      )
        return flight;
    return undefined;
  };

  const open = (question: Ask, asker: Asker): Open => {
    const controller = new AbortController();
    const flight: Open = {
      question,
      controller,
      signal: controller.signal,
      caller: asker.caller,
      isSmall: asker.isSmall,
      trace: asker.trace,
      beganAt: now(),
      waiters: 0,
      latestDeadline: 0,
      isSent: false,
      promise: Promise.resolve() as never,
      deadlineAt: () => flight.latestDeadline,
      markSent: () => {
        flight.isSent = true;
      },
    };
    const siblings = flights.get(question.key) ?? new Set();
    flights.set(question.key, siblings.add(flight));
    return flight;
  };

  const land = (flight: Open): void => {
    const siblings = flights.get(flight.question.key);
    siblings?.delete(flight);
    if (siblings?.size === 0) flights.delete(flight.question.key);
  };

  const depart = (opened: readonly Open[]): void => {
    const promises = kind.fetch(opened);
    opened.forEach((flight, index) => {
      flight.promise = (promises[index] as Promise<Fact>).then(
        fact => {
          land(flight);
          const entry = { fact, fetchedAt: now() };
          keep(flight.question, entry);
          return entry;
        },
        error => {
          land(flight);
          if (error instanceof UpstreamError && error.kind === 'DENIED') refuse(flight.question);
          throw error;
        },
      );
      flight.promise.catch(() => {}); // its waiters hear of it; with none left, nobody needs to
    });
  };

  const left = (flight: Open, asker: Asker): UpstreamError =>
    new UpstreamError(
      kind.source,
      'TIMED_OUT',
      flight.isSent
        ? 'The source did not answer before the deadline of the operation.'
        : 'The deadline of the operation passed before the source could be asked.',
      { neverSent: !flight.isSent, cause: asker.signal.reason },
    );

  /** Waits until the fact is here or the asker leaves; the last to leave ends the flight. */
  const wait = (flight: Open, asker: Asker): Promise<Entry<Fact>> => {
    flight.waiters++;
    flight.latestDeadline = Math.max(flight.latestDeadline, asker.deadlineAt);
    return new Promise<Entry<Fact>>((resolve, reject) => {
      const leave = () => {
        if (--flight.waiters === 0) {
          land(flight);
          flight.controller.abort();
        }
        reject(left(flight, asker));
      };
      const settle = () => asker.signal.removeEventListener('abort', leave);
      if (asker.signal.aborted) return leave();
      asker.signal.addEventListener('abort', leave, { once: true });
      flight.promise.then(
        entry => {
          settle();
          resolve(entry);
        },
        error => {
          settle();
          reject(error);
        },
      );
    });
  };

  const arrive = async (flight: Open, question: Ask, asker: Asker, spare: Entry<Fact> | undefined) => {
    try {
      const { fact, fetchedAt } = await wait(flight, asker);
      asker.trace.heard(kind.source);
      return { fact, servedFrom: 'LIVE', staleBecause: null, fetchedAt } satisfies Outcome<Fact>;
    } catch (problem) {
      if (!(problem instanceof UpstreamError)) throw problem;
      const isRefusal = problem.kind === 'DENIED' || problem.kind === 'UNCONFIGURED';
      if (!isRefusal && problem.kind !== 'TRUNCATED' && mayStandIn(spare, question)) {
        asker.trace.hit(kind.source, 'stale');
        return fromStale(spare, problem.kind);
      }
      asker.trace.failed(kind.source, problem.kind);
      return { error: problem };
    }
  };

  const refresh = (question: Ask, asker: Asker): void => {
    if (joinable(question, asker) !== undefined) return;
    const patience = AbortSignal.timeout(Math.max(1, asker.deadlineAt - asker.startedAt));
    const background = { ...asker, signal: patience, deadlineAt: now() + asker.deadlineAt - asker.startedAt };
    const flight = open(question, background);
    flight.latestDeadline = background.deadlineAt; // some sources send at once, before anybody waits
    depart([flight]);
    wait(flight, background).catch(() => {});
  };

  const hit = (found: Found<Fact>, asker: Asker): Outcome<Fact> => {
    asker.trace.hit(kind.source, found.tier);
    return fromCache(found);
  };

  return {
    peek(question, asker) {
      const found = cache.peek<Fact>(question.key);
      if (found === undefined || !answers(found, question)) return undefined;
      metrics.cache(found.tier, 'hit'); // what it leaves unanswered comes back through getMany, and is counted there
      return handOut(hit(found, asker), question, asker);
    },

    async getMany(questions, asker) {
      const found = await cache.getMany(
        questions.map(question => question.key),
        kind.revive,
      );
      const opened: Open[] = [];
      const answersTo = questions.map((question, index) => {
        const entry = cache.peek<Fact>(question.key) ?? found[index]; // somebody may have landed meanwhile
        if (entry !== undefined && answers(entry, question)) return hit(entry, asker);
        if (kind.revalidates && mayStandIn(entry, question)) {
          refresh(question, asker);
          asker.trace.hit(kind.source, 'stale');
          return fromStale(entry, null);
        }
        const underway = joinable(question, asker);
        if (underway !== undefined) {
          metrics.coalesced(kind.source, 1);
          asker.trace.coalesced(kind.source, underway.trace);
          return { flight: underway, question, entry };
        }
        const isWorthKeeping = entry !== undefined && isFresh(entry, question) && !kind.isAbsence(entry.fact);
        const need = isWorthKeeping ? kind.widen(question.need, entry.fact) : question.need;
        const flight = open({ ...question, need }, asker);
        opened.push(flight);
        return { flight, question, entry };
      });
      for (const flight of opened) flight.latestDeadline = asker.deadlineAt;
      if (opened.length > 0) depart(opened);
      const outcomes = await Promise.all(
        answersTo.map(answer =>
          'flight' in answer ? arrive(answer.flight, answer.question, asker, answer.entry) : answer,
        ),
      );
      questions.forEach((question, index) => {
        handOut(outcomes[index] as Outcome<Fact>, question, asker);
      });
      return outcomes;
    },
  };
}
