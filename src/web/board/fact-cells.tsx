/** The cells of a row that show what the sources know. */
import { lastSeen } from '../../clients/last-seen.ts';
import { countLists } from '../../clients/listed-around.ts';
import { compact, count, day, plural } from './format.ts';
import { around } from './item.ts';
import { SourceBadge } from './marks.tsx';
import { type BoardRow, mayBeSeenLater } from './triage.ts';

export function FactCells({ row }: { readonly row: BoardRow | undefined }) {
  if (!row) return <td className="none" colSpan={6} />;
  const { threat } = row.datadog;
  return (
    <>
      <Score score={threat?.score ?? null} />
      <td className="number">
        {threat?.logMatches == null ? (
          <None />
        ) : (
          <span title={count(threat.logMatches)}>{compact(threat.logMatches)}</span>
        )}
      </td>
      <Lists row={row} />
      <LastSeen row={row} />
      <td className="triage">{threat?.triageState ? triageWords[threat.triageState] : <None />}</td>
      <td className="sources">
        {row.sources.map(report => (
          <SourceBadge key={report.source} report={report} />
        ))}
      </td>
    </>
  );
}

const triageWords = { NOT_REVIEWED: 'To review', REVIEWED: 'Reviewed', UNKNOWN: 'Unknown' } as const;

export const None = () => (
  <span className="none">
    <span aria-hidden="true">–</span>
    <span className="unseen">unknown</span>
  </span>
);

export function Score({ score }: { readonly score: number | null }) {
  if (score === null) {
    return (
      <td className="score">
        <None />
      </td>
    );
  }
  return (
    <td className="score">
      <span>{Math.round(score * 10) / 10}</span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="4" />
        <rect
          className="bar"
          data-high={score >= 70}
          data-mid={score >= 30}
          width={Math.min(100, Math.max(0, score))}
          height="4"
        />
      </svg>
    </td>
  );
}

/** Never "none" beside a listed parent, block or host, nor where nobody could look for one. */
export function Lists({ row }: { readonly row: BoardRow }) {
  const { membershipCount, memberships } = row.argus;
  const listed = around({ row });
  const aroundCount = countLists(listed ?? []);
  const [text, all] =
    membershipCount !== null && membershipCount > 0
      ? [plural(membershipCount, 'record'), (memberships ?? []).map(({ list }) => list.shortName)]
      : aroundCount > 0
        ? [`${aroundCount} around it`, (listed ?? []).flatMap(({ lists }) => lists)]
        : [membershipCount === null || listed === null ? undefined : 'none', []];
  const names = [...new Set(all)].join(', ');
  return (
    <td className="lists">
      {text ?? <None />}
      <span className="second" title={names}>
        <bdi>{names}</bdi>
      </span>
    </td>
  );
}

function LastSeen({ row }: { readonly row: BoardRow }) {
  const at = lastSeen(row);
  return (
    <td className="seen">
      {at === undefined ? <None /> : <time dateTime={at}>{day(at)}</time>}
      {at !== undefined && mayBeSeenLater(row) && <span className="second">or later</span>}
    </td>
  );
}
