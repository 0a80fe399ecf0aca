/** An old answer shows what was there, never what was not: seen through a filter it may hold nothing. */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { RecordsOutcome } from '../facts.ts';
import { pickRecords } from '../mapping.ts';
import type { AskWithLists } from './selection-needs.ts';

/** Nothing that was asked for is in it, and it is not fresh enough to prove that. */
export function isStaleAbsence(
  outcome: RecordsOutcome | undefined,
  { states, lists }: AskWithLists,
): outcome is RecordsOutcome {
  if (outcome?.fact === undefined || outcome.servedFrom !== 'STALE_CACHE') return false;
  return pickRecords(outcome.fact.records, states, lists).length === 0;
}

/** What there is to say in its place. */
export function staleAbsence(stale: RecordsOutcome): UpstreamError {
  const kind = stale.fact === undefined ? 'UNAVAILABLE' : (stale.staleBecause ?? 'UNAVAILABLE');
  return new UpstreamError('ARGUS', kind, 'Argus was not heard, and an older answer is no proof of absence.');
}
