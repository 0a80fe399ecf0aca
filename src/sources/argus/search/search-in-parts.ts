/** Searches again, in smaller and smaller parts, for what a search left open, until it is known which values are the cause. */
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { PendingCall } from './batch-queue.ts';

/** What a search did not settle. */
export interface OpenCalls {
  readonly calls: readonly PendingCall[];
  /** How many of them to search for at once. */
  readonly nextSize: number;
  /** Why they are open, and where the cause lies: `all` means that smaller searches are of no use. Undefined: none is open. */
  readonly because?: {
    readonly problem: UpstreamError;
    readonly lies: 'in a value' | 'perhaps in their number' | 'in all';
  };
}

export const none: OpenCalls = { calls: [], nextSize: 0 };

/** Further calls that one batch may make. */
const maxFurtherCalls = 32;

const sizes = [250, 100, 50, 25, 10, 5, 2, 1] as const;
export const sizeBelow = (size: number): number => sizes.find(smaller => smaller < size) ?? 1;

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
  let { calls: open, nextSize, because } = first;
  let accepted = 0;
  let isAboutNumber = first.because?.lies === 'perhaps in their number';
  for (let times = 0; times < maxFurtherCalls; times++) {
    open = open.filter(({ call }) => !call.signal.aborted);
    const part = open.slice(0, nextSize);
    if (part.length === 0) break;
    const left = await ask(part).catch(failure => rejectAll(part, failure));
    open = [...left.calls, ...open.slice(part.length)];
    if (left.because === undefined) {
      accepted = Math.max(accepted, part.length);
      continue;
    }
    ({ nextSize, because } = left);
    isAboutNumber &&= left.because.lies === 'perhaps in their number' && part.length > 1;
    if (part.length > 1) continue;
    if (left.because.lies === 'in all') break;
    for (const call of left.calls) giveUp(call, left.because.problem);
    open = open.slice(left.calls.length);
    nextSize = open.length; // the cause was that value, not their number
  }
  if (because !== undefined) for (const call of open) giveUp(call, because.problem);
  return isAboutNumber && open.length === 0 && accepted > 0 ? accepted : undefined;
}

function rejectAll(calls: readonly PendingCall[], failure: unknown): OpenCalls {
  for (const { reject } of calls) reject(failure);
  return none;
}
