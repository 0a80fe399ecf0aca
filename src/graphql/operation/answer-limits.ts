/** How large an answer may become. What is larger ends its operation, which no estimate could foresee. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Context } from '../context.ts';
import { tooLarge } from '../limits.ts';

export const answerLimits = {
  /** Of its data and of its errors, as JSON. */
  characters: 16 * 1024 * 1024,
  errors: 10_000,
} as const;

/** Thrown where graphql-js, which makes an answer in one go, has read as many records as it may. */
export const tooManyRows = Symbol('too many rows');

/** Thrown in the middle of an answer that is too large. */
export const answerTooLarge = Symbol('answer too large');

export const answerTooLargeError = (): GraphQLError =>
  tooLarge(
    `The answer has more than ${answerLimits.characters} characters or ${answerLimits.errors} errors: ask for fewer values, records or fields at once.`,
  );

/** What an error takes beside its message. */
const charactersPerError = 150;
export const sizeOfError = ({ message }: GraphQLError): number => message.length + charactersPerError;

/** So much of an answer needs no room of its own. */
export const freeCharacters = 256 * 1024;
/** Measured: its pieces, its text, and the bytes that are sent. */
const bytesPerCharacter = 3;

/**
 * Takes room for an answer that has grown to so many characters, and returns how far it may grow now. Throws
 * `answerTooLarge` or `overloaded`.
 */
export function grow(characters: number, allowed: number, { room }: Pick<Context, 'room'>): number {
  if (characters > answerLimits.characters) throw answerTooLarge;
  const steps = Math.ceil((characters - allowed) / freeCharacters);
  room.grow(steps * freeCharacters * bytesPerCharacter);
  return allowed + steps * freeCharacters;
}

/** The same for an answer that graphql-js has made: null, with an error, where it is too large. Throws `overloaded`. */
export function withinLimits(result: ExecutionResult, context: Pick<Context, 'room'>): ExecutionResult {
  const { data, errors } = result;
  const { list, add } = createErrorList();
  for (const error of errors ?? []) add(error, () => error);
  const ofErrors = list.reduce((sum, error) => sum + sizeOfError(error), 0);
  const size = ofErrors + sizeOf(data, answerLimits.characters);
  if (list.length > answerLimits.errors || size > answerLimits.characters)
    return { data: null, errors: [answerTooLargeError()] };
  if (size > freeCharacters) grow(size, freeCharacters, context);
  return errors === undefined ? result : { ...result, errors: list };
}

/** In characters of JSON, about; counts no further than the limit. */
function sizeOf(data: unknown, limit: number): number {
  let size = 0;
  const left: unknown[] = [data];
  while (left.length > 0 && size <= limit) {
    const value = left.pop();
    size += typeof value === 'string' ? value.length + 3 : 6;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, child] of Object.entries(value)) {
      if (!Array.isArray(value)) size += name.length + 3;
      left.push(child);
    }
  }
  return size;
}

export interface ErrorList {
  readonly list: readonly GraphQLError[];
  /** `locate` makes the error that clients see. Undefined: it was counted with an earlier one. */
  add(problem: unknown, locate: () => GraphQLError): GraphQLError | undefined;
}

/** Errors about one property are one, which counts them: its name is unknown wherever it stands. */
export function createErrorList(): ErrorList {
  const list: GraphQLError[] = [];
  const byProperty = new Map<string, { readonly first: GraphQLError; times: number }>();
  return {
    list,
    add(problem, locate) {
      const property = problem instanceof GraphQLError ? problem.extensions.property : undefined;
      const known = typeof property === 'string' ? byProperty.get(property) : undefined;
      if (known !== undefined) {
        known.times += 1;
        known.first.extensions.occurrences = known.times;
        return undefined;
      }
      const error = locate();
      if (typeof property === 'string') byProperty.set(property, { first: error, times: 1 });
      list.push(error);
      return error;
    },
  };
}
