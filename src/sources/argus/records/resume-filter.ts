/**
 * Drops the rows that earlier pages have delivered. A search that goes on behind the last complete value sends the
 * delivered records of the current value again, and where `afterValue` is inclusive also those of that value:
 *
 *     delivered        a1 a2 b3 b4                 last complete value a, current value b
 *     search           afterValue "a", offset 0
 *     rows             a1 a2 b3 b4 b5 c6           a1 and a2 only where `afterValue` is inclusive
 *     dropped          a1 a2 b3 b4
 *     new                          b5 c6
 *
 * It also detects rows that do not go on from there: with them a client would read the same pages for ever.
 */
import { malformed } from '../errors.ts';
import { type CursorPosition, isSameValue, readSeenIds } from './cursor-position.ts';

interface ResumedRow {
  readonly recordId: string;
  readonly value: string;
}

export interface ResumeFilter {
  /** For each row, in their order. Throws UpstreamError where they do not go on from the position. */
  wasDelivered(row: ResumedRow): boolean;
  /** How many of the rows to come may be dropped, at most. */
  maxRepeats(): number;
}

/** The search with which a page begins. */
export interface PageStart {
  readonly afterValue: string | undefined;
  readonly offset: number;
  /** How many delivered records of the position's current value the search sends again. */
  readonly repeats: number;
}

/** Where the last complete value has more records, a further call is cheaper than to request rows for all of them. */
const maxLastCompleteRows = 1000;

/** `position` undefined: the first page, of which nothing is dropped. */
export function createResumeFilter(
  position: CursorPosition | undefined,
  { afterValue, offset, repeats }: PageStart,
  isAscending: boolean,
): ResumeFilter {
  const wasSeen = readSeenIds(position?.seenIds);
  let repeatsLeft = repeats;
  let isInCurrentValue = false;
  // Records of `afterValue` itself come only as the first rows of a search.
  let mayBeAfterValue = afterValue !== undefined && offset === 0;

  /** Argus decides how values compare, so nothing is checked where the current value comes first, as it should. */
  const checkDirection = (value: string): void => {
    if (afterValue === undefined || isSameValue(value, position?.currentValue)) return;
    if (isAscending ? value < afterValue : value > afterValue) throw outOfOrder();
  };

  return {
    wasDelivered({ value, recordId }) {
      if (mayBeAfterValue && isSameValue(value, afterValue)) return true;
      if (mayBeAfterValue) checkDirection(value);
      mayBeAfterValue = false;
      const isRepeat = repeatsLeft > 0 && isSameValue(value, position?.currentValue);
      if (isInCurrentValue && !isRepeat) repeatsLeft = 0; // some of the delivered records no longer exist
      isInCurrentValue ||= isRepeat;
      if (!isRepeat || wasSeen?.(recordId) === false) return false;
      repeatsLeft--;
      return true;
    },
    maxRepeats() {
      if (!mayBeAfterValue || position?.isInclusive === false) return repeatsLeft;
      return repeatsLeft + Math.min(position?.lastCompleteCount ?? 0, maxLastCompleteRows);
    },
  };
}

/** Called with each value in its order; throws UpstreamError when one comes back after another: the rows are not sorted. */
export function createOrderCheck(): (value: string) => void {
  const completed = new Set<string>();
  let current: string | undefined;
  return value => {
    if (isSameValue(value, current)) return;
    if (completed.has(value)) throw outOfOrder();
    if (current !== undefined) completed.add(current);
    current = value;
  };
}

const outOfOrder = () => malformed('Argus did not keep to the order that was asked.');
