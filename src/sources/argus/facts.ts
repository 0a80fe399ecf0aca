/** What is cached of Argus: the records that one search found for one indicator. */
import { z } from 'zod';
import type { FactKind, FactOutcome, InFlightCall, Windows } from '../../cache/fact-kind.ts';
import type { Immutable } from '../../cache/json.ts';
import type { ReadThrough } from '../../cache/read-through.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import type { Credential } from '../credential.ts';
import { isPresent, type MappedRecord, reputationRecord } from './mapping.ts';

/** Raise it when a fact of Argus changes its shape: facts that an older release stored are then ignored. */
export const factVersion = '3';

export interface RecordsSubject {
  readonly indicator: Indicator;
  readonly credential: Credential;
}

/** `properties` sorted. ACTIVE and LATEST are always requested together; OLD only when a field wants it. */
export interface RecordsNeed {
  readonly withOld: boolean;
  /** Also the records of parent domains and enclosing blocks. */
  readonly withCovering: boolean;
  readonly properties: readonly string[];
}

export type RecordsCall = InFlightCall<RecordsSubject, RecordsNeed>;

export interface FoundRecords {
  /** Of the very value. */
  readonly records: readonly MappedRecord[];
  /** Of what covers it. */
  readonly covering: readonly MappedRecord[];
  /** Argus holds more than it lets anybody read. */
  readonly isTruncated: boolean;
  /** The answer proves no absence of records of the very value: where none is left of those that are looked for, nothing is known. */
  readonly isPartial?: boolean;
  /** The same of what covers it. */
  readonly isCoveringPartial?: boolean;
  /** Argus refused to search for what covers it. */
  readonly isCoveringRefused?: boolean;
}

/** One promise for each call, in their order; each may reject with UpstreamError. */
export type FetchRecords = (calls: readonly RecordsCall[]) => readonly Promise<FoundRecords>[];

/** All records of one value, and of what covers it, in the states and with the properties that were requested. */
export const recordsFact = z.object({
  withOld: z.boolean(),
  withCovering: z.boolean(),
  properties: z.array(z.string()),
  records: z.array(reputationRecord),
  covering: z.array(reputationRecord),
  isTruncated: z.boolean(),
  isPartial: z.boolean().optional(),
  isCoveringPartial: z.boolean().optional(),
  isCoveringRefused: z.boolean().optional(),
});
export type RecordsFact = Immutable<z.infer<typeof recordsFact>>;
export type RecordsOutcome = FactOutcome<RecordsFact>;
export type RecordsReadThrough = ReadThrough<RecordsSubject, RecordsNeed, RecordsFact>;

type RecordsAround = Pick<RecordsNeed, 'withOld' | 'withCovering'>;

const containsRecords = (wider: RecordsAround, narrower: RecordsAround): boolean =>
  (wider.withOld || !narrower.withOld) && (wider.withCovering || !narrower.withCovering);

/** An answer to `wider` holds everything that `narrower` needs. */
const containsNeed = (wider: RecordsNeed, narrower: RecordsNeed): boolean =>
  containsRecords(wider, narrower) && narrower.properties.every(name => wider.properties.includes(name));

/** The smallest need that contains both. */
export const joinNeeds = (a: RecordsNeed, b: RecordsNeed): RecordsNeed =>
  containsNeed(a, b)
    ? a
    : {
        withOld: a.withOld || b.withOld,
        withCovering: a.withCovering || b.withCovering,
        properties: [...new Set([...a.properties, ...b.properties])].sort(),
      };

/**
 * All values that start together share a search, so each is fetched with the states and properties that any of them needs;
 * with what covers it only where that is needed of itself.
 */
function shareSearch(needs: readonly RecordsNeed[]): (need: RecordsNeed) => RecordsNeed {
  const joined = needs.reduce(joinNeeds);
  return ({ withCovering }) => ({ ...joined, withCovering });
}

const hasNoRecord = ({ records, covering }: RecordsFact): boolean => records.length + covering.length === 0;

const fold = (text: string): string => text.toLowerCase();

/** The fact has these properties of its records, perhaps under the other of a descriptor's two names. */
function hasProperties(fact: RecordsFact, names: readonly string[]): boolean {
  if (names.every(name => fact.properties.includes(name))) return true;
  if (hasNoRecord(fact)) return true; // what has no record has none with any property either
  const held = new Set(fact.properties.map(fold));
  const missing = names.map(fold).filter(name => !held.has(name));
  if (missing.length === 0) return true;
  const descriptors = [...fact.records, ...fact.covering].flatMap(({ properties }) => properties);
  return missing.every(name =>
    descriptors.some(({ descriptorId, shortName }) => [descriptorId, shortName].map(fold).includes(name)),
  );
}

export function recordsKind(
  windows: Windows,
  revalidates: boolean,
  fetchRecords: FetchRecords,
): FactKind<RecordsSubject, RecordsNeed, RecordsFact> {
  return {
    source: 'ARGUS',
    windows,
    sharesCalls: true,
    revalidates,
    parse: stored => recordsFact.safeParse(stored).data,
    covers: (fact, need) => hasProperties(fact, need.properties) && containsRecords(fact, need),
    contains: containsNeed,
    share: shareSearch,
    widen: joinNeeds,
    // OLD and deleted records are no present match: a fact that holds nothing else is kept only as long as an empty one. So
    // is one that may lack what covers the value.
    isAbsence: ({ records, isCoveringPartial = false }) => isCoveringPartial || !records.some(isPresent),
    partitionOf: ({ credential }) => credential.partition,
    isComplete: fact => !fact.isTruncated,
    fetch: calls =>
      fetchRecords(calls).map((found, index) =>
        found.then(one => factOf(one, (calls[index] as RecordsCall).request.need)),
      ),
  };
}

/** Only those doubts are kept that there are. */
function factOf(found: FoundRecords, { withOld, withCovering, properties }: RecordsNeed): RecordsFact {
  const { records, covering, isTruncated, isPartial, isCoveringPartial, isCoveringRefused } = found;
  return {
    ...{ withOld, withCovering, properties, records, covering, isTruncated },
    ...(isPartial && { isPartial }),
    ...(isCoveringPartial && { isCoveringPartial }),
    ...(isCoveringRefused && { isCoveringRefused }),
  };
}
