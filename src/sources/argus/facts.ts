/** What is cached of Argus: the records that one question about one indicator brought. */
import { z } from 'zod';
import type { Immutable } from '../../cache/json.ts';
import type { FactKind, Outcome, ReadThrough, Windows } from '../../cache/read-through.ts';
import { reputationRecord } from './mapping.ts';
import type { Gather, MembershipNeed, MembershipSubject } from './search/batched-search.ts';

/** Raised when a fact of Argus changes its shape: what an older release stored is then not looked at. */
export const factVersion = '1';

/** All records of one value (or that cover it) in the states and with the properties that were asked. */
export const recordsFact = z.object({
  withOld: z.boolean(),
  properties: z.array(z.string()),
  records: z.array(reputationRecord),
  isTruncated: z.boolean(),
});
export type RecordsFact = Immutable<z.infer<typeof recordsFact>>;
export type RecordsOutcome = Outcome<RecordsFact>;
export type RecordsReadThrough = ReadThrough<MembershipSubject, MembershipNeed, RecordsFact>;

/** An answer to `wider` holds all that `narrower` asks for. */
const containsNeed = (wider: MembershipNeed, narrower: MembershipNeed): boolean =>
  (wider.withOld || !narrower.withOld) && narrower.properties.every(name => wider.properties.includes(name));

export const joinNeeds = (a: MembershipNeed, b: MembershipNeed): MembershipNeed =>
  containsNeed(a, b)
    ? a
    : { withOld: a.withOld || b.withOld, properties: [...new Set([...a.properties, ...b.properties])].sort() };

export function recordsKind(
  windows: Windows,
  revalidates: boolean,
  gather: Gather,
): FactKind<MembershipSubject, MembershipNeed, RecordsFact> {
  return {
    source: 'ARGUS',
    windows,
    revalidates,
    revive: stored => recordsFact.safeParse(stored).data,
    // A value with no record at all has none with any property either.
    covers: (fact, need) =>
      containsNeed(fact.records.length === 0 ? { ...fact, properties: need.properties } : fact, need),
    contains: containsNeed,
    widen: joinNeeds,
    // What was superseded long ago tells of no present match: such an answer is kept no longer than an empty one.
    isAbsence: fact => fact.records.every(({ state }) => state === 'OLD'),
    partitionOf: ({ credential }) => credential.partition,
    isComplete: fact => !fact.isTruncated,
    fetch(flights) {
      // What each value needs may have been widened by what is cached of it: one search all the same.
      const need = flights.map(({ question }) => question.need).reduce(joinNeeds);
      const together = flights.map(flight => ({ ...flight, question: { ...flight.question, need } }));
      return gather(together).map(async memberships => {
        const { records, isTruncated } = await memberships;
        return { withOld: need.withOld, properties: [...need.properties], records: [...records], isTruncated };
      });
    },
  };
}
