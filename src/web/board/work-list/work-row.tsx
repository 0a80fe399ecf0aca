import { memo } from 'react';
import { explanationIn } from '../../../clients/explanation.ts';
import { Lists, None, Score } from '../fact-cells.tsx';
import { compact, count, day } from '../format.ts';
import type { TriageStateFilter } from '../generated/graphql.ts';
import { VerdictMark } from '../marks.tsx';
import { gapIn, isPlainClick, type RowActions } from '../row.tsx';
import { standingWords } from '../triage.ts';
import { Opened } from './opened.tsx';
import { ReviewCell } from './review-cell.tsx';
import { shownName, stateOf, type WorkItem } from './work-item.ts';

/** All rows share one object, so that it causes no re-rendering. */
export interface WorkActions extends Pick<RowActions, 'toggleOpen' | 'moveTo' | 'refFor'> {
  readonly mark: (item: WorkItem, state: TriageStateFilter) => void;
}

interface WorkRowProps {
  readonly item: WorkItem;
  readonly isOpen: boolean;
  /** It is the row that the keys work on. */
  readonly isCurrent: boolean;
  /** Tab reaches its controls. */
  readonly isInTabOrder: boolean;
  readonly forbidden: string | undefined;
  readonly actions: WorkActions;
}

export const headings = ['Verdict', 'Indicator', 'Why', 'Score', 'Lists', 'Seen', 'Log hits', 'Signals', 'Review'];

export const WorkRow = memo(function WorkRow(props: WorkRowProps) {
  const { item, isOpen, actions } = props;
  const { entry, listed, row, standing } = item;
  return (
    <>
      {/* The mouse may hit the row anywhere; the keyboard and screen readers have the button in it. */}
      <tr
        className="line"
        data-standing={standing}
        data-current={props.isCurrent}
        data-reviewed={stateOf(item) === 'REVIEWED'}
        onClick={event => {
          if (!isPlainClick(event.target)) return;
          actions.moveTo(entry.key);
          actions.toggleOpen(entry.key);
        }}
      >
        <td className="judged">
          <VerdictMark standing={standing} isDisputed={false} />
          <span className="second">
            {row && [row.verdict.conflicting && 'disputed', gapIn(row)].filter(Boolean).join(' · ')}
          </span>
        </td>
        <ValueCell {...props} />
        <ReasonCell {...item} />
        <Score score={listed.score} />
        {row ? (
          <Lists row={row} />
        ) : (
          <td className="lists">
            <None />
          </td>
        )}
        <SeenCell {...item} />
        <NumberCell value={listed.logMatches} name="log hits" />
        <NumberCell value={listed.signalMatches} name="signals" />
        <ReviewCell item={item} isCurrent={props.isInTabOrder} forbidden={props.forbidden} onMark={actions.mark} />
      </tr>
      {isOpen && (
        <tr className="opened">
          <td colSpan={headings.length}>
            <Opened item={item} />
          </td>
        </tr>
      )}
    </>
  );
});

function ValueCell({ item, isOpen, isInTabOrder, actions }: WorkRowProps) {
  const { entry, listed, row } = item;
  const notes = [row?.type ?? listed.indicatorType, ...listed.categories, row?.specialUse].filter(Boolean).join(' · ');
  return (
    <th scope="row">
      <button
        type="button"
        className="value"
        ref={actions.refFor(entry.key)}
        tabIndex={isInTabOrder ? 0 : -1}
        aria-expanded={isOpen}
        title={shownName(item)}
        onClick={() => actions.toggleOpen(entry.key)}
        onFocus={() => actions.moveTo(entry.key)}
      >
        <bdi>{shownName(item)}</bdi>
      </button>
      <span className="second" title={notes}>
        <bdi>{notes}</bdi>
      </span>
    </th>
  );
}

function ReasonCell({ listed, row, standing }: WorkItem) {
  const text = row ? explanationIn(row.verdict.summary) : (listed.problem ?? standingWords[standing]);
  return (
    <td className="reason">
      <span className="clamp" title={text}>
        {text}
      </span>
    </td>
  );
}

function SeenCell({ listed: { firstSeen, lastSeen } }: WorkItem) {
  return (
    <td className="seen">
      {lastSeen === null ? <None /> : <time dateTime={lastSeen}>{day(lastSeen)}</time>}
      <span className="second">{firstSeen !== null && `since ${day(firstSeen)}`}</span>
    </td>
  );
}

const NumberCell = ({ value, name }: { readonly value: number | string | null; readonly name: string }) => (
  <td className="number">
    {value === null ? <None /> : <span title={count(value)}>{compact(value)}</span>}
    <span className="narrow-only"> {name}</span>
  </td>
);
