import { Shape } from './marks.tsx';
import { type Standing, standings, standingWords } from './triage.ts';
import type { Counter, Filter } from './use-filter.ts';

/** Shown at zero too, so that a count that appears moves nothing. These two are rare enough to come and go at the end. */
const rare: ReadonlySet<Counter> = new Set<Standing>(['UNUSABLE', 'UNANSWERED']);

export function Counters({ filter: { counts, counters } }: { readonly filter: Filter }) {
  const always = standings.filter(standing => !rare.has(standing));
  const sometimes = standings.filter(standing => rare.has(standing) && counts.has(standing));
  const one = (counter: Counter) => (
    <CounterButton
      key={counter}
      counter={counter}
      count={counts.get(counter) ?? 0}
      isPressed={counters.members.has(counter)}
      onPress={counters.toggle}
    />
  );
  return (
    <nav className="counters" aria-label="Filter rows by verdict">
      {always.map(one)}
      <span className="gap" />
      {one('INCOMPLETE')}
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
  const words = counter === 'INCOMPLETE' ? 'incomplete' : standingWords[counter].toLowerCase();
  return (
    <button
      type="button"
      className="counter"
      data-standing={counter}
      data-zero={count === 0}
      aria-pressed={isPressed}
      onClick={() => onPress(counter)}
    >
      {counter !== 'INCOMPLETE' && <Shape of={counter} />}
      <span className="count">{count.toLocaleString('en')}</span> {words}
    </button>
  );
}
