/**
 * How many calls one question may cost beside its first and the pages that it needs: smaller parts, refused properties, pages
 * that are read again or that Argus shortens to next to nothing.
 */
export interface FurtherCalls {
  /** Whether one more may be made, which then counts. */
  take(): boolean;
  left(): number;
  /** The call that was taken last brought so many rows: it does not count where a page may have so few. */
  sawPage(rows: number): void;
}

const maxFurtherCalls = 32;
/** No server is set to fewer. */
const rowsOfPage = 5;
/** As many as 10,000 rows have where a page has 25, which is Argus's own default. */
const maxPages = 400;

export function createFurtherCalls(): FurtherCalls {
  let left = maxFurtherCalls;
  let pages = 0;
  return {
    take() {
      if (left === 0) return false;
      left--;
      return true;
    },
    left: () => left,
    sawPage(rows) {
      if (rows < rowsOfPage || pages === maxPages) return;
      pages++;
      left++;
    },
  };
}
