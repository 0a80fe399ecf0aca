/** Where the search of a page begins, by the position behind the page before it. */
import { badInput } from '../../../graphql/error-codes.ts';
import { maxOffset } from '../client.ts';
import { truncated } from '../errors.ts';
import type { CursorPosition } from './cursor-position.ts';
import type { PageStart } from './resume-filter.ts';

/** Of the current value. They are read again where that is cheap, because rows may move under an offset. */
const maxRereadRecords = 1000;

export const isByValue = (sortBy: readonly string[]): boolean =>
  sortBy.length === 1 && /^-?value$/.test(sortBy[0] as string);

/** Throws where Argus lets nobody read on. */
export function startOf(position: CursorPosition | undefined, sortBy: readonly string[]): PageStart {
  if (position === undefined) return { afterValue: undefined, offset: 0, repeats: 0 };
  const { afterValue, offset, lastCompleteValue, currentCount } = position;
  const sameSearch = { afterValue, offset, repeats: 0 };
  if (!isByValue(sortBy)) {
    if (offset >= maxOffset) throw noFurther();
    return sameSearch;
  }
  const newSearch = { afterValue: lastCompleteValue, offset: 0, repeats: currentCount };
  if (currentCount <= maxRereadRecords) return newSearch;
  if (offset < maxOffset) return sameSearch;
  if (lastCompleteValue !== afterValue) return newSearch;
  throw truncated();
}

const noFurther = () =>
  badInput(
    'In this order Argus reads 10,000 records and no more. Only an order by VALUE alone goes on: ' +
      'orderBy: [{ field: VALUE, direction: ASC }].',
    'orderBy',
  );
