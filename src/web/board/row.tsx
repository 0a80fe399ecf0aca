import { memo, type RefCallback } from 'react';
import { Details } from './details.tsx';
import { defangText } from './export.ts';
import { compact, count, day, plural } from './format.ts';
import { AgainIn, SourceBadge, sourceWords, VerdictMark } from './marks.tsx';
import type { BoardEntry } from './session.ts';
import { type BoardRow, lastSeenOf, type Standing, standingWords } from './triage.ts';

/** The actions of a row. All rows share one object, so that it causes no re-rendering. */
export interface RowActions {
  readonly toggleOpen: (key: string) => void;
  readonly toggleSelected: (key: string) => void;
  readonly moveTo: (key: string) => void;
  readonly hold: (key: string) => RefCallback<HTMLElement>;
}

export interface RowProps {
  readonly entry: BoardEntry;
  readonly row: BoardRow | undefined;
  readonly standing: Standing;
  readonly isOpen: boolean;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  readonly actions: RowActions;
}

const columnCount = 10;

export const BoardLine = memo(function BoardLine(props: RowProps) {
  const { entry, row, standing, isOpen, isSelected, isCurrent, actions } = props;
  const shown = row?.defanged ?? defangText(entry.key);
  const tabIndex = isCurrent ? 0 : -1;
  return (
    <>
      {/* The mouse may hit the row anywhere; the keyboard and screen readers have the button in it. */}
      <tr
        className="line"
        data-standing={standing}
        data-current={isCurrent}
        data-asking={entry.phase === 'ASKING'}
        onClick={event => isPlainClick(event.target) && actions.toggleOpen(entry.key)}
      >
        <td className="pick">
          <input
            type="checkbox"
            checked={isSelected}
            tabIndex={tabIndex}
            aria-label={`Select ${shown}`}
            onChange={() => actions.toggleSelected(entry.key)}
          />
        </td>
        <td>
          <VerdictMark standing={standing} />
          <Second entry={entry} row={row} />
        </td>
        <th scope="row">
          <button
            type="button"
            className="value"
            ref={actions.hold(entry.key)}
            tabIndex={tabIndex}
            aria-expanded={isOpen}
            title={shown}
            onClick={() => actions.toggleOpen(entry.key)}
            onFocus={() => actions.moveTo(entry.key)}
          >
            <bdi>{shown}</bdi>
          </button>
          <Kind entry={entry} row={row} />
        </th>
        <Reason entry={entry} row={row} standing={standing} />
        <Facts row={row} />
      </tr>
      {isOpen && (
        <tr className="opened">
          <td colSpan={columnCount}>
            <Details value={row?.value} row={row} shown={shown} problem={entry.problem} alsoAs={entry.alsoAs} />
          </td>
        </tr>
      )}
    </>
  );
});

/** A click that opens the row: not on a control, and not the end of a text selection. */
const isPlainClick = (target: EventTarget) =>
  target instanceof Element && !target.closest('button, input') && (getSelection()?.isCollapsed ?? true);

function Second({ entry, row }: { readonly entry: BoardEntry; readonly row: BoardRow | undefined }) {
  const missing = row?.verdict.missing.map(source => sourceWords[source]) ?? [];
  if (entry.phase === 'ASKING')
    return <span className="second">{row || entry.attempts > 0 ? 'asking again' : ''}</span>;
  if (entry.againAt !== undefined) {
    return (
      <span className="second">
        <AgainIn at={entry.againAt} />
      </span>
    );
  }
  if (missing.length > 0) return <span className="second">without {missing.join(' and ')}</span>;
  if (row?.verdict.conflicting) return <span className="second">sources disagree</span>;
  return <span className="second">{entry.phase === 'WAITING' ? 'in the queue' : ''}</span>;
}

function Kind({ entry, row }: { readonly entry: BoardEntry; readonly row: BoardRow | undefined }) {
  const words = [row?.type, row?.specialUse, entry.alsoAs.length > 0 && `given ${entry.alsoAs.length + 1} times`];
  return <span className="second">{words.filter(Boolean).join(' · ')}</span>;
}

function Reason({
  entry,
  row,
  standing,
}: {
  readonly entry: BoardEntry;
  readonly row: BoardRow | undefined;
  readonly standing: Standing;
}) {
  const [first, ...others] = row?.verdict.reasons ?? [];
  const text =
    entry.failure ?? first?.detail ?? entry.problem ?? (standing === 'UNASKED' ? '' : standingWords[standing]);
  return (
    <td className="reason">
      <span className="clamp" title={text}>
        {text}
        {others.length > 0 && <span className="more"> +{others.length}</span>}
      </span>
    </td>
  );
}

function Facts({ row }: { readonly row: BoardRow | undefined }) {
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
      <Seen row={row} />
      <td className="triage">{threat?.triageState ? triageWords[threat.triageState] : <None />}</td>
      <td className="sources">
        <SourceBadge report={row.datadog.report} />
        <SourceBadge report={row.argus.report} />
      </td>
    </>
  );
}

const triageWords = { NOT_REVIEWED: 'To review', REVIEWED: 'Reviewed', UNKNOWN: 'Unknown' } as const;

const None = () => (
  <span className="none">
    <span aria-hidden="true">–</span>
    <span className="unseen">unknown</span>
  </span>
);

function Score({ score }: { readonly score: number | null }) {
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

function Lists({ row }: { readonly row: BoardRow }) {
  const { membershipCount, memberships } = row.argus;
  const names = [...new Set(memberships?.map(({ list }) => list.shortName))];
  if (membershipCount === null) {
    return (
      <td>
        <None />
      </td>
    );
  }
  return (
    <td className="lists">
      {membershipCount === 0 ? 'none' : plural(membershipCount, 'record')}
      <span className="second" title={names.join(', ')}>
        {names.join(', ')}
      </span>
    </td>
  );
}

function Seen({ row }: { readonly row: BoardRow }) {
  const { at, mayBeLater } = lastSeenOf(row);
  return (
    <td className="seen">
      {at === undefined ? <None /> : <time dateTime={at}>{day(at)}</time>}
      {at !== undefined && mayBeLater && <span className="second">or later</span>}
    </td>
  );
}
