/** The searches of one operation. All values that its fields name share them. */
import type { Clock } from '../../../clock.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SourceReport } from '../../../domain/source-report.ts';
import type { UpstreamError } from '../../../http-client/errors.ts';
import type { Credential } from '../../credential.ts';
import { notReusable } from '../../fact-row.ts';
import { readAll } from '../../fact-table.ts';
import { createSelectionCache, type Selection } from '../../lookahead.ts';
import { emptyReport, withHostLimit } from '../../report.ts';
import type { Operation, SourcePart } from '../../source.ts';
import type { RecordsOutcome, RecordsReadThrough } from '../facts.ts';
import { callOf } from '../records/single-records.ts';
import { confirmLists } from './confirmed-lists.ts';
import { coveringCriterionOf } from './enclosing.ts';
import type { ListNames } from './list-names.ts';
import type { Outward } from './outward.ts';
import { assessment, coveringReport, exactReport, joinReports, type RecordsSelection } from './records-report.ts';
import { openRecordsTable, type RecordsKey } from './records-table.ts';
import {
  coveringRequests,
  currentStates,
  exactRequests,
  type RecordsRequest,
  verdictRequest,
} from './selection-needs.ts';
import { isStaleAbsence, isStaleCoveringAbsence, staleAbsence } from './stale-absence.ts';
import { isSearchable } from './type-names.ts';
import type { TypeRegistry } from './type-registry.ts';
import { createTypeWitness } from './witness.ts';

export interface SearchPart extends SourcePart {
  /** The outcome may be a failure; undefined: Argus does not know indicators of this type. Throws `notGathered`. */
  read(indicator: Indicator, request: RecordsRequest): RecordsOutcome | undefined;
  /** The same with the records that cover the indicator without being it; undefined: nothing can cover this type. */
  covering(indicator: Indicator, properties: readonly string[]): RecordsOutcome | undefined;
  reportOf(indicator: Indicator, outcome: RecordsOutcome | undefined, selected: RecordsSelection): SourceReport;
}

export interface SearchPartDependencies {
  readonly records: RecordsReadThrough;
  readonly types: TypeRegistry;
  readonly lists: ListNames;
  readonly outward: Outward;
  readonly clock: Clock;
}

/** Those that filter nothing become one; what a filter leaves of the records decides how long an absence holds. */
function joinPlain(requests: readonly RecordsRequest[]): readonly RecordsRequest[] {
  const isPlain = ({ states, lists }: RecordsRequest) => states === currentStates && lists === undefined;
  const plain = requests.filter(isPlain);
  if (plain.length < 2) return requests;
  const joined = {
    states: currentStates,
    properties: [...new Set(plain.flatMap(({ properties }) => properties))].sort(),
    withCovering: plain.some(({ withCovering }) => withCovering),
  };
  return [joined, ...requests.filter(request => !isPlain(request))];
}

interface WantedRecords extends RecordsKey {
  /** What covers the indicator is wanted, not what is about it. */
  readonly isCovering: boolean;
}

/** Everything that the selection on one indicator requests, once for all indicators. */
const requestsIn = (selection: Selection) => ({
  exact: exactRequests(selection),
  wanted: joinPlain(exactRequests(selection)),
  covering: coveringRequests(selection).map(properties => ({ ...verdictRequest, properties })),
});

