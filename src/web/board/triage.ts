/** Classifies a row: how bad it is, how complete, and when to retry. Pure. */
import type { BoardRowFragment, ReportFragment, SourceStatus, VerdictLevel } from './generated/graphql.ts';

export type BoardRow = BoardRowFragment;

/**
 * Worst first. INCONCLUSIVE comes directly under SUSPICIOUS because it may be anything. `PENDING` is a row that is still
 * queued, `UNANSWERED` one for which the gateway did not answer, `UNUSABLE` a text that is not an indicator.
 */
export const standings = [
  'MALICIOUS',
  'SUSPICIOUS',
  'INCONCLUSIVE',
  'UNANSWERED',
  'UNUSABLE',
  'INFORMATIONAL',
  'BENIGN',
  'NO_MATCH',
  'PENDING',
] as const satisfies readonly (VerdictLevel | 'UNANSWERED' | 'UNUSABLE' | 'PENDING')[];
export type Standing = (typeof standings)[number];

export const standingWords: Record<Standing, string> = {
  MALICIOUS: 'Malicious',
  SUSPICIOUS: 'Suspicious',
  INCONCLUSIVE: 'Inconclusive',
  UNANSWERED: 'No answer',
  UNUSABLE: 'Not usable',
  INFORMATIONAL: 'Informational',
  BENIGN: 'Benign',
  NO_MATCH: 'No match',
  PENDING: 'Pending',
};

const mayRecover: ReadonlySet<SourceStatus> = new Set([
  'RATE_LIMITED',
  'TIMED_OUT',
  'UNAVAILABLE',
  'OVERLOADED',
  'MALFORMED',
]);

/** Refused or missing credentials need a person, a truncated answer another query: a retry helps neither. */
function mayImprove(report: ReportFragment): boolean {
  if (mayRecover.has(report.status)) return true;
  if (report.staleBecause) return mayRecover.has(report.staleBecause);
  const answered = report.status === 'MATCHED' || report.status === 'NO_MATCH' || report.status === 'NOT_APPLICABLE';
  // Answered, and still missing from the verdict: there is no answer about the host of the URL or e-mail address.
  return answered && !report.limits.some(limit => limit === 'TRUNCATED' || limit === 'COVERING_ONLY');
}

/** The reports of sources whose answer is missing, stale or incomplete and may be better after a retry. */
export const retryableReports = (row: BoardRow): readonly ReportFragment[] =>
  row.sources.filter(
    report => mayRecover.has(report.status) || (row.verdict.missing.includes(report.source) && mayImprove(report)),
  );

/**
 * Seconds until a row is fetched again; undefined when that would change nothing. Never before the time that a source
 * named, with backoff up to five minutes.
 */
export function secondsUntilRetry(reports: readonly ReportFragment[], attempts: number): number | undefined {
  if (reports.length === 0) return undefined;
  const named = Math.max(0, ...reports.map(report => report.retryAfterSeconds ?? 0));
  return Math.max(Math.ceil(named), backoffSeconds(named > 0 ? attempts - 1 : attempts));
}

export const backoffSeconds = (attempts: number) => (attempts < 0 ? 1 : Math.min(300, 10 * 2 ** attempts));

/** Whether records that were not read may have a later `lastSeen` than those that were. */
export const mayBeSeenLater = ({ argus }: BoardRow): boolean =>
  (argus.membershipCount ?? 0) > (argus.memberships?.length ?? 0);
