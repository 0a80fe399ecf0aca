/**
 * The rows that were read so far and the reading of further pages. What was read stays when a page fails. It depends on
 * neither GraphQL nor React.
 */
import { LookupError } from '../entry.ts';
import { backoffSeconds } from '../triage.ts';
import type { Question } from './question.ts';

/** More rows than anybody reviews in one go, and as many as a table shows without stutter. */
export const maxRows = 1_000;

export interface ListPage<Row> {
  readonly rows: readonly { readonly cursor: string; readonly row: Row }[];
  /** How many there are in all; null where that is not known. */
  readonly total: number | null;
  /** null: it was the last page. */
  readonly next: string | null;
  /** Rows moved while the pages were read, so that some may be missing. */
  readonly hasMoved: boolean;
}

export interface PagesView<Row> {
  readonly rows: readonly Row[];
  /** Those that have left since they were read included. */
  readonly total: number | null;
  readonly hasMoved: boolean;
  readonly phase: 'READING' | 'WAITING' | 'FAILED' | 'COMPLETE' | 'FULL';
  /** Why the last page has failed, and when it is tried again: in epoch milliseconds, undefined where that is of no use. */
  readonly failure: { readonly error: LookupError; readonly retryAt: number | undefined } | undefined;
}

export interface WorkListOptions<Row> {
  /** Rejects with LookupError. */
  readonly fetchPage: (question: Question, after: string | null) => Promise<ListPage<Row>>;
  /** Whether the row has left what the question asks for since it was read, because it was marked here. */
  readonly hasLeft: (row: Row, question: Question) => boolean | 'MAYBE';
  readonly now: () => number;
}

/** How many rows have left: surely, and at most. */
interface Left {
  readonly least: number;
  readonly most: number;
}

export type Pages<Row extends { readonly id: string }> = ReturnType<typeof createPages<Row>>;

export function createPages<Row extends { readonly id: string }>({ fetchPage, hasLeft, now }: WorkListOptions<Row>) {
  const nothing: PagesView<Row> = { rows: [], total: null, hasMoved: false, phase: 'WAITING', failure: undefined };
  let view = nothing;
  let question: Question | undefined;
  let last: { readonly page: ListPage<Row>; readonly left: Left } | undefined;
  let attempts = 0;
  /** Increased when the list begins anew: answers to earlier requests are then dropped. */
  let generation = 0;
  const listeners = new Set<() => void>();

  function publish(next: Partial<PagesView<Row>>) {
    view = { ...view, ...next };
    for (const listener of listeners) listener();
  }

  async function read(asked: Question) {
    const startedIn = generation;
    publish({ phase: 'READING', failure: undefined });
    const left = countLeft(view.rows.map(row => hasLeft(row, asked)));
    const since = last && { least: left.least - last.left.most, most: left.most - last.left.least };
    try {
      const page = await fetchPage(asked, last && since ? placeAfter(last.page, since.most) : null);
      if (startedIn !== generation) return;
      const fewer = (last?.page.total ?? 0) - (page.total ?? 0);
      const isOurMove = since !== undefined && since.most > 0 && fewer >= since.least && fewer <= since.most;
      const total = page.total === null ? null : page.total + left.least;
      [attempts, last] = [0, { page, left }];
      publish(withPage(view, { ...page, total, hasMoved: page.hasMoved && !isOurMove }));
    } catch (error) {
      if (startedIn !== generation) return;
      publish({ phase: 'FAILED', failure: failureOf(error) });
      attempts += 1;
    }
  }

  function failureOf(problem: unknown) {
    const error =
      problem instanceof LookupError ? problem : new LookupError('The gateway did not answer', undefined, false);
    const seconds = Math.max(error.retryAfterSeconds ?? 0, backoffSeconds(attempts));
    return { error, retryAt: error.isFinal ? undefined : now() + seconds * 1000 };
  }

  function start(asked: Question) {
    generation += 1;
    [question, last, attempts, view] = [asked, undefined, 0, nothing];
    void read(asked);
  }

  const retry = () => {
    if (view.phase === 'FAILED' && question) void read(question);
  };

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => view,
    /** Reads the list from its beginning. */
    start,
    /** After another key was given: what has failed is read again; else all is, for it may look different now. */
    restart() {
      if (view.phase === 'FAILED') retry();
      else if (question) start(question);
    },
    /** Reads the next page, unless one is being read, has failed, or there is none. */
    more() {
      if (view.phase === 'WAITING' && question) void read(question);
    },
    /** Reads the page that failed again. */
    retry,
    /** The same when its time has come; call it about once a second while the page is visible. */
    retryDue() {
      if ((view.failure?.retryAt ?? Number.POSITIVE_INFINITY) <= now()) retry();
    },
  };
}

const countLeft = (all: readonly (boolean | 'MAYBE')[]): Left => ({
  least: all.filter(one => one === true).length,
  most: all.filter(one => one !== false).length,
});

/**
 * Datadog counts rows from the beginning, so those that left since the last page have moved the rest towards it: the next
 * page begins as many rows earlier. Further back than the last page that is not known: from the beginning then.
 */
function placeAfter(page: ListPage<unknown>, left: number): string | null {
  if (left <= 0) return page.next;
  return page.rows.at(-1 - left)?.cursor ?? null;
}

function withPage<Row extends { readonly id: string }>(
  view: PagesView<Row>,
  page: ListPage<Row>,
): Partial<PagesView<Row>> {
  const known = new Set(view.rows.map(({ id }) => id));
  const rows = [...view.rows, ...page.rows.map(({ row }) => row).filter(({ id }) => !known.has(id))].slice(0, maxRows);
  const phase = page.next === null ? 'COMPLETE' : rows.length >= maxRows ? 'FULL' : 'WAITING';
  return { rows, total: page.total, hasMoved: view.hasMoved || page.hasMoved, phase };
}
