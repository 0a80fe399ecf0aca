/** Facts out of Redis are not frozen: that nobody changes them is the compiler's to see to, and `tsc` is what runs this. */
import { expectTypeOf, test } from 'vitest';
import type { RecordsFact } from '../../src/sources/argus/facts.ts';
import type { ThreatFact } from '../../src/sources/datadog/mapping.ts';

function changeAll(fact: ThreatFact, { records }: RecordsFact): void {
  // @ts-expect-error
  fact.history = null;
  // @ts-expect-error
  fact.threat?.tags.push('mine');
  // @ts-expect-error
  fact.history?.events.sort();
  // @ts-expect-error
  if (fact.threat?.users[0]) fact.threat.users[0].category = 'mine';
  // @ts-expect-error
  records.reverse();
  // @ts-expect-error
  if (records[0]) records[0].list.name = 'mine';
  // @ts-expect-error
  records[0]?.properties[0]?.values.push('mine');
}

test('whoever reads a fact cannot change it, however deep', () => {
  expectTypeOf(changeAll).returns.toBeVoid(); // never called: it would change something
  expectTypeOf<NonNullable<ThreatFact['threat']>['tags']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<RecordsFact['records'][number]['flags']>().toEqualTypeOf<readonly string[]>();
});
