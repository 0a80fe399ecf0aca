/** Searches again, in smaller parts, for what a search left open, until it is known which values are the cause. */
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { PendingCall } from './batch-queue.ts';

/** Why calls are open, and where the cause lies. */
type Cause = { readonly problem: UpstreamError } & (
  | { readonly lies: 'a value' | 'their number' | 'the answer' }
  /** Argus named values, which are not among those that are open, the first at this place of the search. */
  | { readonly lies: 'named values'; readonly named: readonly PendingCall[]; readonly at: number }
);

/** What a search did not settle. */
export interface OpenCalls {
  readonly calls: readonly PendingCall[];
  /** undefined: nothing is open. */
  readonly because?: Cause;
}

export const none: OpenCalls = { calls: [] };

/** The sizes to which a server may limit a search, after one that it refused. */
const sizes = [250, 100, 50, 25, 10, 5, 2, 1] as const;
const sizeBelow = (size: number): number => sizes.find(smaller => smaller < size) ?? 1;

export interface PartSearch {
  /** Searches for some calls, and returns those that stay open. */
  ask(calls: readonly PendingCall[]): Promise<OpenCalls>;
  /** Whether one more search may be made; it is made then. */
  mayAsk(): boolean;
  /** A call stays open by itself, or there were enough calls. */
  giveUp(call: PendingCall, problem: UpstreamError): void;
}

/**
 * Resolves to the number of values that one search may have, where that was the cause: smaller searches left nothing open.
 * A search that fails otherwise does not reach the other parts.
 */
export async function searchInParts(
  first: OpenCalls,
  { ask, mayAsk, giveUp }: PartSearch,
): Promise<number | undefined> {
  let plan = divided(nothingKnown, first.calls.length, first);
  let problem = first.because?.problem;
  while (plan.work.length > 0 && mayAsk()) {
    const [part = [], ...work] = plan.work;
    plan = { ...plan, work };
    const left = await ask(part).catch(failure => rejectAll(part, failure));
    problem = left.because?.problem ?? problem;
    if (part.length > 1 || left.because === undefined) {
      plan = divided(plan, part.length, left);
      continue;
    }
    for (const call of left.calls) giveUp(call, left.because.problem);
    if (left.because.lies === 'the answer') break;
    plan = { ...plan, isAboutNumber: false, work: together(work) }; // the cause was that value
  }
  const open = [...plan.held, ...plan.work.flat()];
  if (problem !== undefined) for (const call of open) giveUp(call, problem);
  return open.length === 0 && plan.isAboutNumber && plan.accepted > 0 ? plan.accepted : undefined;
}

type Calls = readonly PendingCall[];

interface Plan {
  /** What to search for, one search each. */
  readonly work: readonly Calls[];
  /** Values that Argus named. */
  readonly held: Calls;
  /** The place in the search at which it did last. */
  readonly namedAt?: number;
  /** So many values in one search were not too many. */
  readonly accepted: number;
  /** So far everything can be explained by the number of values. */
  readonly isAboutNumber: boolean;
}

const nothingKnown: Plan = { work: [], held: [], accepted: 0, isAboutNumber: true };

/** The plan after a search for `asked` values. */
function divided(plan: Plan, asked: number, { calls, because }: OpenCalls): Plan {
  const { work, accepted } = plan;
  if (because === undefined) return { ...plan, accepted: Math.max(accepted, asked) };
  const isAboutNumber = false;
  switch (because.lies) {
    case 'named values':
      return withoutNamed(plan, asked, calls, because);
    case 'their number':
      if (asked > accepted) return { ...plan, work: chunk([...calls, ...work.flat()], sizeBelow(asked)) };
      return { ...plan, isAboutNumber, work: [...together(work), ...halves(calls)] };
    case 'a value':
      return { ...plan, isAboutNumber, work: [...work, ...halves(calls)] };
    case 'the answer': // one value by itself shows whether smaller searches are of use
      if (accepted > 0) return { ...plan, isAboutNumber, work: [...work, ...halves(calls)] };
      return { ...plan, isAboutNumber, work: [calls.slice(0, 1), ...together([calls.slice(1)]), ...work] };
  }
}

/** Named behind all others, or at the same place again and again, they are what is too many: then no value is the cause. */
function withoutNamed(
  plan: Plan,
  asked: number,
  calls: Calls,
  { named, at }: Extract<Cause, { lies: 'named values' }>,
): Plan {
  const { work, held, namedAt } = plan;
  if (at > 0 && at === namedAt) {
    const all = [...calls, ...named];
    if (asked > at + 1) return { ...plan, work: [all.slice(0, at + 1), all.slice(at + 1), ...work] };
    return { ...plan, held: [], isAboutNumber: true, work: chunk([...all, ...held, ...work.flat()], at) };
  }
  if (at > 0 && at === calls.length) return { ...plan, work: [...together([calls]), ...chunk(named, at), ...work] };
  return {
    ...plan,
    namedAt: at,
    held: [...held, ...named],
    isAboutNumber: false,
    work: [...together([calls]), ...work],
  };
}

const chunk = (calls: Calls, size: number): readonly Calls[] =>
  Array.from({ length: Math.ceil(calls.length / size) }, (_, index) => calls.slice(index * size, (index + 1) * size));
const halves = (calls: Calls): readonly Calls[] => chunk(calls, Math.max(1, Math.ceil(calls.length / 2)));
const together = (groups: readonly Calls[]): readonly Calls[] => [groups.flat()].filter(group => group.length > 0);

function rejectAll(calls: Calls, failure: unknown): OpenCalls {
  for (const { reject } of calls) reject(failure);
  return none;
}
