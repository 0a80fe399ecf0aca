/** Facts read from Redis are not frozen: their types make them immutable, and `tsc` checks what this file expects. */
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

test('a fact cannot be changed by its readers, at any depth', () => {
  expectTypeOf(changeAll).returns.toBeVoid(); // never called: it would change something
  expectTypeOf<NonNullable<ThreatFact['threat']>['tags']>().toEqualTypeOf<readonly string[]>();
  expectTypeOf<RecordsFact['records'][number]['flags']>().toEqualTypeOf<readonly string[]>();
});
