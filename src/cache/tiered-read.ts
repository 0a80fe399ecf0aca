import type { Keyv } from 'keyv';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createSlices, eachInSlices, type Later, whenThere } from '../slices.ts';
import type { Cache, CachedEntry, ParseFact, ReadStandards } from './entry.ts';
import { estimateBytes, type Memory, readMemory, toMemoryRow } from './memory.ts';
import type { FoundRow, WantedKey } from './redis/claims.ts';
import type { Redis } from './redis/redis.ts';
import type { RowProblem } from './redis/row.ts';

type GetMany = Cache['getMany'];

/** A reading of Redis's clock is no more precise. A row from further in the future has no age that can be believed. */
const clockErrorMs = 1000;
/** For how long an absence may be revoked (`sources/revoked-facts.ts`), and for how long memory keeps one meanwhile. */
const [doubtfulMs, doubtfulTtlMs] = [10_000, 1_000];
/** The longest that memory keeps what was read from Redis, whatever the row says. */
const maxTtlMs = 3_600_000;

/** Without Redis: Keyv on the memory itself. */
export function createMemoryRead(keyv: Keyv<CachedEntry<unknown>>, metrics: Metrics): GetMany {
  return async <Fact>(keys: readonly string[]) => {
    const rows = await keyv.getMany<CachedEntry<Fact>>([...keys]);
    countMemory(metrics, rows);
    return rows;
  };
}

