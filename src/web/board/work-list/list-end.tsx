/** What stands under the last row: that the next page is read when it comes into sight, that it failed, or that there is none. */
import { useEffect, useRef } from 'react';
import { plural } from '../format.ts';
import { RetryCountdown } from '../marks.tsx';
import { maxRows, type Pages, type PagesView } from './pages.ts';
import type { ListedRow } from './requests.ts';

interface ListEndProps {
  readonly view: PagesView<ListedRow>;
  readonly pages: Pages<ListedRow>;
}

export function ListEnd({ view, pages }: ListEndProps) {
  const end = useRef<HTMLDivElement>(null);
  // Observed anew after each page, for the end may still be in sight. Well before it is, so that nobody waits.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page changes `view`
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && pages.more(), {
      root: element.closest('main'),
      rootMargin: '800px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [pages, view]);
  return (
    <div className="list-end" ref={end}>
      <Words view={view} />
      {view.failure && (
        <p className="failure" role="alert">
          <span>
            {view.rows.length > 0 ? 'The next page could not be read' : 'The list could not be read'}:{' '}
            {view.failure.error.message}
          </span>{' '}
          {view.failure.retryAt !== undefined && <RetryCountdown at={view.failure.retryAt} />}
          <button type="button" className="quiet" onClick={pages.retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

function Words({ view: { phase, rows, total, hasMoved } }: Pick<ListEndProps, 'view'>) {
  if (phase === 'READING') return <p className="muted">{rows.length > 0 ? 'Reading the next page …' : 'Reading …'}</p>;
  return (
    <>
      {phase === 'COMPLETE' && <p className="muted">{rows.length > 0 ? 'That is all.' : 'No row fits.'}</p>}
      {phase === 'FULL' && (
        <p className="muted">
          The page shows {plural(maxRows, 'row')}
          {total !== null && ` of ${total.toLocaleString('en')}`}. Narrow the question, or read again when these are
          reviewed.
        </p>
      )}
      {hasMoved && (
        <p className="muted">Rows moved while the pages were read, so some may be missing: read again to see them.</p>
      )}
    </>
  );
}
