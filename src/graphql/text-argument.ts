/** What the argument `text` names, as far as the limits need to know. The resolvers reject a text that is too long. */
import { extractIndicators, findIndicators } from '../domain/indicator/extract/extract.ts';
import { operationLimits } from './limits.ts';

const isSearched = (text: unknown): text is string =>
  typeof text === 'string' && Buffer.byteLength(text) <= operationLimits.textBytes;

/** At most one more than are allowed, which is enough to reject them. */
export const valuesIn = (text: unknown, maxNamed: number): readonly string[] =>
  isSearched(text) ? extractIndicators(text, maxNamed + 1).map(({ value }) => value) : [];

export const hasTooManyPlaces = (text: unknown): boolean =>
  isSearched(text) && [...findIndicators(text).take(operationLimits.places + 1)].length > operationLimits.places;
