/** The searches of one operation. All values that its fields name share them. */
import type { Clock } from '../../../clock.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SourceReport } from '../../../domain/source-report.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import { after, type MaybePromise } from '../../deferred.ts';
import { emptyReport, withHostLimit } from '../../report.ts';
import type { Operation, SourcePart } from '../../source.ts';
import { unconfirmedList } from '../errors.ts';
import type { RecordsOutcome, RecordsReadThrough } from '../facts.ts';
import { callOf } from '../records/single-records.ts';
import { coveringCriterionOf } from './enclosing.ts';
import type { ListNames } from './list-names.ts';
import { createRecordsLoader, type RecordsKey, recordsRequestOf } from './records-loader.ts';
import { assessment, coveringReport, exactReport, joinReports, type RecordsSelection } from './records-report.ts';
import { coveringRequests, exactRequests, type RecordsRequest, verdictRequest } from './selection-needs.ts';
import { isStaleAbsence, isStaleCoveringAbsence, staleAbsence } from './stale-absence.ts';
import { isSearchable } from './type-names.ts';
import type { TypeRegistry } from './type-registry.ts';
import { createTypeWitness } from './witness.ts';

export interface SearchPart extends SourcePart {
  /** Never rejects; undefined: Argus does not know indicators of this type. Synchronous where memory has the answer. */
  load(indicator: Indicator, request: RecordsRequest): MaybePromise<RecordsOutcome | undefined>;
  /** The same with the records that cover the indicator without being it; undefined: nothing can cover this type. */
  covering(indicator: Indicator, properties: readonly string[]): MaybePromise<RecordsOutcome | undefined>;
  reportOf(indicator: Indicator, outcome: RecordsOutcome | undefined, selected: RecordsSelection): SourceReport;
}

export interface SearchPartDependencies {
  readonly records: RecordsReadThrough;
  readonly types: TypeRegistry;
  readonly lists: ListNames;
  /** Whether a block around an address was ever found: that Argus looks outward is not documented. */
  readonly enclosing: { isSeen: boolean };
  readonly clock: Clock;
}

const outcomeWithout = (outcome: RecordsOutcome, unconfirmed: string | undefined): RecordsOutcome =>
  unconfirmed === undefined ? outcome : { error: unconfirmedList(unconfirmed) };

export function openSearchPart(
  operation: Operation,
  credential: Credential | UpstreamError,
  { records: facts, types, lists, enclosing, clock }: SearchPartDependencies,
): SearchPart {
  const loadFact = createRecordsLoader(facts, credential, operation);
  const witness = createTypeWitness(types, credential, operation);

  const load: SearchPart['load'] = (indicator, request) => {
    if (!isSearchable(indicator.type)) return undefined;
    witness.prepare(indicator);
    return after(loadFact({ indicator, request }), outcome => {
      enclosing.isSeen ||= indicator.type !== 'DOMAIN' && (outcome.fact?.covering.length ?? 0) > 0;
      const current = isStaleAbsence(outcome, request) ? refetch({ indicator, request }, outcome) : outcome;
      return after(current, known => withKnownLists(known, request.lists));
    });
  };

  /** That there is nothing on the lists that were named is believed only where all of them are known. */
  const withKnownLists = (
    outcome: RecordsOutcome,
    names: readonly string[] | undefined,
  ): MaybePromise<RecordsOutcome> => {
    if (outcome.fact === undefined || credential instanceof UpstreamError) return outcome;
    if (outcome.servedFrom === 'LIVE' || names !== undefined) lists.see(credential, outcome.fact.records);
    if (names === undefined) return outcome;
    const unconfirmed = lists.unconfirmed(credential, names, callOf(operation));
    if (!(unconfirmed instanceof Promise)) return outcomeWithout(outcome, unconfirmed);
    return unconfirmed.then(
      unknown => outcomeWithout(outcome, unknown),
      problem => ({ error: problem }),
    );
  };

  /** Unless Argus has just failed, waits for the call that is revalidating the stale fact in the background. */
  const refetch = async (key: RecordsKey, stale: RecordsOutcome): Promise<RecordsOutcome> => {
    const hasFailed = stale.error !== undefined || stale.staleBecause !== null;
    if (hasFailed || credential instanceof UpstreamError) return { error: staleAbsence(stale) };
    const request = recordsRequestOf(key, credential, operation);
    const again = { ...request, maxAgeMs: Number.MAX_SAFE_INTEGER, isAbsence: () => true };
    const [fresh] = await facts.getMany([again], operation);
    return fresh ?? { error: staleAbsence(stale) };
  };

  const covering: SearchPart['covering'] = (indicator, properties) => {
    if (coveringCriterionOf(indicator) === undefined) return undefined;
    const request = { ...verdictRequest, properties };
    return after(load(indicator, request), outcome =>
      outcome !== undefined && isStaleCoveringAbsence(outcome) ? refetch({ indicator, request }, outcome) : outcome,
    );
  };

  const reportFacts = (indicator: Indicator) => ({
    now: clock.monotonic(),
    isWitness: witness.holds(indicator),
    looksOutward: enclosing.isSeen,
  });
  const reportOf: SearchPart['reportOf'] = (indicator, outcome, selected) =>
    exactReport(indicator, outcome, selected, reportFacts(indicator));

  return {
    load,
    covering,
    reportOf,
    assess: indicator =>
      after(load(indicator, verdictRequest), outcome => assessment(indicator, outcome, reportFacts(indicator))),
    async report(indicator, selection) {
      const exact = exactRequests(selection).map(async request =>
        reportOf(indicator, await load(indicator, request), request),
      );
      const around = coveringRequests(selection).map(async properties =>
        coveringReport(await covering(indicator, properties), clock.monotonic()),
      );
      const [ofValue, ofCovering] = await Promise.all([Promise.all(exact), Promise.all(around)]);
      const report = joinReports(indicator, ofValue, ofCovering, reportFacts(indicator));
      if (report !== undefined) return withHostLimit(report, indicator, selection);
      return emptyReport('ARGUS', isSearchable(indicator.type) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
    },
  };
}
