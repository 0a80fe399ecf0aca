/**
 * Indicators that a write has changed upstream: what was asked about them before, by this replica or another one, is served
 * no more.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SharedState } from '../shared-state.ts';

export interface ChangedValues {
  /** When it changed last, as far as this replica has heard, monotonic. */
  changedAt(indicator: Indicator): number;
  /** `tier`: what comes from Redis may have been asked by a replica that had not heard of the change yet. */
  isOutdated(indicator: Indicator, heardAt: number, tier: 'memory' | 'redis'): boolean;
  /** Resolves to true when all replicas that share the Redis have heard of it. */
  note(indicators: readonly Indicator[]): Promise<boolean>;
}

/** More than are changed while their facts are kept. */
const maxValues = 20_000;

/** What else stands among the announcements is none. */
const isKey = /^[A-Z0-9]{2,10}:.{1,4096}$/s;

export interface ChangedValuesOptions {
  readonly clock: Clock;
  readonly shared: SharedState | undefined;
  /** The longest that a call takes, the wait in its queue included. */
  readonly callMs: number;
  /** For how long facts are kept. */
  readonly keepMs: number;
}

export function createChangedValues({ clock, shared, callMs, keepMs }: ChangedValuesOptions): ChangedValues {
  const now = clock.monotonic;
  /** When the last one changed that is forgotten: of any other it is not known whether it has changed until then. */
  let forgottenAt = Number.NEGATIVE_INFINITY;
  const changes = new LRUCache<string, number>({
    max: maxValues,
    dispose(at, _, reason) {
      if (reason === 'evict') forgottenAt = Math.max(forgottenAt, at);
    },
  });
  const changedAt = (indicator: Indicator): number =>
    changes.size === 0 ? forgottenAt : (changes.get(indicatorKey(indicator)) ?? forgottenAt);
  const change = (names: readonly string[]): void => {
    for (const name of names) if (isKey.test(name)) changes.set(name, now());
  };
  shared?.onAnnounced(change);
  return {
    changedAt,
    isOutdated(indicator, heardAt, tier) {
      if (tier === 'memory') return heardAt <= changedAt(indicator);
      return shared?.hasHeard() === false || heardAt <= changedAt(indicator) + callMs;
    },
    async note(indicators) {
      const names = indicators.map(indicatorKey);
      change(names);
      return shared !== undefined && (await shared.announce(names, keepMs));
    },
  };
}
