/** The searches of one operation. All values that its fields name share them. */
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SourceReport } from '../../../domain/source-report.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import { after, type MaybePromise } from '../../deferred.ts';
import { emptyReport } from '../../report.ts';
import type { Operation, SourcePart } from '../../source.ts';
import type { RecordsOutcome, RecordsReadThrough } from '../facts.ts';
import { createApplicability } from './applicability.ts';
import { coveringCriterionOf, coveringTypesOf } from './enclosing.ts';
import { createRecordsLoader, type RecordsKey, recordsRequestOf } from './records-loader.ts';
import { assessment, coveringReport, exactReport, joinReports, type RecordsSelection } from './records-report.ts';
import { coveringRequests, exactRequests, plainRequest, type RecordsRequest } from './selection-needs.ts';
import { isStaleAbsence, staleAbsence } from './stale-absence.ts';
import type { TypeRegistry } from './type-registry.ts';

export interface SearchPart extends SourcePart {
  /** Never rejects; undefined: Argus does not know indicators of this type. Synchronous where memory has the answer. */
  load(indicator: Indicator, request: RecordsRequest): MaybePromise<RecordsOutcome | undefined>;
  /** Records that cover the indicator without being it. Never rejects; undefined: nothing can cover this type. */
  covering(indicator: Indicator, properties: readonly string[]): Promise<RecordsOutcome | undefined>;
  reportOf(indicator: Indicator, outcome: RecordsOutcome | undefined, selected: RecordsSelection): SourceReport;
}

export interface SearchPartDependencies {
  readonly memberships: RecordsReadThrough;
  readonly covering: RecordsReadThrough;
  readonly types: TypeRegistry;
  readonly now: () => number;
}

export function openSearchPart(
  operation: Operation,
  credential: Credential | UpstreamError,
  dependencies: SearchPartDependencies,
): SearchPart {
  const { memberships: facts, now } = dependencies;
  const loadMemberships = createRecordsLoader(facts, credential, operation);
  const loadCovering = createRecordsLoader(dependencies.covering, credential, operation);
  const types = createApplicability(dependencies.types, credential, operation);

  /** There is no fact whose age could limit the response's, so the response must not be cached. */
  const uncacheable = (error: UpstreamError): RecordsOutcome => {
    operation.reduceMaxAge(0);
    return { error };
  };

  const loadByNames = (
    indicator: Indicator,
    request: RecordsRequest,
    names: readonly string[] | UpstreamError,
  ): MaybePromise<RecordsOutcome | undefined> => {
    if (names instanceof UpstreamError) return uncacheable(names);
    if (names.length === 0 || credential instanceof UpstreamError) return undefined;
    return loadMemberships({ indicator, typeNames: names, criterion: 'value', request });
  };

  const load: SearchPart['load'] = (indicator, request) => {
    const names = types.namesOf([indicator.type]);
    const outcome = after(names, known => loadByNames(indicator, request, known));
    return after(outcome, loaded => revalidated(indicator, request, loaded));
  };

  const revalidated = (
    indicator: Indicator,
    request: RecordsRequest,
    outcome: RecordsOutcome | undefined,
  ): MaybePromise<RecordsOutcome | undefined> =>
    isStaleAbsence(outcome, request) ? refetch(indicator, request, outcome) : outcome;

  /** Unless Argus has just failed, waits for the call that is revalidating the stale fact in the background. */
  const refetch = async (
    indicator: Indicator,
    request: RecordsRequest,
    stale: RecordsOutcome,
  ): Promise<RecordsOutcome> => {
    const names = await types.namesOf([indicator.type]);
    const hasFailed = stale.error !== undefined || stale.staleBecause !== null;
    if (hasFailed || names instanceof UpstreamError || credential instanceof UpstreamError)
      return { error: staleAbsence(stale) };
    const key: RecordsKey = { indicator, typeNames: names, criterion: 'value', request };
    const factRequest = recordsRequestOf(key, credential, operation);
    const [fresh] = await facts.getMany([{ ...factRequest, maxAgeMs: Number.MAX_SAFE_INTEGER }], operation);
    return fresh ?? { error: staleAbsence(stale) };
  };

  const covering: SearchPart['covering'] = async (indicator, properties) => {
    const criterion = coveringCriterionOf(indicator);
    if (criterion === undefined) return undefined;
    const names = await types.namesOf(coveringTypesOf(criterion));
    if (names instanceof UpstreamError) return uncacheable(names);
    return loadCovering({ indicator, typeNames: names, criterion, request: { ...plainRequest, properties } });
  };

  const reportOf: SearchPart['reportOf'] = (indicator, outcome, selected) =>
    exactReport(indicator, outcome, selected, now());

  return {
    load,
    covering,
    reportOf,
    assess: indicator => after(load(indicator, plainRequest), outcome => assessment(indicator, outcome, now())),
    async report(indicator, selection) {
      const exact = exactRequests(selection).map(async request =>
        reportOf(indicator, await load(indicator, request), request),
      );
      const around = coveringRequests(selection).map(async properties =>
        coveringReport(await covering(indicator, properties), now()),
      );
      const report = joinReports(...(await Promise.all([Promise.all(exact), Promise.all(around)])));
      return report ?? emptyReport('ARGUS', types.isRuledOut(indicator) ? 'NOT_APPLICABLE' : 'NOT_QUERIED');
    },
  };
}
