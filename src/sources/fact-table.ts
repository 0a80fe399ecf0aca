/**
 * The facts of one operation. What its fields need is noted first and gathered together, each fact once; then every field
 * reads the same table, so that no two fields of an answer rest on two versions of a fact.
 */
import type { FactOutcome, FactRequest } from '../cache/fact-kind.ts';
import type { ReadThrough } from '../cache/read-through.ts';
import { UpstreamError } from '../http-client/errors.ts';
import { createSlices, eachInSlices } from '../slices.ts';
import type { Credential } from './credential.ts';
import { createRow, type FactRow, joinRequests, notReusable, withReason } from './fact-row.ts';
import type { Operation } from './source.ts';

export interface FactTableOptions<Key, Subject, Need, Fact> {
  readonly facts: ReadThrough<Subject, Need, Fact>;
  readonly operation: Operation;
  readonly credential: Credential | UpstreamError;
  /** Equal for keys of one fact. */
  textOf(key: Key): string;
  needOf(key: Key): Need;
  /** Why the key may not be asked about; undefined: it may. */
  withheld(key: Key): UpstreamError | undefined;
  requestOf(key: Key, credential: Credential): FactRequest<Subject, Need, Fact>;
  /** The smallest need that contains both. */
  joinNeeds(a: Need, b: Need): Need;
  /** A filter of the key may leave nothing of a fact, which is an absence then, with the time of one. */
  isFiltered?(key: Key): boolean;
}

type HeardOutcome<Fact> = Extract<FactOutcome<Fact>, { readonly servedFrom: unknown }>;

export interface FactTable<Key, Fact> {
  /** Notes that the fact is needed. */
  want(key: Key): void;
  /** The fact, gathered now if need be: for what is known before the others are. Never rejects but for bugs. */
  get(key: Key): Promise<FactOutcome<Fact>>;
  /** What is known of it already, from a call of this operation; what was heard of it by itself stays. */
  learn(key: Key, outcome: HeardOutcome<Fact>): void;
  /** Takes from memory what it has of what is needed; a promise where that takes long. */
  recall(): Promise<void> | undefined;
  /** How many of the facts that are needed are not here: after `recall`, what `gather` asks for. */
  missing(): number;
  /** Gets all that is needed and not here yet, after `recall`. Undefined: nothing is missing. Never rejects. */
  gather(): Promise<void> | undefined;
  /** Undefined: the fact, or a part of it that the key needs, has not been gathered. */
  find(key: Key): FactOutcome<Fact> | undefined;
  /** Asks again for a stale fact that proves no absence; if that fails, the fact stays, with the reason. */
  refresh(keys: readonly Key[]): Promise<void>;
}

/** Thrown by a field that needs what has not been gathered: the operation gathers it, and answers again. */
export const notGathered = Symbol('not gathered');

