/** Holds back what a walk has delivered already when it begins again behind its edge, and what breaks its order. */
import { UpstreamError } from '../../../http-client/errors.ts';
import { type CursorPosition, isSameValue, readTags } from './cursor-position.ts';

interface Row {
  readonly recordId: string;
  readonly value: string;
}

export interface ResumeFilter {
  /** Throws where the rows do not go on from where the walk stood. */
  wasDelivered(row: Row): boolean;
  /** Rows still to come again, at the most. */
  toDrop(): number;
}

/** Where a page begins. */
export interface PageStart {
  /** Its `afterValue`. */
  readonly base: string | undefined;
  readonly offset: number;
  /** Records of the place's own value that come again. */
  readonly again: number;
}

/** An edge with more records costs a further call rather than a page of rows for nothing. */
const mostForEdge = 1000;

export function createResumeFilter(
  start: CursorPosition | undefined,
  { base, offset, again: most }: PageStart,
  isUpwards: boolean,
): ResumeFilter {
  const isTagged = readTags(start?.tags);
  let again = most;
  let isInGroup = false;
  // Records of the edge come again only where Argus begins with them, and then first.
  let isLeading = base !== undefined && offset === 0;

  /** Order is Argus's own, so it is judged only where the value that the walk stood in does not come first. */
  const checkDirection = (value: string): void => {
    if (base === undefined || isSameValue(value, start?.group)) return;
    if (isUpwards ? value < base : value > base) throw disorder();
  };

  return {
    wasDelivered({ value, recordId }) {
      if (isLeading && isSameValue(value, base)) return true;
      if (isLeading) checkDirection(value);
      isLeading = false;
      const isOfGroup = again > 0 && isSameValue(value, start?.group);
      if (isInGroup && !isOfGroup) again = 0; // some of them are gone
      isInGroup ||= isOfGroup;
      if (!isOfGroup || isTagged?.(recordId) === false) return false;
      again--;
      return true;
    },
    toDrop: () => again + (isLeading && start?.isInclusive !== false ? Math.min(start?.edgeSize ?? 0, mostForEdge) : 0),
  };
}

/** Throws when a value comes back that the rows had left behind: they were not sorted. */
export function createOrderCheck(): (value: string) => void {
  const left = new Set<string>();
  let current: string | undefined;
  return value => {
    if (isSameValue(value, current)) return;
    if (left.has(value)) throw disorder();
    if (current !== undefined) left.add(current);
    current = value;
  };
}

const disorder = (): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', 'Argus did not keep to the order that was asked.');