export interface Tiers {
  readonly memory: Memory;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Reads memory, then Redis (one MGET) for what memory lacks or has no good enough entry of. Valid rows are copied to memory. */
export function createTieredRead(tiers: Tiers): GetMany {
  const { memory, redis, metrics } = tiers;
  return async <Fact>(keys: readonly string[], parse: ParseFact<Fact>, standards?: ReadStandards<Fact>) => {
    const inMemory = keys.map(key => readMemory<Fact>(memory, key));
    countMemory(metrics, inMemory);
    const wanted = new Map<string, WantedRow<Fact>>();
    keys.forEach((key, index) => {
      const own = inMemory[index];
      const isEnough = own !== undefined && (standards?.isEnough(own, index) ?? true);
      if (!isEnough && !redis.isDeleted(key)) wanted.set(key, { key, own, index });
    });
    if (wanted.size === 0) return inMemory;
    const rows = [...wanted.values()];
    const inRedis = await redis.read(rows.map(toWantedKey), takeRows(tiers, rows, parse, standards));
    return keys.map((key, index) => {
      if (!wanted.has(key)) return inMemory[index];
      // Redis did not answer in time: by now, another read may have written the fact to memory.
      return inRedis === undefined ? readMemory<Fact>(memory, key) : inRedis.get(key);
    });

    function toWantedKey({ key, index }: WantedRow<Fact>): WantedKey {
      const maxAgeMs = standards?.maxAgeMs(index) ?? 0;
      const claimMs = maxAgeMs > 0 ? (standards?.claimMs ?? 0) : 0;
      return { key, maxAgeMs, claimMs, claim: claimMs > 0 ? (standards?.claim(index) ?? '') : '' };
    }
  };
}

interface WantedRow<Fact> {
  readonly key: string;
  /** What memory had when Redis was asked. */
  readonly own: CachedEntry<Fact> | undefined;
  readonly index: number;
}

/** Takes the newer of each row and what memory has. */
function takeRows<Fact>(
  { memory, redis, metrics, clock }: Tiers,
  wanted: readonly WantedRow<Fact>[],
  parse: ParseFact<Fact>,
  standards: ReadStandards<Fact> | undefined,
) {
  return (rows: readonly FoundRow[], disconnect: () => void): Later<ReadonlyMap<string, CachedEntry<Fact>>> => {
    const taken = new Map<string, CachedEntry<Fact>>();
    const counts: RowCounts = { hit: 0, miss: 0, corrupt: 0, foreign: 0, unsigned: 0 };
    const take = (one: WantedRow<Fact>, at: number): Later<void> => {
      const { key } = one;
      const { text, claim } = rows[at] as FoundRow;
      if (claim !== 'none') standards?.onClaim(one.index, claim === 'ours');
      if (isSettled(one)) return;
      const readAt = clock.monotonic();
      return whenThere(validateRow(key, text, parse, redis), row => {
        // Its replies may belong to other questions, those to deletions included.
        if (row === 'foreign') disconnect();
        if (row === 'foreign' || row === 'corrupt') redis.remove([key]);
        const entry = typeof row === 'string' ? undefined : newerThan(one, row, readAt);
        counts[typeof row === 'string' ? row : entry === undefined ? 'miss' : 'hit'] += 1;
        if (isSettled(one)) return;
        const found = entry ?? one.own;
        if (found !== undefined) taken.set(key, found);
        if (entry !== undefined) keep(one, entry, row as ValidRow<Fact>);
      });
    };
    return whenThere(eachInSlices(wanted, take, createSlices({ stepsPerLook: 1 })), () => {
      metrics.cache('redis', 'hit', counts.hit);
      metrics.cache('redis', 'miss', counts.miss);
      metrics.cache('redis', 'garbage', counts.corrupt);
      metrics.cache('redis', 'foreign', counts.foreign);
      metrics.cache('redis', 'unsigned', counts.unsigned);
      return taken;
    });

    /** The key was deleted or written here while Redis was being read, or its row. Takes what was written. */
    function isSettled({ key, own }: WantedRow<Fact>): boolean {
      if (redis.isDeleted(key)) return true;
      const entry = readMemory<Fact>(memory, key);
      const isWritten = entry !== undefined && entry.heardAt !== own?.heardAt;
      if (isWritten) taken.set(key, entry);
      return isWritten;
    }
  };

  /** Undefined: the row is no newer than what memory has. */
  function newerThan(
    { own, index }: WantedRow<Fact>,
    row: ValidRow<Fact>,
    readAt: number,
  ): CachedEntry<Fact> | undefined {
    const heardAt = readAt - row.ageMs;
    const fetchedAt = Math.round(clock.wall() - (clock.monotonic() - readAt) - row.ageMs);
    if (standards?.isOutdated(heardAt, index) === true) return undefined;
    const entry: CachedEntry<Fact> = { fact: row.fact, fetchedAt, heardAt, tier: 'redis' };
    // The row of what is in memory has the same age, but for the error of two readings of Redis's clock.
    const isOlder = own !== undefined && heardAt <= own.heardAt + clockErrorMs;
    return isOlder && standards?.isEnough(entry, index) !== true ? undefined : entry;
  }

  function keep({ key, own, index }: WantedRow<Fact>, entry: CachedEntry<Fact>, row: ValidRow<Fact>): void {
    if (own !== undefined && standards?.replaces(entry, own, index) === false) return;
    const { fact, fetchedAt, heardAt } = entry;
    const size = estimateBytes(key, row.size);
    // The replica that heard it may still find that it is about something else, and remove it from Redis.
    const isDoubtful = standards?.isAbsence(fact) === true && row.ageMs < doubtfulMs;
    const ttl = isDoubtful ? Math.min(row.remainingMs, doubtfulTtlMs) : row.remainingMs;
    memory.set(key, toMemoryRow({ fact, fetchedAt, heardAt }), { ttl, size });
  }
}

type RowCounts = Record<'hit' | RowProblem, number>;

interface ValidRow<Fact> {
  readonly fact: Fact;
  readonly ageMs: number;
  readonly size: number;
  readonly remainingMs: number;
}

/** The fact is not frozen: freezing took a quarter of the time of a read, and its type is Immutable already. */
function validateRow<Fact>(
  key: string,
  text: string | undefined,
  parse: ParseFact<Fact>,
  redis: Pick<Redis, 'now' | 'rows'>,
): Later<ValidRow<Fact> | RowProblem> {
  const now = redis.now(key);
  const row = text === undefined ? 'miss' : redis.rows.read(key, text);
  if (typeof row === 'string') return row;
  const remainingMs = Math.min(Math.ceil(row.expiresAt - now), maxTtlMs);
  if (remainingMs <= 0) return 'miss';
  if (row.fetchedAt > now + clockErrorMs) return 'corrupt';
  return whenThere(tryToParse(parse, row.fact), fact =>
    fact === undefined ? 'corrupt' : { fact, ageMs: Math.abs(now - row.fetchedAt), size: row.size, remainingMs },
  );
}

function tryToParse<Fact>(parse: ParseFact<Fact>, stored: unknown): Later<Fact | undefined> {
  try {
    const fact = parse(stored);
    return fact instanceof Promise ? fact.catch(() => undefined) : fact;
  } catch {
    return undefined;
  }
}

function countMemory(metrics: Metrics, entries: readonly unknown[]): void {
  const hits = entries.filter(entry => entry !== undefined).length;
  if (hits > 0) metrics.cache('memory', 'hit', hits);
  if (hits < entries.length) metrics.cache('memory', 'miss', entries.length - hits);
}
