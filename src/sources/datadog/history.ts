/** The triage history in pages, of which Datadog may send less than was asked for. Pure. */
import { z } from 'zod';
import type { Immutable } from '../../cache/json.ts';
import type { WireIndicator } from './wire.ts';

const triageStates = ['NOT_REVIEWED', 'REVIEWED', 'UNKNOWN'] as const;
export const triageState = z.enum(triageStates).nullable();
const text = z.string().nullable();
const triageEvent = z.object({ state: triageState, at: text, by: text });

/** Events from `offset` on, newest first; `limit`: how many were asked for, null: all. */
const page = z.object({ offset: z.int().nonnegative(), limit: z.int().nullable(), events: z.array(triageEvent) });

/** `endsBy`: no event lies there or behind it, as an empty page has shown. A short page shows no end: it may be cut. */
export const historyPart = z.object({ pages: z.array(page), endsBy: z.int().nullable() });

export type TriageEvent = Immutable<z.infer<typeof triageEvent>>;
export type History = Immutable<z.infer<typeof historyPart>>;

/** A part of the triage history. `limit` null: all from `offset` on. */
export interface HistoryWindow {
  readonly offset: number;
  readonly limit: number | null;
  /** Asked for only together with others: so that a new fact holds what the old one did. */
  readonly isOptional?: true;
}

/** None: no history is needed. */
export type HistoryNeed = readonly HistoryWindow[];

const endOf = ({ offset, limit }: Pick<HistoryWindow, 'offset' | 'limit'>): number =>
  limit === null ? Number.POSITIVE_INFINITY : offset + limit;

export const isWithin = (inner: HistoryWindow, outer: HistoryWindow): boolean =>
  inner.offset === outer.offset && endOf(inner) <= endOf(outer);

/** Asked for together with the page, the window would again not come. */
export const isBehind = ({ offset }: HistoryWindow, page: History['pages'][number]): boolean => {
  const received = page.offset + page.events.length;
  return received < endOf(page) && received <= offset;
};

/** The smallest window that contains all; undefined for none. */
export function joinedWindow(need: HistoryNeed): HistoryWindow | undefined {
  const windows = need.filter(({ limit }) => limit !== 0);
  if (windows.length < 2) return windows[0];
  const offset = Math.min(...windows.map(window => window.offset));
  const end = Math.max(...windows.map(endOf));
  return { offset, limit: end === Number.POSITIVE_INFINITY ? null : end - offset };
}

/** The events of a window; undefined: it was not asked for, or not sent. */
export function eventsIn(history: History | null, window: HistoryWindow): readonly TriageEvent[] | undefined {
  const { offset, limit } = window;
  if (limit === 0 || (history !== null && history.endsBy !== null && offset >= history.endsBy)) return [];
  const holds = (one: History['pages'][number]) =>
    one.offset <= offset && offset < one.offset + one.events.length && endOf(window) <= endOf(one);
  const held = history?.pages.find(holds);
  return held?.events.slice(offset - held.offset, limit === null ? undefined : offset - held.offset + limit);
}

/** The first window of which nothing has come, and that was not asked for by itself. */
export function furtherWindow(history: History | null, windows: HistoryNeed): HistoryWindow | undefined {
  const wasAsked = (window: HistoryWindow) => history?.pages.some(one => isWithin(window, one)) === true;
  return windows
    .filter(window => !window.isOptional && eventsIn(history, window) === undefined && !wasAsked(window))
    .sort((a, b) => a.offset - b.offset)[0];
}

export function joinHistories(a: History | null, b: History | null): History | null {
  if (a === null || b === null) return a ?? b;
  const ends = [a.endsBy, b.endsBy].filter(end => end !== null);
  return { pages: [...a.pages, ...b.pages], endsBy: ends.length === 0 ? null : Math.min(...ends) };
}

/** What came for a window. An indicator that somebody has triaged has a history: an empty one was left out. */
export function mapHistory(wire: WireIndicator, { offset, limit }: HistoryWindow): History {
  const events = (wire.triage_history ?? []).slice(0, limit ?? undefined).map(event => ({
    state: toTriageState(event.triage_state),
    at: event.triaged_at,
    by: event.triaged_by,
  }));
  const isLeftOut = offset === 0 && (toTriageState(wire.triage_state) === 'REVIEWED' || wire.triaged_at !== null);
  return { pages: [{ offset, limit, events }], endsBy: events.length > 0 || isLeftOut ? null : offset };
}

export function toTriageState(sent: string | null): z.infer<typeof triageState> {
  if (sent === null) return null;
  const name = sent.toUpperCase();
  return triageStates.find(known => known === name) ?? 'UNKNOWN';
}
