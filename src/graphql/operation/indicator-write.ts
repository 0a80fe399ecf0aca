import type { Indicator } from '../../domain/indicator/model.ts';
import type { Selection } from '../../sources/lookahead.ts';
import type { Fragments } from './fragments.ts';
import type { Write } from './write.ts';
import { counted } from './writing.ts';

/** For an indicator that the operation names: what was said of it before may be used again. */
export function createIndicatorWrite(write: Write, kept: Fragments): Write {
  return (value, writing) => {
    const { context } = writing;
    const indicator = value as Indicator;
    const text = kept.read(indicator, context);
    if (text !== undefined) return counted(text, writing.written, writing);
    const before = writing.failures;
    const isWhole = () => writing.failures === before && !context.isWaiting();
    return kept.keep(indicator, context, () => write(value, writing), isWhole);
  };
}

/** An age differs from one moment to the next. */
export const selectsAge = (selection: Selection): boolean =>
  selection.some(({ name, below }) => name === 'ageSeconds' || selectsAge(below()));
