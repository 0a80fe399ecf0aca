/** Facts on their way, each fetched once however many wait for it. */
import type { SourceName } from '../domain/source-report.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { Entry } from './cache.ts';
import type { Asker, FactKind, Flight, Question } from './read-through.ts';

export interface OpenFlight<Subject, Need, Fact> extends Flight<Subject, Need> {
  readonly beganAt: number;
  readonly controller: AbortController;
  waiters: number;
  latestDeadline: number;
  isSent: boolean;
  /** With the one moment at which it was answered, for all its waiters and the cache. */
  promise: Promise<Entry<Fact>>;
}

export interface Flights<Subject, Need, Fact> {
  /** One that will answer the question, and may. */
  joinable(question: Question<Subject, Need>, asker: Asker): OpenFlight<Subject, Need, Fact> | undefined;
  /** New ones, sent off together. In the order of the questions. Each must be waited for in the same turn. */
  launch(questions: readonly Question<Subject, Need>[], asker: Asker): readonly OpenFlight<Subject, Need, Fact>[];
  /** Until the fact is here or the asker leaves; the last to leave ends the flight. */
  wait(flight: OpenFlight<Subject, Need, Fact>, asker: Asker): Promise<Entry<Fact>>;
}

export interface FlightsOptions<Subject, Need, Fact> {
  readonly kind: Pick<FactKind<Subject, Need, Fact>, 'source' | 'contains' | 'fetch'>;
  readonly now: () => number;
  /** Before anybody who waits hears of it. */
  readonly onFact: (flight: OpenFlight<Subject, Need, Fact>, entry: Entry<Fact>) => void;
  readonly onError: (flight: OpenFlight<Subject, Need, Fact>, error: unknown) => void;
}

export function createFlights<Subject, Need, Fact>({
  kind,
  now,
  onFact,
  onError,
}: FlightsOptions<Subject, Need, Fact>): Flights<Subject, Need, Fact> {
  type Open = OpenFlight<Subject, Need, Fact>;
  const underWay = new Map<string, Set<Open>>();

  function open(question: Question<Subject, Need>, asker: Asker): Open {
    const flight = newFlight<Subject, Need, Fact>(question, asker, now());
    const siblings = underWay.get(question.key) ?? new Set();
    underWay.set(question.key, siblings.add(flight));
    return flight;
  }

  function land(flight: Open): void {
    const siblings = underWay.get(flight.question.key);
    siblings?.delete(flight);
    if (siblings?.size === 0) underWay.delete(flight.question.key);
  }

  function follow(flight: Open, fetched: Promise<Fact>): void {
    flight.promise = fetched.then(
      fact => {
        land(flight);
        const entry = { fact, fetchedAt: now() };
        onFact(flight, entry);
        return entry;
      },
      error => {
        land(flight);
        onError(flight, error);
        throw error;
      },
    );
    flight.promise.catch(() => {}); // its waiters hear of it; with none left, nobody needs to
  }

  return {
    joinable(question, asker) {
      for (const flight of underWay.get(question.key) ?? []) {
        const isYoung = question.maxAgeMs !== 0 || flight.beganAt >= asker.startedAt;
        if (isYoung && kind.contains(flight.question.need, question.need)) return flight;
      }
      return undefined;
    },
    launch(questions, asker) {
      const flights = questions.map(question => open(question, asker));
      const fetched = fetchAll(kind, flights);
      flights.forEach((flight, index) => {
        follow(flight, fetched[index] as Promise<Fact>);
      });
      return flights;
    },
    wait(flight, asker) {
      flight.waiters++;
      flight.latestDeadline = Math.max(flight.latestDeadline, asker.deadlineAt);
      return new Promise((resolve, reject) => {
        const leave = () => {
          reject(tooLate(kind.source, flight.isSent, asker));
          if (--flight.waiters > 0) return;
          land(flight);
          flight.controller.abort();
        };
        if (asker.signal.aborted) return leave();
        asker.signal.addEventListener('abort', leave, { once: true });
        const stay = () => asker.signal.removeEventListener('abort', leave);
        flight.promise.then(
          entry => {
            stay();
            resolve(entry);
          },
          error => {
            stay();
            reject(error);
          },
        );
      });
    },
  };
}

/** A source that throws instead of rejecting is a bug, and must not leave flights that nobody ever lands. */
function fetchAll<Subject, Need, Fact>(
  kind: Pick<FactKind<Subject, Need, Fact>, 'fetch'>,
  flights: readonly Flight<Subject, Need>[],
): readonly Promise<Fact>[] {
  try {
    return kind.fetch(flights);
  } catch (bug) {
    return flights.map(() => Promise.reject(bug));
  }
}

/** Nobody waits any more, or the time is up: before or after the source was asked. */
export function tooLate(source: SourceName, wasSent: boolean, asker: Asker): UpstreamError {
  return new UpstreamError(
    source,
    'TIMED_OUT',
    wasSent
      ? 'The source did not answer before the deadline of the operation.'
      : 'The deadline of the operation passed before the source could be asked.',
    { neverSent: !wasSent, cause: asker.signal.reason },
  );
}

function newFlight<Subject, Need, Fact>(
  question: Question<Subject, Need>,
  asker: Asker,
  beganAt: number,
): OpenFlight<Subject, Need, Fact> {
  const controller = new AbortController();
  const flight: OpenFlight<Subject, Need, Fact> = {
    question,
    controller,
    signal: controller.signal,
    caller: asker.caller,
    isSmall: asker.isSmall,
    trace: asker.trace,
    beganAt,
    waiters: 0,
    latestDeadline: asker.deadlineAt,
    isSent: false,
    promise: Promise.resolve() as never, // until it departs, in the same turn
    deadlineAt: () => flight.latestDeadline,
    markSent: () => {
      flight.isSent = true;
    },
  };
  return flight;
}
