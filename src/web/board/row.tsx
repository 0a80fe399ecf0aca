import { memo, type RefCallback, useMemo } from 'react';
import { explanationIn } from '../../clients/explanation.ts';
import { Details } from './details.tsx';
import { FactCells } from './fact-cells.tsx';
import { plural } from './format.ts';
import { around, type Item, lineReadFrom, shownValue } from './item.ts';
import { RetryCountdown, sourceNames, VerdictMark } from './marks.tsx';
import { type BoardRow, standingWords } from './triage.ts';
import type { Cursor } from './use-cursor.ts';
import type { ToggleSet } from './use-toggle-set.ts';

/** The actions of a row. All rows share one object, so that it causes no re-rendering. */
export interface RowActions {
  readonly toggleOpen: (key: string) => void;
  readonly toggleSelected: (key: string) => void;
  readonly moveTo: (key: string) => void;
  readonly refFor: (key: string) => RefCallback<HTMLElement>;
}

export function useRowActions(open: ToggleSet<string>, selected: ToggleSet<string>, cursor: Cursor): RowActions {
  const [toggleOpen, toggleSelected] = [open.toggle, selected.toggle];
  const { moveTo, refFor } = cursor;
  return useMemo(() => ({ toggleOpen, toggleSelected, moveTo, refFor }), [toggleOpen, toggleSelected, moveTo, refFor]);
}

interface RowProps extends Item {
  readonly isOpen: boolean;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  readonly actions: RowActions;
}

const columnCount = 10;

export const BoardLine = memo(function BoardLine(props: RowProps) {
  const { entry, row, standing, isOpen, actions } = props;
  return (
    <>
      {/* The mouse may hit the row anywhere; the keyboard and screen readers have the button in it. */}
      <tr
        className="line"
        data-standing={standing}
        data-current={props.isCurrent}
        data-fetching={entry.phase === 'FETCHING'}
        onClick={event => isPlainClick(event.target) && actions.toggleOpen(entry.key)}
      >
        <SelectCell {...props} />
        <td>
          <VerdictMark standing={standing} isDisputed={row?.verdict.conflicting ?? false} />
          <Progress {...props} />
        </td>
        <ValueCell {...props} />
        <ReasonCell {...props} />
        <FactCells row={row} />
      </tr>
      {isOpen && (
        <tr className="opened">
          <td colSpan={columnCount}>
            <Details item={props} />
          </td>
        </tr>
      )}
    </>
  );
});

/** A click that opens the row: not on a control, and not the end of a text selection. */
export const isPlainClick = (target: EventTarget) =>
  target instanceof Element && !target.closest('button, input') && (getSelection()?.isCollapsed ?? true);

const SelectCell = ({ isSelected, isCurrent, actions, ...item }: RowProps) => (
  <td className="pick">
    <input
      type="checkbox"
      checked={isSelected}
      tabIndex={isCurrent ? 0 : -1}
      aria-label={`Select ${shownValue(item)}`}
      onChange={() => actions.toggleSelected(item.entry.key)}
    />
  </td>
);

/** What the verdict lacks, and whether it may still change. */
function Progress({ entry, row }: Item) {
  const gap = row && gapIn(row);
  const isFetching = entry.phase === 'FETCHING';
  const isWaiting = !isFetching && entry.retryAt !== undefined;
  return (
    <span className="second" title={gap}>
      {gap}
      {gap && (isFetching || isWaiting) && ' · '}
      {isFetching && (row || entry.attempts > 0) && 'retrying'}
      {isWaiting && <RetryCountdown at={entry.retryAt} />}
      {entry.phase === 'QUEUED' && 'in the queue'}
    </span>
  );
}

export function gapIn({ verdict: { level, missing } }: BoardRow): string | undefined {
  if (missing.length > 0) return `without ${missing.map(source => sourceNames[source]).join(' and ')}`;
  return level === 'INCONCLUSIVE' ? 'no source for its kind' : undefined;
}

function ValueCell({ isOpen, isCurrent, actions, ...item }: RowProps) {
  const { key, otherSpellings } = item.entry;
  const { row } = item;
  const shown = shownValue(item);
  const readFrom = lineReadFrom(item);
  const notes = [
    row?.type,
    readFrom !== undefined && `read from: ${readFrom}`,
    ...(around(item) ?? []).map(
      ({ relation, value, lists }) => `${relation} ${value} (${plural(lists.length, 'list')})`,
    ),
    row?.specialUse,
    otherSpellings.length > 0 && `given ${otherSpellings.length + 1} times`,
  ].filter(Boolean);
  return (
    <th scope="row">
      <button
        type="button"
        className="value"
        ref={actions.refFor(key)}
        tabIndex={isCurrent ? 0 : -1}
        aria-expanded={isOpen}
        title={shown}
        onClick={() => actions.toggleOpen(key)}
        onFocus={() => actions.moveTo(key)}
      >
        <bdi>{shown}</bdi>
      </button>
      <span className="second" title={notes.join(' · ')}>
        <bdi>{notes.join(' · ')}</bdi>
      </span>
    </th>
  );
}

function ReasonCell({ entry, row, standing }: Item) {
  const fallback = standing === 'PENDING' ? '' : standingWords[standing];
  const text = entry.failure ?? (row && explanationIn(row.verdict.summary)) ?? entry.problem ?? fallback;
  return (
    <td className="reason">
      <span className="clamp" title={text}>
        {text}
      </span>
    </td>
  );
}
