import type { Indicator } from '../../domain/indicator/model.ts';
import type { Selection } from '../../sources/lookahead.ts';
import type { Fragments } from './fragments.ts';
import type { Write } from './write.ts';

/** For an indicator that the operation names: what was said of it before may be used again. */
export function createIndicatorWrite(write: Write, kept: Fragments): Write {
  return (value, writing) => {
    const { context, errors } = writing;
    const indicator = value as Indicator;
    const text = kept.read(indicator, context);
    if (text !== undefined) return text;
    const before = errors.length;
    const isWhole = () => errors.length === before && !context.isWaiting();
    return kept.keep(indicator, context, () => write(value, writing), isWhole);
  };
}

/** An age differs from one moment to the next. */
export const selectsAge = (selection: Selection): boolean =>
  selection.some(({ name, below }) => name === 'ageSeconds' || selectsAge(below()));
