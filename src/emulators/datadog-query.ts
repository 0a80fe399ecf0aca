/** The parameter `ocsf` of the request: true, false or absent, with three different meanings. */
export type Matcher = 'true' | 'false' | 'absent';

interface Problem {
  readonly problem: string;
}

export interface IndicatorQuery {
  readonly indicator: string;
  readonly matcher: Matcher;
  readonly history: { readonly limit: number; readonly offset: number } | undefined;
}

/** The query of "Get an indicator of compromise", or what is wrong with it. */
export function readIndicatorQuery(query: URLSearchParams): IndicatorQuery | Problem {
  const indicator = query.get('indicator');
  if (!indicator) return { problem: 'indicator is required' };
  const matcher = oneOf(query, 'ocsf', matchers);
  if (matcher === undefined) return { problem: 'ocsf must be a boolean' };
  const withHistory = query.get('include_triage_history') ?? 'false';
  if (withHistory !== 'true' && withHistory !== 'false') return { problem: 'include_triage_history must be a boolean' };
  const limit = wholeNumber(query.get('triage_history_limit'), Number.POSITIVE_INFINITY);
  const offset = wholeNumber(query.get('triage_history_offset'), 0);
  if (limit === undefined) return { problem: 'triage_history_limit must be a non-negative integer' };
  if (offset === undefined) return { problem: 'triage_history_offset must be a non-negative integer' };
  return { indicator, matcher, history: withHistory === 'true' ? { limit, offset } : undefined };
}

/** Column of `sort[column]` → field of a row. */
const columns = {
  score: 'score',
  first_seen_ts_epoch: 'first_seen',
  last_seen_ts_epoch: 'last_seen',
  indicator: 'indicator',
  indicator_type: 'indicator_type',
  signal_count: 'signal_matches',
  log_count: 'log_matches',
  category: 'categories',
  as_type: 'as_type',
} as const;

export interface ListQuery {
  readonly matcher: Matcher;
  readonly limit: number;
  readonly offset: number;
  readonly terms: readonly Term[];
  readonly sortBy: (typeof columns)[keyof typeof columns] | undefined;
  readonly isDescending: boolean;
  /** The handle of a user. */
  readonly workedBy: string | null;
  readonly triageState: 'reviewed' | 'not_reviewed' | 'absent';
}

/** What a row must hold: a value in a field, or a word in its indicator. */
export interface Term {
  readonly field: string | undefined;
  readonly value: string;
}

const matchers = ['true', 'false', 'absent'] as const;
/** Rows of a page whose `limit` was left out. The documentation has no number for it. */
const usualLimit = 25;

/** The query of "List indicators of compromise", or what is wrong with it. */
export function readListQuery(query: URLSearchParams): ListQuery | Problem {
  const limit = wholeNumber(query.get('limit'), usualLimit);
  const offset = wholeNumber(query.get('offset'), 0);
  if (limit === undefined || offset === undefined) return { problem: 'limit and offset must be non-negative integers' };
  const matcher = oneOf(query, 'ocsf', matchers);
  if (matcher === undefined) return { problem: 'ocsf must be a boolean' };
  const triageState = oneOf(query, 'triage_state', ['reviewed', 'not_reviewed', 'absent']);
  if (triageState === undefined) return { problem: 'invalid triage_state' };
  const order = oneOf(query, 'sort[order]', ['asc', 'desc', 'absent']);
  const column = query.get('sort[column]');
  const sortBy = Object.entries(columns).find(([name]) => name === column)?.[1];
  if (order === undefined || (column !== null && sortBy === undefined)) return { problem: 'invalid sort' };
  const terms = readTerms(query.get('query')?.trim() ?? '');
  if ('problem' in terms) return terms;
  const [workedBy, isDescending] = [query.get('worked_by'), order === 'desc'];
  return { matcher, limit, offset, terms, sortBy, isDescending, workedBy, triageState };
}

/** `field:value`, `field:"two words"` and plain words. The complaint is worded as in the recorded answer. */
function readTerms(text: string): readonly Term[] | Problem {
  const term = /\s*(?:([\w.@-]+):)?("[^"]*"|[^\s:"]*)/y;
  const terms: Term[] = [];
  while (term.lastIndex < text.length) {
    const start = term.lastIndex;
    const [, field, value = ''] = term.exec(text) ?? [];
    if (value === '') {
      const input = `'${text.slice(start, term.lastIndex + 1)}' at line 1 and char position ${term.lastIndex}`;
      return { problem: `invalid query: invalid query: syntax error: no viable alternative at input ${input}` };
    }
    terms.push({ field, value: value.replaceAll('"', '') });
  }
  return terms;
}

function oneOf<const Words extends readonly string[]>(
  query: URLSearchParams,
  name: string,
  words: Words,
): Words[number] | undefined {
  const given = query.get(name) ?? 'absent';
  return words.find(word => word === given);
}

function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
