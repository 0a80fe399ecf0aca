import type { Pass } from './circuit-breaker.ts';
import type { CallOptions, UpstreamAnswer, UpstreamCall } from './client.ts';
import type { UpstreamError } from './errors.ts';
import { isFailure, isRefusal } from './policy.ts';
import { type AttemptOptions, attempt } from './request.ts';
import { fail } from './status.ts';
import type { Journal } from './telemetry.ts';
import { type Cut, startPatience } from './timeout.ts';

export interface ExchangeOptions extends AttemptOptions {
  readonly timeoutMs: number;
  readonly journal: Journal;
}

export interface Exchanged {
  /** What was received, accepted or not. */
  readonly answer: UpstreamAnswer | undefined;
  readonly error: UpstreamError | undefined;
  /** What it tells the breaker. */
  readonly how: keyof Pass;
  /** Nobody waits for another attempt. */
  readonly isOver: boolean;
}

/** One attempt, held to its time. Never throws. */
export async function exchange(
  request: UpstreamCall,
  { signal, deadlineAt, isAside = false }: CallOptions,
  options: ExchangeOptions,
): Promise<Exchanged> {
  const { source, timeoutMs, journal, now } = options;
  const startedAt = now();
  const span = request.span?.child(request.method, { 'http.request.method': request.method }, 'client');
  const patience = startPatience({ signal, deadlineAt, timeoutMs, now });
  const { answer, error: met } = await attempt(request, patience, options);
  patience.end();
  const cut = answer === undefined ? patience.cut : undefined;
  const error = cut === undefined ? met : fail(source, 'TIMED_OUT', { cause: met?.cause });
  const isAbandoned = cut === 'LEFT';
  span?.set({ 'http.response.status_code': answer?.status });
  span?.end(isAbandoned ? 'cancelled' : error?.kind);
  journal.attempt({ operation: request.operation, startedAt, status: answer?.status, error, isAbandoned, isAside });
  const isLong = now() - startedAt >= timeoutMs / 2;
  return { answer, error, how: lessonOf(error, cut, isLong), isOver: cut === 'LEFT' || cut === 'DEADLINE' };
}

/**
 * An attempt that a deadline cut short counts against the upstream only if it had half its time: with less, it was our
 * own waiting that left it none.
 */
function lessonOf(error: UpstreamError | undefined, cut: Cut | undefined, isLong: boolean): keyof Pass {
  if (error === undefined) return 'succeeded';
  if (cut === 'LEFT' || (cut === 'DEADLINE' && !isLong)) return 'released';
  if (isFailure(error)) return 'failed';
  return isRefusal(error) ? 'answered' : 'released';
}
