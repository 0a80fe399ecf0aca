/** What replicas share besides facts. Where it cannot be asked in time, each replica goes by its own share. */

export interface LeaseRequest {
  /** Calls in a period that the upstream allows one credential. */
  readonly limit: number;
  readonly periodMs: number;
  readonly wanted: number;
}

interface Lease {
  /** Calls that this replica may send, soon. */
  readonly granted: number;
  /** Milliseconds until there may be more. */
  readonly retryMs: number;
}

export interface SpendRequest {
  readonly pointsPerMinute: number;
  /** Caller → points that were spent here since the last time; negative: given back. */
  readonly spent: ReadonlyMap<string, number>;
}

/** Each method resolves to undefined where Redis cannot be used. Never rejects. */
export interface SharedState {
  /** Calls to an upstream. `budget`: of which credential at which upstream. */
  lease(budget: string, request: LeaseRequest): Promise<Lease | undefined>;
  /** Points of callers: what all replicas together have left of each one's. */
  spend(request: SpendRequest): Promise<ReadonlyMap<string, number> | undefined>;
  /** A text by its name; undefined too where there is none. Anybody who may write into Redis may have written it. */
  readText(name: string): Promise<string | undefined>;
  writeText(name: string, text: string, forMs: number): void;
  /**
   * Tells the other replicas that something has changed, by name; true: each one has heard of it that was there in the last ten
   * minutes and has not said goodbye. The names are kept for those that start later.
   */
  announce(names: readonly string[], keepMs: number): Promise<boolean>;
  /** Called with names that were announced, those from before it was called included. */
  onAnnounced(listener: (names: readonly string[]) => void): void;
  /** All that was announced so far was heard. */
  hasHeard(): boolean;
  /** How many replicas were there lately, this one included. */
  replicas(): number;
}
