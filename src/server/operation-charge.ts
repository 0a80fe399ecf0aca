/** What an operation takes from its caller's rate limit: before it runs, and when its answer shows what it has cost. */
import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { RateLimit } from '../auth/rate-limit.ts';
import type { OperationCost } from '../graphql/cost.ts';
import { AnswerOverloadedError } from '../graphql/error-codes.ts';
import type { OperationRecord } from './request-log.ts';

/** Measured: to write so much of an answer, or to refuse so long a request, takes a few milliseconds at most. */
const charactersPerPoint = 16 * 1024;
/** Measured: to read so many records of an upstream takes as long. */
const rowsPerPoint = 100;

export const spentMessage = (retryAfterSeconds: number): string =>
  `Too many indicators in a minute: come back in ${retryAfterSeconds} s.`;

/**
 * Throws an error with the status 429 if too little is left of the caller's rate limit. `paid`: what was taken for the
 * operation already.
 */
export function charge(rateLimit: RateLimit, clientKey: string, cost: OperationCost, paid = 0): void {
  const taken = rateLimit.take(clientKey, cost.points - paid, cost.points);
  if (taken.allowed) return;
  const { retryAfterSeconds } = taken;
  const headers = new HeaderMap([['retry-after', String(retryAfterSeconds)]]);
  throw new GraphQLError(spentMessage(retryAfterSeconds), {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds, http: { status: 429, headers } },
  });
}

/** Whether `charge` threw it. */
export const isRateLimited = (problem: unknown): problem is GraphQLError =>
  problem instanceof GraphQLError && problem.extensions.code === 'RATE_LIMITED';

/** What nobody knows before: an answer that is larger than what was paid for, or rests on more records. */
export function chargeAnswer(
  rateLimit: RateLimit,
  clientKey: string,
  { cost, rows = 0 }: OperationRecord,
  text: string,
): void {
  const points = Math.max(Math.ceil(text.length / charactersPerPoint), Math.ceil(rows / rowsPerPoint));
  const more = points - (cost?.points ?? 0);
  if (more > 0) rateLimit.charge(clientKey, more);
}

/** A request that was refused before anything was charged for it. */
export const chargeRefused = (rateLimit: RateLimit, clientKey: string, text: string): void =>
  rateLimit.charge(clientKey, Math.max(1, Math.ceil(text.length / charactersPerPoint)));

/** What was taken for an operation that found no room, but for what has been done: texts that were searched, or an answer. */
export function giveBack(
  rateLimit: RateLimit,
  clientKey: string,
  { cost, paidForSearch = 0 }: OperationRecord,
  problem: GraphQLError,
): void {
  if (cost === undefined || problem instanceof AnswerOverloadedError) return;
  rateLimit.giveBack(clientKey, cost.points - paidForSearch);
}
