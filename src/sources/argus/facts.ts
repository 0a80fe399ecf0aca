/** What is cached of Argus: the records that one search found for one indicator. */
import { z } from 'zod';
import type { FactKind, FactOutcome, InFlightCall, Windows } from '../../cache/fact-kind.ts';
import type { Immutable } from '../../cache/json.ts';
import type { ReadThrough } from '../../cache/read-through.ts';
import type { Indicator } from '../../domain/indicator/model.ts';
import { giveWay, isSliceOver, type Later } from '../../slices.ts';
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

const reputationRecords = z.array(reputationRecord);

/** All records of one value, and of what covers it, in the states and with the properties that were requested. */
export const recordsFact = z.object({
  withOld: z.boolean(),
  withCovering: z.boolean(),
  properties: z.array(z.string()),
  records: reputationRecords,
  covering: reputationRecords,
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
  claimMs: number,
  fetchRecords: FetchRecords,
): FactKind<RecordsSubject, RecordsNeed, RecordsFact> {
  return {
    source: 'ARGUS',
    windows,
    claimMs,
    sharesCalls: true,
    revalidates,
    parse: parseRecords,
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

/** So many records are checked in one go. */
const recordsPerPart = 50;

/** In slices where there are many records. */
function parseRecords(stored: unknown): Later<RecordsFact | undefined> {
  const { records, covering } = Object(stored);
  const isLarge = [records, covering].some(list => Array.isArray(list) && list.length > recordsPerPart);
  if (!isLarge) return recordsFact.safeParse(stored).data;
  const fact = recordsFact.safeParse({ ...Object(stored), records: [], covering: [] }).data;
  return fact && parseLists(fact, [records, covering]);
}

async function parseLists(fact: RecordsFact, lists: readonly unknown[]): Promise<RecordsFact | undefined> {
  const parsed: MappedRecord[][] = [];
  for (const list of lists) {
    if (!Array.isArray(list)) return undefined;
    const records: MappedRecord[] = [];
    for (let from = 0; from < list.length; from += recordsPerPart) {
      if (isSliceOver()) await giveWay();
      const part = reputationRecords.safeParse(list.slice(from, from + recordsPerPart)).data;
      if (part === undefined) return undefined;
      records.push(...part);
    }
    parsed.push(records);
  }
  const [records = [], covering = []] = parsed;
  return { ...fact, records, covering };
}

/** Only those doubts are kept that there are, and no property that was not tried: another operation may have it. */
function factOf(found: FoundRecords, { withOld, withCovering, properties: asked }: RecordsNeed): RecordsFact {
  const { records, covering, isTruncated, isPartial, isCoveringPartial, isCoveringRefused } = found;
  const untried = untriedIn([...records, ...covering]);
  const properties = untried.size === 0 ? asked : asked.filter(name => !untried.has(name));
  return {
    ...{ withOld, withCovering, properties, records, covering, isTruncated },
    ...(isPartial && { isPartial }),
    ...(isCoveringPartial && { isCoveringPartial }),
    ...(isCoveringRefused && { isCoveringRefused }),
  };
}

/** The records of one search share what was refused. */
function untriedIn(records: readonly MappedRecord[]): ReadonlySet<string> {
  const refused = new Set(records.map(record => record.refused));
  return new Set([...refused].flatMap(names => Object.keys(names).filter(name => names[name] === 'UNTRIED')));
}
