/** How far the board is, for the eye and for screen readers. */
import { plural } from './format.ts';
import { standings, standingWords } from './triage.ts';
import type { Filter } from './use-filter.ts';

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
}

export function StatusBar({ notice, selectedCount, counts, total }: StatusBarProps) {
  const isDone = total > 0 && !counts.has('PENDING');
  const counted = standings
    .filter(standing => counts.has(standing))
    .map(standing => `${counts.get(standing)} ${standingWords[standing].toLowerCase()}`);
  return (
    <footer>
      <span role="status">{notice}</span>
      <span>{selectedCount > 0 && `${plural(selectedCount, 'row')} selected`}</span>
      <span className="unseen" role="status">
        {isDone && `${plural(total, 'row')}: ${counted.join(', ')}`}
      </span>
    </footer>
  );
}