export function openSearchPart(
  operation: Operation,
  credential: Credential | UpstreamError,
  { records: facts, types, lists, outward, clock }: SearchPartDependencies,
): SearchPart {
  const table = openRecordsTable(facts, credential, operation);
  const witness = createTypeWitness(types, credential, operation);
  const confirmed = confirmLists(lists, credential, () => callOf(operation));
  const requestsOf = createSelectionCache(requestsIn);
  let wanted: WantedRecords[] = [];

  function want(indicator: Indicator, requests: readonly RecordsRequest[], isCovering: boolean): void {
    if (requests.length === 0 || !isSearchable(indicator.type)) return;
    if (isCovering && coveringCriterionOf(indicator) === undefined) return;
    witness.prepare(indicator);
    for (const request of requests) {
      table.want({ indicator, request });
      wanted.push({ indicator, request, isCovering });
    }
  }

  /** What is stale and proves no absence is asked again, and lists are confirmed that no record has shown yet. */
  function complete(): Promise<void> | undefined {
    const keys = wanted;
    wanted = [];
    const stale = keys.filter(key => isRefreshable(key, table.find(key)));
    return stale.length === 0 ? see(keys) : table.refresh(stale).then(() => see(keys));
  }

  /** Learns from the facts what they show of Argus. */
  function see(keys: readonly WantedRecords[]): Promise<void> | undefined {
    const named: (readonly string[])[] = [];
    for (const key of keys) {
      const outcome = table.find(key);
      if (outcome?.fact === undefined) continue;
      operation.countRows(outcome.fact.records.length + outcome.fact.covering.length);
      const { lists: names } = key.request;
      if (key.indicator.type !== 'DOMAIN' && outcome.fact.covering.length > 0) outward.see();
      if (outcome.servedFrom === 'LIVE' || names !== undefined) confirmed.see(outcome.fact.records);
      if (names !== undefined) named.push(names);
    }
    return named.length === 0 ? undefined : confirmed.confirm(named);
  }

  /** Throws `notGathered` where gathering once more may tell more. */
  function find(key: WantedRecords): RecordsOutcome {
    const outcome = table.find(key);
    const known = isRefreshable(key, outcome) ? undefined : outcome && confirmed.check(outcome, key.request.lists);
    // What is known of a list's name has a time of its own.
    if (key.request.lists !== undefined) operation.served?.add(notReusable);
    if (known?.error !== undefined) operation.reduceMaxAge(0);
    if (known !== undefined) return known;
    want(key.indicator, [key.request], key.isCovering);
    throw operation.wait();
  }

  const read: SearchPart['read'] = (indicator, request) => {
    if (!isSearchable(indicator.type)) return undefined;
    const outcome = find({ indicator, request, isCovering: false });
    return isStaleAbsence(outcome, request) ? { error: staleAbsence(outcome) } : outcome;
  };

  const covering: SearchPart['covering'] = (indicator, properties) => {
    if (coveringCriterionOf(indicator) === undefined) return undefined;
    const outcome = find({ indicator, request: { ...verdictRequest, properties }, isCovering: true });
    return isStaleCoveringAbsence(outcome) ? { error: staleAbsence(outcome) } : outcome;
  };

  function reportFacts(indicator: Indicator) {
    const looksOutward = outward.isSeen();
    operation.served?.add(outward.served(looksOutward));
    return { now: clock.monotonic(), isWitness: witness.holds(indicator), looksOutward };
  }
  const reportOf: SearchPart['reportOf'] = (indicator, outcome, selected) =>
    exactReport(indicator, outcome, selected, reportFacts(indicator));

  return {
    read,
    covering,
    reportOf,
    want(indicator, selection) {
      const requests = requestsOf(selection);
      want(indicator, requests.wanted, false);
      want(indicator, requests.covering, true);
    },
    wantVerdict: indicator => want(indicator, [verdictRequest], false),
    recall: table.recall,
    missing: table.missing,
    gather() {
      const gathered = table.gather();
      return gathered === undefined ? complete() : gathered.then(complete);
    },
    assess: indicator => assessment(indicator, read(indicator, verdictRequest), reportFacts(indicator)),
    report(indicator, selection) {
      const requests = requestsOf(selection);
      const ofValue = requests.exact.map(request => () => reportOf(indicator, read(indicator, request), request));
      const ofCovering = requests.covering.map(
        ({ properties }) =>
          () =>
            coveringReport(covering(indicator, properties), clock.monotonic()),
      );
      const reports = readAll([...ofValue, ...ofCovering]);
      const report = joinReports(
        indicator,
        reports.slice(0, ofValue.length),
        reports.slice(ofValue.length),
        reportFacts(indicator),
      );
      if (report !== undefined) return withHostLimit(report, indicator, selection);
      return emptyReport('ARGUS', isSearchable(indicator.type) ? 'NOT_QUERIED' : 'NOT_APPLICABLE');
    },
  };
}

/** A stale fact is no proof of what it does not hold. Where Argus has just failed it is not asked again. */
function isRefreshable({ request, isCovering }: WantedRecords, outcome: RecordsOutcome | undefined): boolean {
  if (outcome?.fact === undefined || outcome.staleBecause !== null) return false;
  return isCovering ? isStaleCoveringAbsence(outcome) : isStaleAbsence(outcome, request);
}
