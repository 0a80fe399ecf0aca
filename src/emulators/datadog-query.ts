/** The parameter `ocsf` of the request: true, false or absent, with three different meanings. */
export type Matcher = 'true' | 'false' | 'absent';

export interface IndicatorQuery {
  readonly indicator: string;
  readonly matcher: Matcher;
  readonly history: { readonly limit: number; readonly offset: number } | undefined;
}

/** The query of "Get an indicator of compromise", or what is wrong with it. */
export function readIndicatorQuery(query: URLSearchParams): IndicatorQuery | { readonly problem: string } {
  const indicator = query.get('indicator');
  if (!indicator) return { problem: 'indicator is required' };
  const ocsf = query.get('ocsf') ?? 'absent';
  if (ocsf !== 'true' && ocsf !== 'false' && ocsf !== 'absent') return { problem: 'ocsf must be a boolean' };
  const withHistory = query.get('include_triage_history') ?? 'false';
  if (withHistory !== 'true' && withHistory !== 'false') return { problem: 'include_triage_history must be a boolean' };
  const limit = wholeNumber(query.get('triage_history_limit'), Number.POSITIVE_INFINITY);
  const offset = wholeNumber(query.get('triage_history_offset'), 0);
  if (limit === undefined) return { problem: 'triage_history_limit must be a non-negative integer' };
  if (offset === undefined) return { problem: 'triage_history_offset must be a non-negative integer' };
  return { indicator, matcher: ocsf, history: withHistory === 'true' ? { limit, offset } : undefined };
}

function wholeNumber(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
