/** The failures of Argus that several of its files know. */
import { UpstreamError } from '../../http-client/errors.ts';

/** `cause` is for the log alone. */
export const malformed = (message: string, cause?: unknown): UpstreamError =>
  new UpstreamError('ARGUS', 'MALFORMED', message, { cause });

export const undocumented = (cause: unknown): UpstreamError =>
  malformed('Argus answered in a shape that is not documented.', cause);

export const unreadable = (cause: unknown): UpstreamError =>
  malformed('Argus sent a record in a shape that is not documented.', cause);

/** Why an answer says nothing of a value for which it has no record. */
export const doubtful = (because: Doubt): UpstreamError => malformed(doubts[because]);

export type Doubt = keyof typeof doubts;

const doubts = {
  partial: 'Argus says that its answer is not complete.',
  short: 'Argus counted a record of this value that it did not send.',
  moving: 'The records of Argus kept changing while they were read.',
  pages: 'Argus sent its records in more pages than are read.',
  foreign: 'Argus answered about another indicator.',
} as const;

export const truncated = (): UpstreamError =>
  new UpstreamError('ARGUS', 'TRUNCATED', 'Argus holds more records of this value than could be read.');

/** Longer names are cut: the message may stand in an answer once for each value. */
const longestShown = 80;
const shortened = (name: string): string => (name.length > longestShown ? `${name.slice(0, longestShown)}…` : name);

/** Argus refused the names together, and this one was not tried by itself. */
export const untriedProperty = (name: string): UpstreamError =>
  new UpstreamError(
    'ARGUS',
    'REJECTED',
    `Argus refused the properties that were asked for, and "${shortened(name)}" was not tried by itself: ask for fewer names.`,
  );

/** Not on any of the lists says nothing where one of the lists may not exist. */
export function unconfirmedList(name: string): UpstreamError {
  const message = `Argus has shown no record on "${shortened(name)}" to this key: lists takes ids or short names of lists that it may read.`;
  return new UpstreamError('ARGUS', 'REJECTED', message, { argument: 'lists' });
}

export const coveringRefused = (): UpstreamError =>
  new UpstreamError('ARGUS', 'REJECTED', 'Argus refused to search for what covers this indicator.');
