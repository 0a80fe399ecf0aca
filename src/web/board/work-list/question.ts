/** What the list is asked for: filter and order. Pure. */
import type {
  Direction,
  ThreatIndicatorOrderField,
  TriageStateFilter,
  WorkListQueryVariables,
} from '../generated/graphql.ts';

export interface Question {
  /** undefined: all rows. */
  readonly state: TriageStateFilter | undefined;
  /** In Datadog's own search language. */
  readonly query: string;
  /** The handle of a Datadog user who has reviewed something. */
  readonly workedBy: string;
  readonly field: ThreatIndicatorOrderField;
  readonly direction: Direction;
}

export const firstQuestion: Question = {
  state: 'NOT_REVIEWED',
  query: '',
  workedBy: '',
  field: 'SCORE',
  direction: 'DESC',
};

export const fieldTitles: Record<ThreatIndicatorOrderField, string> = {
  SCORE: 'Score',
  LAST_SEEN: 'Last seen',
  FIRST_SEEN: 'First seen',
  SIGNAL_COUNT: 'Signals',
  LOG_COUNT: 'Log hits',
  INDICATOR: 'Indicator',
  INDICATOR_TYPE: 'Type',
  CATEGORY: 'Category',
  AS_TYPE: 'Kind of network',
};

const onlyGiven = (text: string) => (text.trim() === '' ? undefined : text.trim());

export function toVariables({ state, query, workedBy, field, direction }: Question) {
  const filter = { triageState: state, query: onlyGiven(query), workedBy: onlyGiven(workedBy) };
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return { filter: given, orderBy: { field, direction } } satisfies Partial<WorkListQueryVariables>;
}
