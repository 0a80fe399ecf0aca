/** Why a row has its verdict, and what each source reported. */
import { defangText, escapeUnsafe } from '../../clients/safe-text.ts';
import type { ReportFragment } from './generated/graphql.ts';
import { Shape, SourceBadge } from './marks.tsx';
import type { BoardRow } from './triage.ts';

interface ReasonsProps {
  readonly row: BoardRow;
  readonly readFrom: string | undefined;
  readonly otherSpellings: readonly string[];
}

export function Reasons({ row, readFrom, otherSpellings }: ReasonsProps) {
  return (
    <div className="part wide">
      <h3>Why</h3>
      <p className="summary">{row.verdict.summary}</p>
      <ul className="reasons">
        {distinctReasons(row).map(reason => (
          <li key={reason.detail}>
            <Shape of={reason.effect ?? 'PENDING'} />
            <span>{reason.detail}</span>
          </li>
        ))}
      </ul>
      {row.sources.map(report => (
        <ReportLine key={report.source} report={report} />
      ))}
      {readFrom !== undefined && <p className="muted">Read from the line: {readFrom}</p>}
      {otherSpellings.length > 0 && (
        <p className="muted">Also given as {otherSpellings.map(defangText).map(escapeUnsafe).join(', ')}</p>
      )}
    </div>
  );
}

/** One evidence can fulfil several rules: it is shown once, with the strongest effect. */
const distinctReasons = ({ verdict: { reasons } }: BoardRow) =>
  reasons.filter(({ detail }, at) => reasons.findIndex(other => other.detail === detail) === at);

const limitWords = {
  LAST_30_DAYS: 'logs of the last 30 days only',
  READABLE_LISTS_ONLY: 'lists that the key can read only',
  STATES_FILTERED: 'records in some states only',
  EXACT_VALUE_ONLY: 'this exact value only',
  TYPE_NOT_DOCUMENTED: 'not known to hold this kind, its silence proves nothing',
  HOST_ONLY: 'only the host of it is known to be looked up',
  DEFAULT_MATCHER_ONLY: 'by the default matcher only',
  COVERING_ONLY: 'about what is around it only',
  TRUNCATED: 'not all of it could be read',
  PERSONAL_DATA_HIDDEN: 'hosts, users, assets and who reviewed are not shown',
  ROWS_MOVED: 'rows moved between pages, some may be missing',
} as const;

function ReportLine({ report }: { readonly report: ReportFragment }) {
  const { limits, detail, servedFrom } = report;
  return (
    <p className="report">
      <SourceBadge report={report} />
      <span className="muted">
        {[servedFrom === 'CACHE' && 'from cache', detail, ...limits.map(limit => limitWords[limit])]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </p>
  );
}
