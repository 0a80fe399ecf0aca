/** The calls that an upstream allows a credential, which replicas share: each leases a few at a time. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { SharedState } from '../shared-state.ts';

/** What an upstream's answers state. */
interface StatedLimit {
  readonly limit: number;
  readonly periodMs: number;
}

export interface SharedBudget {
  /** What another replica has heard; undefined: nobody has. `asking`: Redis is being asked, once for each partition. */
  limitOf(partition: string): StatedLimit | 'asking' | undefined;
  /** An answer has stated it. */
  heardLimit(partition: string, stated: StatedLimit): void;
  /** Calls that may be sent now; undefined: there is no other replica, or Redis cannot be used: it goes by its own share. */
  leased(partition: string): number | undefined;
  /** Asks for more, unless it is being asked, or there are none: `onMore` tells when it is known. */
  ask(partition: string, limit: number, periodMs: number): void;
  /** When there may be more, monotonic; 0: it is not known that there are none. */
  retryAt(partition: string): number;
  /** Calls in a period that this replica can count on. */
  shareOf(limit: number): number;
  callStarted(partition: string): void;
}

interface Account {
  stated: StatedLimit | 'asking' | undefined;
  leased: number;
  /** Monotonic; until then what was leased may be used. */
  until: number;
  /** How many were asked for: twice as many where all were used, or one. */
  size: number;
  /** Monotonic; before that there are no more. */
  retryAt: number;
  isAsking: boolean;
  /** Redis cannot be used: until then this replica goes by its own share, monotonic. */
  aloneUntil: number;
}

const maxPartitions = 2_000;
/** How often it is asked whether Redis can be used again. */
const lookEveryMs = 1_000;
/** As in the script: what is leased is used within a part of the period. */
const parts = 20;
const mostLeased = 100;

/** Of a limit, what may be leased where the windows of all are unknown: docs/decisions/replicas.md. */
const usable = parts / (parts + 2);
const limitForMs = 3_600_000;
const statedLimit = z.object({ limit: z.number().positive(), periodMs: z.number().positive() });

export interface SharedBudgetOptions {
  readonly shared: Pick<SharedState, 'lease' | 'replicas' | 'readText' | 'writeText'>;
  /** Of which upstream. */
  readonly name: string;
  readonly now: () => number;
  onMore(): void;
}

export function createSharedBudget({ shared, name, now, onMore }: SharedBudgetOptions): SharedBudget {
  const accounts = new LRUCache<string, Account>({ max: maxPartitions });

  function accountOf(partition: string): Account {
    const known = accounts.get(partition);
    if (known !== undefined) return known;
    const account: Account = {
      ...{ stated: 'asking', leased: 0, until: 0, size: 0, retryAt: 0, isAsking: false, aloneUntil: 0 },
    };
    accounts.set(partition, account);
    void learn(partition, account);
    return account;
  }

  const limitKey = (partition: string): string => `{budget ${name} ${partition}}limit`;

  async function learn(partition: string, account: Account): Promise<void> {
    const text = await shared.readText(limitKey(partition));
    if (account.stated === 'asking') account.stated = statedIn(text);
    onMore();
  }

  async function askFor(partition: string, account: Account, limit: number, periodMs: number): Promise<void> {
    account.isAsking = true;
    const areAllUsed = account.leased === 0 && account.until > now();
    account.size = areAllUsed ? Math.min(2 * account.size, mostLeased, Math.ceil(limit / parts)) : 1;
    const askedAt = now();
    const answer = await shared.lease(`${name} ${partition}`, { limit, periodMs, wanted: account.size });
    account.isAsking = false;
    if (answer === undefined) account.aloneUntil = now() + lookEveryMs;
    else {
      account.leased = answer.granted;
      // From when it was asked: on a busy machine the answer may be read late.
      account.until = askedAt + periodMs / parts;
      account.retryAt = answer.granted > 0 ? 0 : now() + Math.max(1, answer.retryMs);
    }
    onMore();
  }

  return {
    limitOf: partition => accountOf(partition).stated,
    heardLimit(partition, stated) {
      const account = accountOf(partition);
      const { stated: before } = account;
      account.stated = stated;
      const isNews = typeof before !== 'object' || before.limit !== stated.limit || before.periodMs !== stated.periodMs;
      if (isNews) shared.writeText(limitKey(partition), JSON.stringify(stated), limitForMs);
    },
    leased(partition) {
      const { aloneUntil, until, leased } = accountOf(partition);
      const at = now();
      if (aloneUntil > at || shared.replicas() === 1) return undefined;
      return until > at ? leased : 0;
    },
    ask(partition, limit, periodMs) {
      const account = accountOf(partition);
      if (account.isAsking || account.retryAt > now()) return;
      void askFor(partition, account, limit, periodMs);
    },
    retryAt(partition) {
      const { retryAt } = accountOf(partition);
      return retryAt > now() ? retryAt : 0;
    },
    shareOf(limit) {
      const count = shared.replicas();
      return count === 1 ? limit : Math.max(1, (limit * usable) / count);
    },
    callStarted(partition) {
      const account = accountOf(partition);
      account.leased = Math.max(0, account.leased - 1);
    },
  };
}

/** Anybody who may write into Redis may have written it. */
function statedIn(text: string | undefined): StatedLimit | undefined {
  try {
    return statedLimit.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
