/** Waits for facts that another replica is asking for, and asks for those that it does not bring. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Cache, CachedEntry } from './entry.ts';
import type { FactKind, FactRequest, InFlightCall } from './fact-kind.ts';
import type { Freshness } from './freshness.ts';

/** What another replica has fetched, as Redis has it. */
export class FactOfReplica<Fact> {
  readonly entry: CachedEntry<Fact>;
  constructor(entry: CachedEntry<Fact>) {
    this.entry = entry;
  }
}

export type Fetched<Fact> = Fact | FactOfReplica<Fact>;

/** How often Redis is asked: soon at first, for an upstream may be quick. */
const firstPauseMs = 10;
const longestPauseMs = 100;

export interface OtherReplicasOptions<Subject, Need, Fact> {
  readonly kind: FactKind<Subject, Need, Fact>;
  readonly cache: Cache;
  readonly freshness: Freshness<Subject, Need, Fact>;
  readonly clock: Clock;
}

interface Wait<Subject, Need, Fact> {
  readonly call: InFlightCall<Subject, Need>;
  resolve(fetched: Fetched<Fact> | Promise<Fact>): void;
  reject(error: unknown): void;
}

export function createOtherReplicas<Subject, Need, Fact>(options: OtherReplicasOptions<Subject, Need, Fact>) {
  type Waits = readonly Wait<Subject, Need, Fact>[];
  const { kind, cache, freshness, clock } = options;
  const claimMs = kind.claimMs ?? 0;

  async function waitForAll(waits: Waits): Promise<void> {
    const until = clock.monotonic() + claimMs;
    let pending = waits;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      await pause(pauseMs);
      pending = pending.filter(isAwaited);
      if (pending.length === 0) return;
      if (clock.monotonic() >= until) return ask(pending);
      pending = await lookAgain(pending);
    }
  }

  /** The read-through made it, for facts of this kind; a source need not know that. */
  const wantedBy = ({ call }: Waits[number]) => call.request as FactRequest<Subject, Need, Fact>;

  function isAwaited({ call, reject }: Wait<Subject, Need, Fact>): boolean {
    if (!call.signal.aborted) return true;
    reject(call.signal.reason);
    return false;
  }

  /** Those that the other replica is still asking for. */
  async function lookAgain(pending: Waits): Promise<Waits> {
    const elsewhere = new Set<number>();
    const requests = pending.map(wantedBy);
    const entries = await cache.getMany<Fact>(
      requests.map(({ key }) => key),
      kind.parse,
      freshness.standardsOf(requests, (index, isOurs) => !isOurs && elsewhere.add(index)),
    );
    const isThere = pending.map((wait, index) => {
      const entry = entries[index];
      const isEnough = entry !== undefined && freshness.satisfies(entry, wantedBy(wait));
      if (isEnough) wait.resolve(new FactOfReplica(entry));
      return isEnough;
    });
    // Its claim has ended without a row, or Redis does not answer.
    ask(pending.filter((_, index) => !isThere[index] && !elsewhere.has(index)));
    return pending.filter((_, index) => !isThere[index] && elsewhere.has(index));
  }

  function ask(waits: Waits): void {
    if (waits.length === 0) return;
    try {
      const fetched = kind.fetch(waits.map(({ call }) => call));
      waits.forEach(({ resolve }, index) => {
        resolve(fetched[index] as Promise<Fact>);
      });
    } catch (bug) {
      for (const { reject } of waits) reject(bug);
    }
  }

  /** One promise for each call, in the same order. Each rejects as the source's own do. */
  return (calls: readonly InFlightCall<Subject, Need>[]): readonly Promise<Fetched<Fact>>[] => {
    const waits = calls.map(call => ({ call, ...Promise.withResolvers<Fetched<Fact>>() }));
    waitForAll(waits).catch(bug => {
      for (const { reject } of waits) reject(bug);
    });
    return waits.map(({ promise }) => promise);
  };
}
