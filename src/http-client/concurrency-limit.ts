/**
 * How many calls to an upstream may be under way: as many as it serves without becoming slower. The limit starts low and
 * grows with each call that is answered as fast as ever, as long as calls wait for it. When calls become slower, time
 * out, fail, or are asked to slow down, it shrinks.
 *
 *     start      32 → 72 → 162 → 256     each answer in the usual time adds one and a quarter
 *     slower     256 → 192 → 144         by what the latency has grown, until it is usual again
 *     steady     144 → 156 → 144         a few more each round, to find out whether there is room again
 *
 * When half of the calls do not make it any faster, the upstream itself has become slower: that is then the usual time,
 * and the limit is what it was. Time in which this process was busy itself is not taken for the upstream's. The models
 * are TCP Vegas and Netflix's concurrency-limits: docs/decisions/concurrency.md.
 */
export interface ConcurrencyLimit {
  current(): number;
  /** What the limit may soon grow to, while nothing has held it back: for forecasts. */
  reachable(): number;
  /** To be handed to `callEnded`. */
  callStarted(): Round | undefined;
  callEnded(call: EndedCall): void;
  /** After an outage: starts again. */
  restart(): void;
}

/** `ANSWERED`, if only with a refusal; `FAILED`: 5xx, a cut connection; `UNKNOWN`: nothing was learnt. */
export type CallEnding = 'ANSWERED' | 'FAILED' | 'RATE_LIMITED' | 'TIMED_OUT' | 'UNKNOWN';

interface EndedCall {
  readonly round: Round | undefined;
  readonly ending: CallEnding;
  readonly tookMs: number;
  /** Until this process was last idle: the upstream took at least so long. */
  readonly waitedMs: number;
  /** All that the limit allows was under way. */
  readonly isFull: boolean;
}

/** Calls that are measured together: those that started before the first of them ended. */
interface Round {
  readonly limit: number;
  started: number;
  isOpen: boolean;
  ended: number;
  failed: number;
  rateLimited: number;
  wasFull: boolean;
  readonly tookMs: number[];
  readonly waitedMs: number[];
}

export interface ConcurrencyLimitOptions {
  readonly start: number;
  readonly most: number;
  /** Of one call. */
  readonly timeoutMs: number;
  readonly onChange: (limit: number) => void;
}

/** By so much more than usual a call is slow. */
const tolerance = 1.5;
const leastRound = 4;
/** While nothing holds it back, the limit grows by this with each answer, and by no more in one round. */
const growthPerAnswer = 1.25;

export function createConcurrencyLimit({
  start,
  most,
  timeoutMs,
  onChange,
}: ConcurrencyLimitOptions): ConcurrencyLimit {
  const least = Math.max(1, Math.floor(Math.sqrt(start)));
  let limit = start;
  /** Nothing has held it back yet. */
  let isUnopposed = true;
  /** The limit of the latest round that was not slow. */
  let proven = start;
  /** The least median of a round, in milliseconds. */
  let usualMs = Number.POSITIVE_INFINITY;
  /** Where the limit stood when it began to shrink because of the latency. */
  let before: { readonly limit: number; readonly medianMs: number } | undefined;
  let round = createRound(limit);
  onChange(limit);

  function set(to: number) {
    const was = Math.floor(limit);
    limit = Math.min(most, Math.max(least, to));
    if (Math.floor(limit) !== was) onChange(Math.floor(limit));
  }

  function grow() {
    const cap = Math.max(limit, proven * (1 + growthPerAnswer));
    set(Math.min(limit + growthPerAnswer, cap));
  }

  /** Well before calls time out, however long they usually take. */
  const slowMs = () => Math.max(usualMs * 1.1, Math.min(usualMs * tolerance, timeoutMs * 0.8));

  function shrink(factor: number) {
    isUnopposed = false;
    set(limit * factor);
  }

  function becameSlower(medianMs: number) {
    before ??= { limit, medianMs };
    if (limit <= Math.max(least, before.limit / 2)) {
      if (medianMs > before.medianMs * 0.8) return acceptAsUsual(medianMs, before.limit);
      before = { limit, medianMs };
    }
    shrink(Math.max(0.5, slowMs() / medianMs));
  }

  function acceptAsUsual(medianMs: number, limitBefore: number) {
    usualMs = medianMs;
    before = undefined;
    set(limitBefore);
  }

  function judge({ ended, failed, rateLimited, wasFull, tookMs, waitedMs, started, limit: limitThen }: Round) {
    const failures = failed / ended;
    if (failures >= 0.5 || rateLimited / ended >= 0.1) return shrink(0.5);
    usualMs = Math.min(usualMs, median(tookMs, started));
    const medianMs = median(waitedMs, started);
    if (medianMs > slowMs()) return becameSlower(medianMs);
    before = undefined;
    proven = limitThen;
    if (failures >= 0.1) return giveBack();
    if (!isUnopposed && wasFull) set(limit + Math.sqrt(limit));
  }

  /** A share of the calls fails, perhaps because there are too many: what was added to the start is given back. */
  function giveBack() {
    isUnopposed = false;
    if (limit > start) set(Math.max(start, limit * 0.95));
  }

  function note(ending: CallEnding, { tookMs, waitedMs, isFull }: EndedCall) {
    round.ended += 1;
    round.wasFull ||= isFull;
    if (ending === 'FAILED' || ending === 'TIMED_OUT') round.failed += 1;
    else if (ending === 'RATE_LIMITED') round.rateLimited += 1;
    if (ending === 'FAILED') return;
    round.tookMs.push(tookMs);
    round.waitedMs.push(waitedMs);
  }

  return {
    current: () => Math.floor(limit),
    reachable: () => (isUnopposed ? most : Math.floor(limit)),
    callStarted() {
      if (!round.isOpen) return undefined;
      round.started += 1;
      return round;
    },
    callEnded(call) {
      const { ending, waitedMs, isFull } = call;
      const isUsual = ending === 'ANSWERED' && waitedMs <= slowMs();
      if (isUnopposed && isFull && isUsual) grow();
      if (call.round !== round) return;
      if (ending === 'UNKNOWN') round.started -= 1;
      else note(ending, call);
      if (round.started >= leastRound) round.isOpen = false;
      if (round.isOpen || round.ended < round.started * 0.75) return;
      const finished = round;
      round = createRound(limit);
      if (finished.ended > 0) judge(finished);
    },
    restart() {
      isUnopposed = true;
      before = undefined;
      set(Math.min(limit, start));
      proven = limit;
      round = createRound(limit);
    },
  };
}

const createRound = (limit: number): Round => ({
  ...{ limit, started: 0, isOpen: true, ended: 0, failed: 0, rateLimited: 0, wasFull: false },
  tookMs: [],
  waitedMs: [],
});

/** Of `of` calls. Those that have not ended yet are taken for the slowest. */
function median(endedMs: readonly number[], of: number): number {
  const sorted = [...endedMs].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(of / 2) - 1)] ?? Number.POSITIVE_INFINITY;
}
