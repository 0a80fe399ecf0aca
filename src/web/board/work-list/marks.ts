/**
 * What was marked here, and what became of it. Each mark is sent once and never repeated by itself; marks of one row are
 * sent one after the other. It depends on neither GraphQL nor React.
 */
import type { TriageStateFilter } from '../generated/graphql.ts';

export interface Mark {
  readonly state: TriageStateFilter;
  /** What was last known to be recorded; undefined: nothing that was marked here. */
  readonly recorded: TriageStateFilter | undefined;
  /** UNSURE: sent and not answered, so it may have been recorded. */
  readonly phase: 'SENDING' | 'RECORDED' | 'UNSURE' | 'FAILED';
  /** Why it failed or is unsure, or what the gateway adds. */
  readonly detail: string | undefined;
}

export type MarkOutcome =
  | { readonly phase: 'RECORDED' | 'UNSURE' | 'FAILED'; readonly detail: string | undefined }
  /** No mark is possible, for the reason given. */
  | { readonly phase: 'FORBIDDEN' | 'KEY_REQUIRED'; readonly detail: string };

export interface MarksView {
  /** By the key of their rows. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** Why this caller may not mark. */
  readonly forbidden: string | undefined;
  readonly isKeyRequired: boolean;
  /** How many marks can be undone. */
  readonly undoable: number;
}

interface Markable {
  readonly key: string;
  readonly value: string;
  /** As the page shows it. */
  readonly name: string;
}

export type OnMarked = (row: Markable, state: TriageStateFilter, outcome: MarkOutcome) => void;

interface MarksOptions {
  /** Never rejects. */
  readonly send: (value: string, state: TriageStateFilter) => Promise<MarkOutcome>;
  /** Called with each outcome. */
  readonly onMarked: OnMarked;
}

interface Done extends Markable {
  readonly state: TriageStateFilter;
}

export const opposite = (state: TriageStateFilter): TriageStateFilter =>
  state === 'REVIEWED' ? 'NOT_REVIEWED' : 'REVIEWED';

export function createMarks({ send, onMarked }: MarksOptions) {
  let view: MarksView = { marks: new Map(), forbidden: undefined, isKeyRequired: false, undoable: 0 };
  /** What can be undone, newest last. */
  let done: readonly Done[] = [];
  const underWay = new Map<string, Promise<unknown>>();
  const listeners = new Set<() => void>();

  function publish(next: Partial<MarksView>) {
    view = { ...view, ...next };
    for (const listener of listeners) listener();
  }

  function setDone(next: readonly Done[]) {
    done = next;
    publish({ undoable: done.length });
  }

  const put = (key: string, mark: Mark | undefined) => {
    const marks = new Map(view.marks);
    if (mark) marks.set(key, mark);
    else marks.delete(key);
    publish({ marks });
  };

  /** Returns whether it is, or may be, recorded. */
  async function sendInTurn(row: Markable, state: TriageStateFilter, before: Promise<unknown> | undefined) {
    if (before) await before;
    const earlier = view.marks.get(row.key);
    const { recorded } = earlier ?? {};
    put(row.key, { state, recorded, phase: 'SENDING', detail: undefined });
    const outcome = await send(row.value, state);
    if (outcome.phase === 'FORBIDDEN' || outcome.phase === 'KEY_REQUIRED') {
      put(row.key, earlier);
      publish(outcome.phase === 'FORBIDDEN' ? { forbidden: outcome.detail } : { isKeyRequired: true });
    } else {
      const { phase, detail } = outcome;
      put(row.key, { state, recorded: phase === 'RECORDED' ? state : recorded, phase, detail });
    }
    onMarked(row, state, outcome);
    return outcome.phase === 'RECORDED' || outcome.phase === 'UNSURE';
  }

  function mark(row: Markable, state: TriageStateFilter): Promise<boolean> {
    const turn = sendInTurn(row, state, underWay.get(row.key));
    underWay.set(row.key, turn);
    return turn;
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => view,
    async mark(row: Markable, state: TriageStateFilter) {
      const entry = { ...row, state };
      // A mark that is repeated, for nobody knew what had become of it, is undone once.
      const others = done.filter(other => other.key !== row.key || other.state !== state);
      setDone([...others, entry]);
      if (!(await mark(row, state))) setDone(done.filter(other => other !== entry));
    },
    /** Sets the row of the last mark back, and returns its key; undefined where there is nothing to undo. */
    undo(): string | undefined {
      const last = done.at(-1);
      if (!last) return undefined;
      setDone(done.slice(0, -1));
      void mark(last, opposite(last.state)).then(isRecorded => {
        if (!isRecorded) setDone([...done, last]);
      });
      return last.key;
    },
    /** Rows are read anew, and say themselves what was recorded; what is being sent is not in them yet. */
    forgetSettled() {
      publish({ marks: new Map([...view.marks].filter(([, { phase }]) => phase === 'SENDING')) });
    },
    /** After another key was given: it may be one that may mark. */
    forgetRefusals: () => publish({ forbidden: undefined, isKeyRequired: false }),
  };
}
