import { hash } from 'node:crypto';
import type { DeniedCredentials } from './denied-credentials.ts';
import type { Entry, ReadStandards } from './entry.ts';
import type { FactKind, FactOutcome, FactRequest } from './fact-kind.ts';

export type Freshness<Subject, Need, Fact> = ReturnType<typeof createFreshness<Subject, Need, Fact>>;

/** The most that a fresh window is shortened by, so that facts that were fetched together are not all asked at once. */
const spread = 0.1;

/** What a cached fact may still be used for. */
export function createFreshness<Subject, Need, Fact>(
  kind: FactKind<Subject, Need, Fact>,
  denied: DeniedCredentials,
  now: () => number,
) {
  type Wanted = FactRequest<Subject, Need, Fact>;
  const { freshMs, staleMs, negativeMs } = kind.windows;
  const isOutdated = ({ heardAt }: Pick<Entry<Fact>, 'heardAt'>, { subject }: Wanted): boolean =>
    kind.isOutdated?.(subject, heardAt, 'memory') === true;
  const ageOf = ({ heardAt }: Pick<Entry<Fact>, 'heardAt'>): number => now() - heardAt;

  /** An absence has all of its short window; what a request leaves nothing of is an absence to it. */
  function windowOf({ fact, heardAt }: Pick<Entry<Fact>, 'fact' | 'heardAt'>, request: Wanted): number {
    if (kind.isAbsence(fact) || request.isAbsence?.(fact) === true) return negativeMs;
    return kind.sharesCalls ? freshMs : freshMs * (1 - spread * fractionOf(`${request.key} ${heardAt}`));
  }

  /** Inside its window and allowed for this credential, whatever parts of it are needed. */
  function isFresh(entry: Entry<Fact>, request: Wanted): boolean {
    if (isOutdated(entry, request)) return false;
    return ageOf(entry) < windowOf(entry, request) && denied.mayServeFresh(request.partition, entry.heardAt);
  }

  /** A match that is kept past its fresh window, and was fetched after its credential was last denied. */
  function isKept(entry: Entry<Fact>, request: Wanted): boolean {
    if (kind.isAbsence(entry.fact) || ageOf(entry) >= freshMs + staleMs || isOutdated(entry, request)) return false;
    return denied.mayServeStale(request.partition, entry.heardAt);
  }

  /** Recent enough for the request, and containing all that it needs. */
  function satisfies(entry: Entry<Fact>, request: Wanted): boolean {
    const { maxAgeMs = Number.POSITIVE_INFINITY, need } = request;
    if (ageOf(entry) >= maxAgeMs || !kind.covers(entry.fact, need)) return false;
    if (isFresh(entry, request)) return true;
    return request.maxAgeMs !== undefined && request.isAbsence?.(entry.fact) !== true && isKept(entry, request);
  }

  /** It takes the place of an older one: not where that is fresh, and holds more. */
  function replaces({ fact }: Entry<Fact>, own: Entry<Fact>, request: Wanted): boolean {
    if (!isFresh(own, request) || kind.isAbsence(own.fact) || kind.isAbsence(fact)) return true;
    return kind.covers(fact, kind.widen(request.need, own.fact));
  }

  /** A row that is older than that has to be asked for, whatever it says. What must be asked anew is not waited for: 0. */
  function oldestRowMs({ maxAgeMs = Number.POSITIVE_INFINITY }: Wanted): number {
    return Math.min(maxAgeMs, kind.sharesCalls ? freshMs : freshMs * (1 - spread));
  }

  /** Of the claim on what a request wants. */
  const nameOfClaim = ({ claimedElsewhere, need }: Wanted): string =>
    claimedElsewhere ?? nameOf(kind.asked?.(need) ?? need);

  return {
    isFresh,
    satisfies,
    nameOfClaim,
    /** For reading what these requests want, in their order. */
    standardsOf: (requests: readonly Wanted[], onClaim: ReadStandards<Fact>['onClaim']): ReadStandards<Fact> => ({
      claimMs: kind.claimMs ?? 0,
      maxAgeMs: index => oldestRowMs(requests[index] as Wanted),
      claim: index => nameOfClaim(requests[index] as Wanted),
      isAbsence: kind.isAbsence,
      isEnough: (entry, index) => satisfies(entry, requests[index] as Wanted),
      isOutdated: (heardAt, index) => kind.isOutdated?.((requests[index] as Wanted).subject, heardAt, 'redis') === true,
      replaces: (newer, own, index) => replaces(newer, own, requests[index] as Wanted),
      onClaim,
    }),
    /** In place of a source that failed. */
    mayServeStale(entry: Entry<Fact> | undefined, request: Wanted): entry is Entry<Fact> {
      if (entry === undefined || request.maxAgeMs !== undefined) return false;
      return kind.covers(entry.fact, request.need) && isKept(entry, request);
    },
    /** How long an outcome may be reused from now on, in milliseconds; 0 or less means not at all. */
    remainingMs(outcome: FactOutcome<Fact>, request: Wanted): number {
      if (outcome.error !== undefined || outcome.servedFrom === 'STALE_CACHE' || !kind.isComplete(outcome.fact))
        return 0;
      return Math.min(windowOf(outcome, request), request.maxAgeMs ?? Number.POSITIVE_INFINITY) - ageOf(outcome);
    },
  };
}

const names = new WeakMap<object, string>();

/** Short, and equal for equal needs. */
function nameOf(need: unknown): string {
  if (typeof need !== 'object' || need === null) return String(need);
  const known = names.get(need);
  if (known !== undefined) return known;
  const name = hash('sha1', JSON.stringify(need), 'base64url').slice(0, 12);
  names.set(need, name);
  return name;
}

/** From 0 to 1, always the same for the same text (FNV-1a). */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
