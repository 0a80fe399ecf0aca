/** A stale fact proves what was on a list, never what was not: after filtering it may show nothing at all. */
import { UpstreamError } from '../../../http-client/errors.ts';
import type { RecordsOutcome } from '../facts.ts';
import { pickRecords } from '../mapping.ts';
import type { RecordsRequest } from './selection-needs.ts';

/** The outcome is stale, and holds nothing that was requested. */
export function isStaleAbsence(
  outcome: RecordsOutcome | undefined,
  { states, lists }: RecordsRequest,
): outcome is RecordsOutcome {
  if (outcome?.fact === undefined || outcome.servedFrom !== 'STALE_CACHE') return false;
  return pickRecords(outcome.fact.records, states, lists).length === 0;
}

/** The outcome is stale, and holds nothing that covers the value. */
export const isStaleCoveringAbsence = (outcome: RecordsOutcome): boolean =>
  outcome.fact !== undefined && outcome.servedFrom === 'STALE_CACHE' && outcome.fact.covering.length === 0;

/** The error to return instead of it. */
export function staleAbsence(stale: RecordsOutcome): UpstreamError {
  const kind = stale.fact === undefined ? 'UNAVAILABLE' : (stale.staleBecause ?? 'UNAVAILABLE');
  return new UpstreamError('ARGUS', kind, 'Argus was not heard, and an older answer is no proof of absence.');
}
