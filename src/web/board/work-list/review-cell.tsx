/** Whether a row is reviewed, who reviewed it before, and the button that marks it. */

import { day } from '../format.ts';
import type { TriageStateFilter } from '../generated/graphql.ts';
import { type Mark, opposite } from './marks.ts';
import { reviewedBefore, shownName, stateOf, type WorkItem } from './work-item.ts';

interface ReviewCellProps {
  readonly item: WorkItem;
  readonly isCurrent: boolean;
  readonly forbidden: string | undefined;
  readonly onMark: (item: WorkItem, state: TriageStateFilter) => void;
}

export function ReviewCell({ item, isCurrent, forbidden, onMark }: ReviewCellProps) {
  const next = opposite(stateOf(item) === 'REVIEWED' ? 'REVIEWED' : 'NOT_REVIEWED');
  const { mark } = item;
  const note = (mark && noteOf(mark)) ?? beforeOf(item);
  return (
    <td className="review">
      {mark?.phase === 'SENDING' ? (
        'Marking …'
      ) : (
        <>
          {stateOf(item) === 'REVIEWED' && <span className="reviewed">✓ Reviewed</span>}
          <button
            type="button"
            className="quiet"
            tabIndex={isCurrent ? 0 : -1}
            aria-label={`${actions[next]}: ${shownName(item)}`}
            disabled={forbidden !== undefined || item.listed.value === null}
            title={forbidden}
            onClick={() => onMark(item, next)}
          >
            {actions[next]}
          </button>
        </>
      )}
      {note !== '' && (
        <span className="second" title={note} data-phase={mark?.phase}>
          <bdi>{note}</bdi>
        </span>
      )}
    </td>
  );
}

const actions = { REVIEWED: 'Mark reviewed', NOT_REVIEWED: 'Set back' } as const;

function noteOf({ phase, detail }: Mark): string | undefined {
  if (phase === 'UNSURE') return `May be recorded: ${detail ?? 'nobody answered'}`;
  if (phase === 'FAILED') return `Not recorded: ${detail ?? 'no reason was given'}`;
  return undefined;
}

function beforeOf(item: WorkItem): string {
  const before = reviewedBefore(item);
  if (!before) return '';
  return `${item.listed.triageState === 'REVIEWED' ? '' : 'set back '}${day(before.at)} by ${before.by}`;
}
