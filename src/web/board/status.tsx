/** How far the board is, for the eye and for screen readers. */
import { plural } from './format.ts';
import { TryAgain } from './text-dialog.tsx';
import { standings, standingWords } from './triage.ts';
import type { Filter } from './use-filter.ts';
import type { PastedTexts } from './use-pasted-texts.ts';

interface AnsweredBarProps {
  readonly counts: Filter['counts'];
  readonly total: number;
}

export function AnsweredBar({ counts, total }: AnsweredBarProps) {
  const pending = counts.get('PENDING') ?? 0;
  return (
    <progress
      className="progress"
      aria-label="Rows answered"
      max={Math.max(1, total)}
      value={total - pending}
      data-done={pending === 0}
    />
  );
}

interface StatusBarProps extends AnsweredBarProps {
  readonly notice: string;
  readonly selectedCount: number;
  readonly texts: PastedTexts;
  /** undefined: no text was pasted. */
  readonly onText: (() => void) | undefined;
}

export function StatusBar({ notice, selectedCount, counts, total, texts, onText }: StatusBarProps) {
  const isDone = total > 0 && !counts.has('PENDING');
  const counted = standings
    .filter(standing => counts.has(standing))
    .map(standing => `${counts.get(standing)} ${standingWords[standing].toLowerCase()}`);
  return (
    <footer>
      <span className="notice">
        <span role="status">{notice}</span>
        {onText && (
          <button type="button" className="quiet" onClick={onText}>
            Show the text
          </button>
        )}
        <TryAgain texts={texts} />
      </span>
      <span>{selectedCount > 0 && `${plural(selectedCount, 'row')} selected`}</span>
      <span className="unseen" role="status">
        {isDone && `${plural(total, 'row')}: ${counted.join(', ')}`}
      </span>
    </footer>
  );
}
