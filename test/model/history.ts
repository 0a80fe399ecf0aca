/** What happened so far in an episode: the moments, what the world was then, and who was asked about what. */

import type { Reading } from '../readings/sample.ts';
import { type Asked, isAbout } from './asked.ts';
import type { Caller, Subject, World } from './world.ts';

export type Source = 'DATADOG' | 'ARGUS';

/** One or more operations at once. The world stands still meanwhile. */
export interface Moment {
  readonly index: number;
  /** Milliseconds; all answers came between the two. */
  readonly from: number;
  to: number;
  readonly world: World;
  readonly reading: Reading;
  /** Faults that were hit, which explain a silence, by source. */
  readonly troubled: Set<Source>;
  /** Sources that a gateway asked and heard whole: `DATADOG 0`. */
  readonly heard: Set<string>;
  /** Rows may be lacking from what was answered. */
  lacksRows: boolean;
  asked: Asked;
}

/** The youngest and the oldest that something heard at one moment can be at another, in milliseconds. */
export const ageAt = (moment: Moment, heard: Moment): { readonly least: number; readonly most: number } => ({
  least: moment === heard ? 0 : moment.from - heard.to,
  most: moment.to - heard.from,
});

const wasAsked = ({ asked }: Moment, source: Source, caller: Caller, subject: Subject, variant: string): boolean =>
  source === 'DATADOG'
    ? asked.lookups.some(one => one.caller === caller && one.value === subject.value && one.variant === variant)
    : asked.searches.some(one => one.caller === caller && isAbout(one, subject));

/** The moments at which this caller's source was asked about it, and which need not be older than so many seconds. */
export const heardAt = (
  moments: readonly Moment[],
  source: Source,
  caller: Caller,
  subject: Subject,
  maxAgeSeconds: number,
  variant = 'plain',
): readonly Moment[] => {
  const now = moments.at(-1) as Moment;
  return moments.filter(
    one =>
      (one === now || ageAt(now, one).least < maxAgeSeconds * 1000) && wasAsked(one, source, caller, subject, variant),
  );
};
