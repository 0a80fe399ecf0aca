/** Rows that come although nobody asked for them, and rows that a partial answer leaves out. */
import type { ArgusBehaviours } from './argus-behaviours.ts';
import type { ArgusData } from './argus-data.ts';
import type { ResolvedCriteria } from './argus-matching.ts';
import type { EmulatedRecord } from './argus-records.ts';

const foreignId = 'f0e1d2c3-b4a5-4968-8776-655443322110';
const foreignValues = {
  domain: { value: 'foreign.example.com', type: { shortName: 'domain', name: 'Domain' } },
  address: { value: '203.0.113.251', type: { shortName: 'ip', name: 'IP' } },
  // Stands for `value: null`.
  nullValue: { value: '', type: { shortName: 'domain', name: 'Domain' } },
};

/** The foreign row comes first, and is on the surest list that the key may read. */
export function withForeignRow(
  matches: readonly EmulatedRecord[],
  { terms, readableListIds }: ResolvedCriteria,
  { lists }: ArgusData,
  { foreignRow }: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const asksForValues = terms.value?.length || terms.domainSearch || terms.ipSearch;
  const [list] = [...lists.values()]
    .filter(({ id }) => readableListIds.has(id))
    .sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0));
  if (foreignRow === 'none' || !asksForValues || !list) return matches;
  const times = { firstSeenTimestamp: 1, lastSeenTimestamp: 1, createdTimestamp: 1, lastUpdatedTimestamp: 1 };
  const rest = { state: 'active', confidence: null, deletedTimestamp: 0, flags: [], properties: {}, range: undefined };
  return [{ id: foreignId, list, ...foreignValues[foreignRow], ...times, ...rest }, ...matches];
}

/** `some`: by id, so that the same rows are missing however they are asked for. */
export function withoutMissing(
  matches: readonly EmulatedRecord[],
  { successMessages, partialResult, partialRows }: ArgusBehaviours,
): readonly EmulatedRecord[] {
  const isPartial = successMessages === 'WARNING' || partialResult === 'true';
  if (!isPartial || partialRows === 'all') return matches;
  return partialRows === 'none' ? [] : matches.filter(({ id }) => Number.parseInt(id.slice(-1), 16) % 2 === 0);
}