export function createFactTable<Key, Subject, Need, Fact>(
  options: FactTableOptions<Key, Subject, Need, Fact>,
): FactTable<Key, Fact> {
  const { facts, operation, credential, textOf, requestOf } = options;
  const rows = new Map<string, FactRow<Subject, Need, Fact>>();
  const wanted = new Set<FactRow<Subject, Need, Fact>>();
  const gatherings = new Set<Promise<void>>();

  function want(key: Key): void {
    if (credential instanceof UpstreamError) return;
    const request = requestOf(key, credential);
    const text = textOf(key);
    const row = rows.get(text) ?? createRow<Subject, Need, Fact>();
    rows.set(text, row);
    if (row.isLearnt && isEnough(row, key)) return;
    if (options.withheld(key) !== undefined) return;
    row.requests.push(request);
    wanted.add(row);
  }

  /** Whether memory has one fact for all requests of the row. */
  function readMemory(row: FactRow<Subject, Need, Fact>): boolean {
    const hit = facts.peek(row.requests, operation);
    if (hit === undefined) return false;
    Object.assign(row, hit);
    noteVersion(row);
    return true;
  }

  /** Takes from memory what it has, and leaves the rest wanted. */
  function recall(): Promise<void> | undefined {
    const take = (row: FactRow<Subject, Need, Fact>): void => {
      if (readMemory(row)) wanted.delete(row);
    };
    const taken = eachInSlices([...wanted], take, createSlices({ stepsPerLook: 8 }));
    return taken instanceof Promise ? taken : undefined;
  }

  /** A bug is thrown where the fact is read, and fails no other field. */
  const getMany = (
    asking: readonly FactRow<Subject, Need, Fact>[],
    requests: readonly FactRequest<Subject, Need, Fact>[],
  ): Promise<readonly FactOutcome<Fact>[]> =>
    facts.getMany(requests, operation).catch((bug: unknown) => {
      for (const row of asking) row.bug = bug;
      return [];
    });

  async function fetch(missing: readonly FactRow<Subject, Need, Fact>[]): Promise<void> {
    const requests = missing.map(row => joinRequests(row.requests, options.joinNeeds));
    const outcomes = await getMany(missing, requests);
    for (const [index, row] of missing.entries()) {
      if (row.outcome?.fact !== undefined) row.before = row.outcome;
      row.need = requests[index]?.need;
      row.outcome = orContradiction(row, outcomes[index]);
      row.served = notReusable;
      row.isLearnt = false;
      noteVersion(row);
    }
  }

  function orContradiction(
    { before }: FactRow<Subject, Need, Fact>,
    outcome: FactOutcome<Fact> | undefined,
  ): FactOutcome<Fact> | undefined {
    if (before?.fact === undefined || outcome?.fact === undefined) return outcome;
    const error = facts.contradiction(outcome.fact, before.fact);
    return error === undefined ? outcome : { error };
  }

  /** For pieces of answers that are used again: they must rest on the same. */
  function noteVersion({ requests: [request], outcome }: FactRow<Subject, Need, Fact>): void {
    if (request && outcome && outcome.error === undefined) operation.versions.set(request.key, outcome.heardAt);
  }

  /** The outcome holds what the key needs, or all of it that there is. */
  const isEnough = ({ need: asked, outcome }: FactRow<Subject, Need, Fact>, key: Key): boolean => {
    if (outcome?.fact === undefined) return outcome !== undefined;
    const need = options.needOf(key);
    if (facts.covers(outcome.fact, need)) return true;
    return asked !== undefined && !facts.isPart(outcome.fact) && facts.contains(asked, need);
  };

  /** Not where a cached fact is an absence to this key alone, and older than an absence may be. */
  const isRecentEnough = (outcome: FactOutcome<Fact> | undefined, key: Key): boolean =>
    options.isFiltered?.(key) !== true ||
    outcome?.error !== undefined ||
    outcome?.servedFrom !== 'CACHE' ||
    credential instanceof UpstreamError ||
    facts.satisfies(outcome, requestOf(key, credential));

  /**
   * A failure to get more than memory has, or was heard before, costs only those who need more. A refusal costs all: what a
   * credential has fetched is not shown once it is refused.
   */
  function outcomeOf({ outcome, before }: FactRow<Subject, Need, Fact>, key: Key): FactOutcome<Fact> | undefined {
    if (outcome?.error === undefined || credential instanceof UpstreamError) return outcome;
    if (outcome.error.kind === 'DENIED') return outcome;
    const isKnown = before?.fact !== undefined && facts.covers(before.fact, options.needOf(key));
    if (isKnown && isRecentEnough(before, key)) return before;
    return facts.peek([requestOf(key, credential)], operation)?.outcome ?? outcome;
  }

  return {
    want,
    learn(key, outcome) {
      if (credential instanceof UpstreamError) return;
      const row = rows.get(textOf(key)) ?? createRow<Subject, Need, Fact>();
      rows.set(textOf(key), row);
      if (row.outcome?.fact !== undefined) return;
      Object.assign(row, { outcome, need: undefined, before: undefined, isLearnt: true, served: notReusable });
      operation.versions.set(requestOf(key, credential).key, outcome.heardAt);
    },
    recall,
    missing: () => wanted.size,
    gather,
    async get(key) {
      for (let outcome = find(key); ; outcome = find(key)) {
        if (outcome !== undefined) return outcome;
        want(key);
        await recall();
        // Somebody else may be gathering it.
        const gathering = gather() ?? (gatherings.size > 0 ? Promise.all(gatherings) : undefined);
        if (gathering === undefined && find(key) === undefined) throw new Error('a fact that is never gathered');
        await gathering;
      }
    },
    find,
    async refresh(keys) {
      const named = keys.map(key => rows.get(textOf(key))).filter(row => row !== undefined);
      const stale = [...new Set(named)];
      const again = stale.map(({ requests }) => ({
        ...joinRequests(requests, options.joinNeeds),
        maxAgeMs: Number.MAX_SAFE_INTEGER,
        isAbsence: () => true,
      }));
      const outcomes = await getMany(stale, again);
      for (const [index, row] of stale.entries()) {
        const fresh = outcomes[index];
        row.served = notReusable;
        if (fresh?.fact !== undefined) row.outcome = fresh;
        else row.outcome = withReason(row.outcome, fresh?.error);
        noteVersion(row);
      }
    },
  };

  function gather(): Promise<void> | undefined {
    if (wanted.size === 0) return undefined;
    const asking = [...wanted];
    wanted.clear();
    const gathering = fetch(asking).finally(() => gatherings.delete(gathering));
    gatherings.add(gathering);
    return gathering;
  }

  /** It holds for this operation alone. */
  function refusal(error: UpstreamError | undefined): FactOutcome<Fact> | undefined {
    if (error === undefined) return undefined;
    operation.reduceMaxAge(0);
    operation.served?.add(notReusable);
    return { error };
  }

  function find(key: Key): FactOutcome<Fact> | undefined {
    if (credential instanceof UpstreamError) return refusal(credential);
    const row = rows.get(textOf(key));
    if (row?.bug !== undefined) throw row.bug;
    if (row === undefined || !isEnough(row, key)) return refusal(options.withheld(key));
    const outcome = outcomeOf(row, key);
    if (!isRecentEnough(outcome, key)) return undefined;
    operation.served?.add(options.isFiltered?.(key) === true ? notReusable : row.served);
    return outcome;
  }
}

/** Reads all, so that all that is missing is noted at once. Throws `notGathered` where anything is. */
export function readAll<Value>(reads: readonly (() => Value)[]): Value[] {
  let isMissing = false;
  const values: Value[] = [];
  for (const read of reads)
    try {
      values.push(read());
    } catch (problem) {
      if (problem !== notGathered) throw problem;
      isMissing = true;
    }
  if (isMissing) throw notGathered;
  return values;
}
