import { memo, type RefCallback, useMemo } from 'react';
import { Details } from './details.tsx';
import { FactCells } from './fact-cells.tsx';
import { type Item, shownValue } from './item.ts';
import { RetryCountdown, sourceNames, VerdictMark } from './marks.tsx';
import { standingWords } from './triage.ts';
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
          <VerdictMark standing={standing} />
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
const isPlainClick = (target: EventTarget) =>
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

/** Why the verdict may still change. */
function Progress({ entry, row }: Item) {
  const missing = row?.verdict.missing.map(source => sourceNames[source]) ?? [];
  if (entry.phase === 'FETCHING') return <span className="second">{row || entry.attempts > 0 ? 'retrying' : ''}</span>;
  if (entry.retryAt !== undefined) {
    return (
      <span className="second">
        <RetryCountdown at={entry.retryAt} />
      </span>
    );
  }
  if (missing.length > 0) return <span className="second">without {missing.join(' and ')}</span>;
  if (row?.verdict.conflicting) return <span className="second">sources disagree</span>;
  return <span className="second">{entry.phase === 'QUEUED' ? 'in the queue' : ''}</span>;
}

function ValueCell({ isOpen, isCurrent, actions, ...item }: RowProps) {
  const { key, otherSpellings } = item.entry;
  const { row } = item;
  const shown = shownValue(item);
  const notes = [row?.type, row?.specialUse, otherSpellings.length > 0 && `given ${otherSpellings.length + 1} times`];
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
      <span className="second">{notes.filter(Boolean).join(' · ')}</span>
    </th>
  );
}

function ReasonCell({ entry, row, standing }: Item) {
  const [first, ...others] = row?.verdict.reasons ?? [];
  const fallback = standing === 'PENDING' ? '' : standingWords[standing];
  const text = entry.failure ?? first?.detail ?? entry.problem ?? fallback;
  return (
    <td className="reason">
      <span className="clamp" title={text}>
        {text}
        {others.length > 0 && <span className="more"> +{others.length}</span>}
      </span>
    </td>
  );
}
