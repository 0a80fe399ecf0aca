/** How much of Datadog's answer is needed: an answer about one indicator has all of it, a row of the list has less. Pure. */
import type { Selection } from '../lookahead.ts';
import type { Needs } from '../lookup-kind.ts';
import {
  eventsIn,
  furtherWindow,
  type HistoryNeed,
  type HistoryWindow,
  isBehind,
  isWithin,
  joinHistories,
  type TriageEvent,
} from './history.ts';
import type { ThreatFact, ThreatReport } from './mapping.ts';

/**
 * `of`: what a row has, what could still raise the level of a verdict, or the whole report. `history`: parts of the triage
 * history.
 */
export interface ThreatNeed {
  readonly of: 'ROW' | 'VERDICT' | 'REPORT';
  readonly history: HistoryNeed;
}

const breadths = ['ROW', 'VERDICT', 'REPORT'] as const satisfies readonly ThreatNeed['of'][];
const wider = (a: ThreatNeed['of'], b: ThreatNeed['of']): ThreatNeed['of'] =>
  breadths.indexOf(a) < breadths.indexOf(b) ? b : a;

/** What the list does not have, and what may be more than it has there. */
const notInRows: readonly string[] = [
  'signalSeverity',
  'logSources',
  'services',
  'hosts',
  'users',
  'criticalAssets',
  'additionalData',
  'otherFields',
] satisfies readonly (keyof ThreatReport)[];

/** What a selection of a ThreatReport needs. */
export const reportNeed = (selection: Selection): ThreatNeed['of'] =>
  selection.some(
    ({ name, below }) =>
      notInRows.includes(name) || (name === 'autonomousSystem' && below().some(field => field.name !== 'type')),
  )
    ? 'REPORT'
    : 'ROW';

/** The severities of signals, which a row does not have, make an indicator suspicious: nothing where it is accused already. */
function suffices(fact: ThreatFact, of: ThreatNeed['of'], suspiciousFrom: number): boolean {
  const { threat, isRow } = fact;
  if (isRow !== true || of === 'ROW' || threat === null) return true;
  if (of === 'REPORT') return false;
  const isAccused = threat.maliciousSources.length + threat.suspiciousSources.length > 0;
  return isAccused || (threat.score ?? 0) >= suspiciousFrom || !mayHaveSignals(threat);
}

/** A row without a count of signals may have some. */
export const mayHaveSignals = ({ signalMatches }: Pick<ThreatReport, 'signalMatches'>): boolean =>
  signalMatches === null || Number(signalMatches) !== 0;

/** The events of a window; undefined: they have not come. */
export const eventsWithin = (fact: ThreatFact, window: HistoryWindow): readonly TriageEvent[] | undefined =>
  fact.threat === null ? [] : eventsIn(fact.history, window);

/** `suspiciousFrom`: the score from which a verdict calls an indicator suspicious. */
export const threatNeeds = (suspiciousFrom: number): Needs<ThreatNeed, ThreatFact> => ({
  join: (a, b) => ({ of: wider(a.of, b.of), history: joinWindows(a.history, b.history) }),
  // A call brings the whole report. A window that begins elsewhere may lie behind what is sent.
  contains: (wide, narrow) =>
    narrow.history.every(window => wide.history.some(one => !one.isOptional && isWithin(window, one))),
  covers: (fact, { of, history }) =>
    suffices(fact, of, suspiciousFrom) &&
    history.every(window => window.isOptional || eventsWithin(fact, window) !== undefined),
  widen: ({ of, history }, fact) => ({
    of: fact.isRow === true ? of : 'REPORT',
    history: [
      ...history,
      ...(fact.history?.pages ?? [])
        .filter(page => !history.some(window => isBehind(window, page)))
        .map(({ offset, limit }) => ({ offset, limit, isOptional: true as const })),
    ],
  }),
  further(fact, { of, history }) {
    const next = fact.threat === null ? undefined : furtherWindow(fact.history, history);
    return next && { of, history: [next] };
  },
  extend: (fact, { history }) => ({ ...fact, history: joinHistories(fact.history, history) }),
  asked: ({ history }) => history,
});

export const joinWindows = (a: HistoryNeed, b: HistoryNeed): HistoryNeed =>
  b.length === 0 ? a : [...a, ...b.filter(window => !a.some(one => isWithin(window, one)))];
