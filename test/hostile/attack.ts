/** What an attack is: data. `trial.ts` says what it must not achieve, whatever it is. */
import type { Emulators } from '../../src/emulators/emulators.ts';
import type { ErrorCode } from '../../src/graphql/error-codes.ts';
import type { Way } from './ways.ts';

export interface Attack {
  readonly title: string;
  /** The body of one of its requests, by its number. */
  readonly body: (index: number) => string;
  readonly times: number;
  readonly atOnce: number;
  /**
   * Each response holds errors of these codes and no others; null: a whole answer. `RATE_LIMITED` and `OVERLOADED` are always
   * right.
   */
  readonly told: readonly (ErrorCode | null)[];
  /** What the answer must be where it is whole. */
  readonly isRight?: (data: unknown) => boolean;
  /** The least that one request must have paid, unless it was refused. */
  readonly points?: number;
  /** The most upstream calls of one request, further attempts included. */
  readonly calls?: number;
  /** Default: `post`. */
  readonly way?: Way;
  /** Default: `/graphql`. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Before each try; what it adds to the upstreams' faults and behaviours is taken away afterwards. */
  readonly prepare?: (emulators: Emulators) => void;
}

export const repeat = (times: number, part: (index: number) => string, separator = ' '): string =>
  Array.from({ length: times }, (_, index) => part(index)).join(separator);

export const list = <T>(count: number, item: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => item(index));

/** The body of a POST. */
export const ask = (query: string, variables?: object, more: object = {}): string =>
  JSON.stringify({ query, ...(variables && { variables }), ...more });

let named = 0;
/** Values that nobody has asked for yet, and that no source knows. */
export const newValues = (count: number): readonly string[] => list(count, () => `new-${++named}.example.org`);

/** All scalars of a record. */
export const recordFields =
  'id recordId value confidence state firstSeen lastSeen createdAt updatedAt deletedAt flags ' +
  'list { id shortName name confidence } reputationType { shortName name }';
