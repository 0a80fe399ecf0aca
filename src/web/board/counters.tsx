import { Shape } from './marks.tsx';
import { type Standing, standings, standingWords } from './triage.ts';
import type { Counter } from './use-board.ts';

interface CountersProps {
  readonly counts: ReadonlyMap<Counter, number>;
  readonly pressed: ReadonlySet<Counter>;
  readonly onPress: (counter: Counter) => void;
}

/** Shown at zero too, so that a count that appears moves nothing. These two are rare enough to come and go at the end. */
const rare: ReadonlySet<Counter> = new Set<Standing>(['UNUSABLE', 'UNANSWERED']);

export function Counters({ counts, pressed, onPress }: CountersProps) {
  const always = standings.filter(standing => !rare.has(standing));
  const sometimes = standings.filter(standing => rare.has(standing) && counts.has(standing));
  const one = (counter: Counter) => (
    <CounterButton
      key={counter}
      counter={counter}
      count={counts.get(counter) ?? 0}
      isPressed={pressed.has(counter)}
      onPress={onPress}
    />
  );
  return (
    <nav className="counters" aria-label="Filter rows by verdict">
      {always.map(one)}
      <span className="gap" />
      {one('UNHEARD')}
      {sometimes.map(one)}
    </nav>
  );
}

interface CounterButtonProps {
  readonly counter: Counter;
  readonly count: number;
  readonly isPressed: boolean;
  readonly onPress: (counter: Counter) => void;
}

function CounterButton({ counter, count, isPressed, onPress }: CounterButtonProps) {
  const words = counter === 'UNHEARD' ? 'unanswered' : standingWords[counter].toLowerCase();
  return (
    <button
      type="button"
      className="counter"
      data-standing={counter}
      data-zero={count === 0}
      aria-pressed={isPressed}
      onClick={() => onPress(counter)}
    >
      {counter !== 'UNHEARD' && <Shape of={counter} />}
      <span className="count">{count.toLocaleString('en')}</span> {words}
    </button>
  );
}
