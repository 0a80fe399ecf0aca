/**
 * What Apollo Client's cache must know about the Indicator Gateway's schema: `indicator-gateway/apollo` exports it.
 *
 *     new InMemoryCache({ typePolicies, possibleTypes })
 *
 * - Two spellings of one indicator are one entry: the gateway's `id` is stable, and Apollo keys by it already.
 * - A later query that did not ask a source never overwrites what an earlier one learned of it.
 * - Two components that select different fields of one object never evict each other's, also where the object has no id.
 *
 * Ask `source`, `status`, `limits` and `fetchedAt` together: they are one statement, and only together do they differ from
 * the one before.
 */
import type { FieldMergeFunction, Reference, StoreObject, TypePolicies } from '@apollo/client';

/** The interfaces of the schema and what implements them. */
export const possibleTypes: Record<string, string[]> = {
  Node: ['Indicator', 'ThreatIndicator', 'ReputationRecord'],
};

type Stored = StoreObject & Record<string, unknown>;
type ListItem = Stored | Reference | null;

const isStored = (item: unknown): item is Stored => typeof item === 'object' && item !== null && !('__ref' in item);

/** What describes one answer and means nothing beside another. */
const ofOneAnswer = ['fetchedAt', 'ageSeconds', 'detail', 'retryAfterSeconds'] as const;

const differs = (key: string, before: Stored, after: Stored) =>
  key in before && key in after && before[key] !== after[key];

/**
 * One SourceReport over another. Where it is provably another answer, what described the old one becomes null, not missing
 * (a missing field would make its reader ask again, and the two would take turns for ever). Its warnings, `limits` and
 * `staleBecause`, stay until they are answered.
 */
function mergeReport(before: Stored, after: Stored): Stored {
  const known = before.status !== undefined && before.status !== 'NOT_QUERIED';
  if (known && after.status === 'NOT_QUERIED') return { ...after, ...before };
  if (after.status === undefined) {
    const said = Object.fromEntries(Object.entries(after).filter(([key, value]) => value !== null || !(key in before)));
    return { ...before, ...said };
  }
  const merged: Stored = { ...before, ...after };
  if (!differs('status', before, after) && !differs('fetchedAt', before, after)) return merged;
  for (const key of ofOneAnswer) if (key in before && !(key in after)) merged[key] = null;
  if (before.servedFrom !== 'STALE_CACHE' && 'servedFrom' in before && !('servedFrom' in after)) {
    merged.servedFrom = null;
  }
  return merged;
}

/**
 * Lists of one entry per source. Apollo hides what was there from a merge during a refetch; `existingData` still has it.
 * Without `source` in the selection nothing tells entries apart: the list is replaced.
 */
const perSource =
  (merge: (before: Stored, after: Stored) => Stored): FieldMergeFunction<readonly ListItem[]> =>
  (_existing, incoming, { existingData }) => {
    const before = new Map<unknown, Stored>();
    for (const item of Array.isArray(existingData) ? existingData : []) {
      if (isStored(item) && item.source !== undefined) before.set(item.source, item);
    }
    const merged = incoming.map(item => {
      const old = isStored(item) ? before.get(item.source) : undefined;
      return old && isStored(item) ? merge(old, item) : item;
    });
    return merged;
  };

const same = (before: unknown, after: unknown) => JSON.stringify(before) === JSON.stringify(after);

const isSameItem = (before: unknown, after: ListItem) => {
  if (!isStored(before) || !isStored(after)) return same(before, after);
  return Object.keys(after).every(key => !(key in before) || same(before[key], after[key]));
};

/** Lists of objects without an id: the same answer seen with other fields is completed, anything else is replaced. */
const sameListCompleted: FieldMergeFunction<readonly ListItem[] | null> = (_existing, incoming, { existingData }) => {
  if (!Array.isArray(existingData) || incoming?.length !== existingData.length) return incoming;
  if (!incoming.every((item, at) => isSameItem(existingData[at], item))) return incoming;
  return incoming.map((item, at) => (isStored(item) ? { ...existingData[at], ...item } : item));
};

const list = { merge: sameListCompleted };

export const typePolicies: TypePolicies = {
  Query: {
    fields: {
      lookup: list,
      extract: list,
      reputationTypes: list,
      sources: { merge: perSource((before, after) => ({ ...before, ...after })) },
    },
  },
  Indicator: {
    fields: { sources: { merge: perSource(mergeReport) }, triageHistory: list, links: list },
  },
  DatadogAnswer: { fields: { triageHistory: list } },
  ThreatReport: { fields: { signalSeverity: list, users: list } },
  Verdict: { fields: { reasons: list } },
  ReputationRecord: { fields: { properties: list } },
  Mutation: { fields: { setTriageState: list } },
  // Each result has its own.
  TriageEvent: { merge: (_existing, incoming) => incoming },
  ReputationRecordConnection: { merge: true, fields: { edges: list } },
  ThreatIndicatorConnection: { merge: true, fields: { edges: list } },
  SourceReport: {
    merge: (_existing, incoming, { existingData }) =>
      isStored(existingData) && isStored(incoming) ? mergeReport(existingData, incoming) : incoming,
  },
  // Parts of an object that has an id: always about the same thing, so their fields add up.
  ScoringFactors: { merge: true },
  AutonomousSystem: { merge: true },
  ThreatIndicatorNetwork: { merge: true },
  GeoLocation: { merge: true },
  ReputationType: { merge: true },
  PageInfo: { merge: true },
};
