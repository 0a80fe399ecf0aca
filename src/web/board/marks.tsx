/** Verdicts and sources as marks: always word, shape and colour together, never colour alone. */
import { useTicking } from './clock.ts';
import { duration, secondsSince } from './format.ts';
import type { ReportFragment, SourceName, SourceStatus } from './generated/graphql.ts';
import { type Standing, standingWords } from './triage.ts';

export const sourceNames: Record<SourceName, string> = { DATADOG: 'Datadog', ARGUS: 'Argus' };

export const statusWords: Record<SourceStatus, string> = {
  MATCHED: 'match',
  NO_MATCH: 'no match',
  NOT_APPLICABLE: 'not its type',
  NOT_QUERIED: 'not queried',
  UNCONFIGURED: 'not connected here',
  DENIED: 'refused',
  REJECTED: 'rejected',
  RATE_LIMITED: 'rate limited',
  TIMED_OUT: 'timed out',
  UNAVAILABLE: 'unavailable',
  OVERLOADED: 'not asked: overload',
  WITHHELD: 'withheld',
  MALFORMED: 'unreadable',
};

/** Why a source has nothing to show, as its report says. */
export const noDataReason = ({ source, status, detail }: ReportFragment): string =>
  detail ?? `${sourceNames[source]}: ${statusWords[status]}.`;

const shapes: Record<Standing, string> = {
  MALICIOUS: 'M5.2 1h5.600L15 5.200v5.600L10.800 15H5.200L1 10.800V5.200zM5 5l6 6M11 5l-6 6',
  SUSPICIOUS: 'M8 1.500 15 14H1zM8 6v4M8 11.600v.400',
  INCONCLUSIVE:
    'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zM6 6.200a2 2 0 1 1 2.600 2c-.400.150-.600.500-.600 1.100M8 11.400v.400',
  UNANSWERED: 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zM5 8h6',
  UNUSABLE: 'M3 3l10 10M13 3 3 13',
  INFORMATIONAL: 'M2 2h12v12H2zM8 7.500V11M8 4.800v.400',
  BENIGN: 'M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zM4.800 8.200l2.200 2.200 4.200-4.600',
  NO_MATCH: 'M8 2 14 8 8 14 2 8z',
  PENDING: 'M3.500 8h.010M8 8h.010M12.500 8h.010',
};

export const Shape = ({ of }: { readonly of: Standing }) => (
  <svg className="shape" data-standing={of} viewBox="0 0 16 16" aria-hidden="true">
    <path d={shapes[of]} />
  </svg>
);

interface VerdictMarkProps {
  readonly standing: Standing;
  /** Sources contradict each other. */
  readonly isDisputed: boolean;
}

export const VerdictMark = ({ standing, isDisputed }: VerdictMarkProps) => (
  <span className="verdict" data-standing={standing}>
    <Shape of={standing} />
    <span className="word">{standingWords[standing]}</span>
    {isDisputed && <span className="disputed">disputed</span>}
  </span>
);

export function RetryCountdown({ at }: { readonly at: number }) {
  return (
    <span className="retry">
      {useTicking(now => (at > now ? `retry in ${duration((at - now) / 1000)}` : 'retrying'))}
    </span>
  );
}

function Age({ of }: { readonly of: string }) {
  return <span className="age">{useTicking(now => duration(secondsSince(of, now)))}</span>;
}

/** A source's status and the age of its answer. A stale answer names the failure that it covers. */
export function SourceBadge({ report }: { readonly report: ReportFragment }) {
  const stale = report.staleBecause;
  const words = stale ? `stale, ${statusWords[stale]}` : statusWords[report.status];
  return (
    <span className="source" data-status={stale ? 'STALE' : report.status}>
      <span className="name">{sourceNames[report.source]}</span> <span className="status">{words}</span>{' '}
      {report.fetchedAt !== null && <Age of={report.fetchedAt} />}
    </span>
  );
}
