/** Searches again, in smaller parts, for what a search left open, until it is known which values are the cause. */
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { PendingCall } from './batch-queue.ts';

/**
 * Where the cause lies: in values that Argus named, which are not among those that are open; in some value; perhaps in
 * there being so many; or in Argus's answer as such.
 */
type Cause = 'named values' | 'a value' | 'their number' | 'the answer';

/** What a search did not settle. */
export interface OpenCalls {
  readonly calls: readonly PendingCall[];
  /** undefined: nothing is open. */
  readonly because?: { readonly problem: UpstreamError; readonly lies: Cause };
}

export const none: OpenCalls = { calls: [] };

/** Further calls that one batch may make. */
const maxFurtherCalls = 32;

/** The sizes to which a server may limit a search, after one that it refused. */
const sizes = [250, 100, 50, 25, 10, 5, 2, 1] as const;
const sizeBelow = (size: number): number => sizes.find(smaller => smaller < size) ?? 1;

export interface PartSearch {
  /** Searches for some calls, and returns those that stay open. */
  ask(calls: readonly PendingCall[]): Promise<OpenCalls>;
  /** A call stays open by itself, or there were enough calls. */
  giveUp(call: PendingCall, problem: UpstreamError): void;
}

/**
 * Resolves to the number of values that one search may have, where that was the cause: smaller searches left nothing open.
 * A search that fails otherwise does not reach the other parts.
 */
export async function searchInParts(first: OpenCalls, { ask, giveUp }: PartSearch): Promise<number | undefined> {
  let accepted = 0;
  let { because } = first;
  let isAboutNumber = because?.lies === 'their number';
  let work = because === undefined ? [] : partsOf(first.calls, because.lies, [], accepted);
  for (let times = 0; times < maxFurtherCalls && work.length > 0; times++) {
    const [part = [], ...rest] = work;
    const asked = part.filter(({ call }) => !call.signal.aborted);
    const left = asked.length === 0 ? none : await ask(asked).catch(failure => rejectAll(asked, failure));
    work = rest;
    if (left.because === undefined) {
      accepted = Math.max(accepted, asked.length);
      continue;
    }
    because = left.because;
    const { problem, lies } = because;
    isAboutNumber &&= lies === 'their number' && asked.length > Math.max(1, accepted);
    if (asked.length > 1) {
      work = partsOf(left.calls, lies, rest, accepted);
      continue;
    }
    for (const call of left.calls) giveUp(call, problem);
    if (lies === 'the answer') break;
    if (lies === 'their number') work = together(rest); // the cause was that value
  }
  if (because !== undefined) for (const call of work.flat()) giveUp(call, because.problem);
  return isAboutNumber && work.length === 0 && accepted > 0 ? accepted : undefined;
}

type Group = readonly PendingCall[];
type Groups = readonly Group[];

const chunk = (calls: Group, size: number): Groups =>
  Array.from({ length: Math.ceil(calls.length / size) }, (_, index) => calls.slice(index * size, (index + 1) * size));
const halves = (calls: Group): Groups => chunk(calls, Math.max(1, Math.ceil(calls.length / 2)));
const together = (groups: Groups): Groups => [groups.flat()].filter(group => group.length > 0);

/** What to search for next. `accepted`: so many values in one search were not too many. */
function partsOf(open: Group, lies: Cause, rest: Groups, accepted: number): Groups {
  switch (lies) {
    case 'named values':
      return [...together([open]), ...rest];
    case 'their number':
      if (open.length > accepted) return chunk([...open, ...rest.flat()], sizeBelow(open.length));
      return [...together(rest), ...halves(open)];
    case 'a value':
      return [...rest, ...halves(open)];
    case 'the answer': // one value by itself shows whether smaller searches are of use
      if (accepted > 0) return [...rest, ...halves(open)];
      return [open.slice(0, 1), ...together([open.slice(1)]), ...rest];
  }
}

function rejectAll(calls: readonly PendingCall[], failure: unknown): OpenCalls {
  for (const { reject } of calls) reject(failure);
  return none;
}
