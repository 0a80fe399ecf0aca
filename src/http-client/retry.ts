import type { SourceLabel } from '../domain/source-report.ts';
import type { Gate, Turn } from './admission.ts';
import { type Exchanged, type ExchangeOptions, exchange } from './attempt.ts';
import type { Breaker } from './circuit-breaker.ts';
import type { CallOptions, Upstream, UpstreamAnswer, UpstreamCall } from './client.ts';
import { UpstreamError } from './errors.ts';
import type { Line } from './line.ts';
import { backoffMs, isRetryable, type Policy } from './policy.ts';
import type { RateBudgets } from './rate-limit.ts';
import { createRetryBudget } from './retry-budget.ts';
import { readBudget } from './status.ts';
import { pause } from './timeout.ts';

type Call = Upstream['call'];
type Prepare = Parameters<Call>[0];

export interface CallsOptions {
  readonly source: SourceLabel;
  readonly policy: Policy;
  readonly unavailableBackoffMs: number;
  readonly gate: Gate;
  readonly breaker: Breaker;
  readonly line: Line;
  readonly budgets: RateBudgets;
  readonly exchange: ExchangeOptions;
  readonly now: () => number;
}

/** A call from its beginning to its answer: its turn, its attempts, and what is learnt from each. */
export function createCalls(options: CallsOptions): { readonly call: Call; readonly aside: Call } {
  const { policy, unavailableBackoffMs, gate, breaker, line, budgets, now } = options;
  const { journal } = options.exchange;
  const retries = createRetryBudget(policy, now);

  function learn({ answer, error }: Exchanged, partition: string) {
    const news = answer && readBudget(answer, now());
    if (news === undefined) {
      if (error === undefined) budgets.observeSilence(partition);
      return;
    }
    budgets.observe(partition, news);
    const told = budgets.told(partition);
    if (told !== undefined) journal.budget(told.remaining, told.resetAt);
    if (budgets.spentUntil(partition) > 0) line.reconsider();
  }

  async function send(request: UpstreamCall, call: CallOptions, turn: Turn): Promise<Exchanged> {
    const exchanged = await exchange(request, call, options.exchange);
    learn(exchanged, call.partition);
    turn.end(exchanged.how);
    return exchanged;
  }

  /** How long to wait before another attempt; undefined when there is to be none. */
  function patienceFor(
    error: UpstreamError,
    attempts: number,
    { isRepeatable }: UpstreamCall,
    call: CallOptions,
  ): number | undefined {
    if (!isRepeatable) return undefined;
    if (attempts >= policy.attempts || !isRetryable(error) || breaker.refusesForMs() > 0) return undefined;
    const spentUntil = error.kind === 'RATE_LIMITED' ? budgets.spentUntil(call.partition) : 0;
    // The line knows when the budget returns, and lets in no more than it allows: nothing that a retry budget must stop.
    if (spentUntil > 0) return spentUntil < call.deadlineAt() ? 0 : undefined;
    const wait = backoffMs(error, attempts, policy, unavailableBackoffMs);
    if (now() + wait + policy.leastAttemptMs > call.deadlineAt()) return undefined;
    return retries.take() ? wait : undefined;
  }

  async function retry(
    request: UpstreamCall,
    call: CallOptions,
    failed: Exchanged,
    attempts: number,
  ): Promise<Exchanged> {
    const { error, isOver } = failed;
    const wait = error === undefined || isOver ? undefined : patienceFor(error, attempts, request, call);
    if (wait === undefined || !(await pause(wait, call.signal))) return failed;
    const turn = await gate.enter(call, true);
    // What the upstream said itself stands, unless the line knows better when the budget returns.
    if (turn instanceof UpstreamError) return turn.kind === 'RATE_LIMITED' ? { ...failed, error: turn } : failed;
    journal.retry();
    call.onRetry?.();
    return retry(request, call, await send(request, call, turn), attempts + 1);
  }

  return {
    async call(prepare, call) {
      const entered = gate.enter(call, false);
      const turn = entered instanceof Promise ? await entered : entered;
      if (turn instanceof UpstreamError) throw turn;
      const request = prepareOr(prepare, () => turn.end('released', true));
      if (request === undefined) return undefined;
      retries.earn();
      return accepted(await retry(request, call, await send(request, call, turn), 1));
    },
    async aside(prepare, call) {
      if (breaker.state !== 'CLOSED') throw gate.closedFor();
      const request = prepare();
      return request && accepted(await exchange(request, call, options.exchange));
    },
  };
}

/** What to send; when there is nothing, or it can not be told, the turn is given back. */
function prepareOr(prepare: Prepare, giveBack: () => void): UpstreamCall | undefined {
  let request: UpstreamCall | undefined;
  try {
    request = prepare();
    return request;
  } finally {
    if (request === undefined) giveBack();
  }
}

function accepted({ answer, error }: Exchanged): UpstreamAnswer | undefined {
  if (error !== undefined) throw error;
  return answer;
}
