/** What Redis holds of Argus is checked record by record, also where there are many. */
import { expect, it } from 'vitest';
import { recordsFact, recordsKind } from '../../src/sources/argus/facts.ts';

const windows = { freshMs: 1000, staleMs: 1000, negativeMs: 1000 };
const { parse } = recordsKind(windows, false, 1000, () => []);

const record = (index: number) => ({
  recordId: `id ${index}`,
  list: { id: 'list', shortName: 'list', name: 'List', confidence: null },
  reputationType: { shortName: 'domain', name: 'Domain' },
  value: 'evil.example.org',
  ...{ confidence: 0.5, state: 'ACTIVE', firstSeen: null, lastSeen: null, createdAt: null, updatedAt: null },
  ...{ deletedAt: null, flags: [], properties: [], refused: {} },
});
const records = (count: number) => Array.from({ length: count }, (_, index) => record(index));
const fact = { withOld: false, withCovering: true, properties: ['comment'], isTruncated: false, isPartial: true };
const withBad = (count: number, at: number) => records(count).with(at, { ...record(at), state: 'UNHEARD' });

it.each([
  ['few', { ...fact, records: records(3), covering: [] }, true],
  ['many', { ...fact, records: records(501), covering: [] }, true],
  ['many of both', { ...fact, records: records(100), covering: records(120) }, true],
  [
    'more than is known',
    { ...fact, records: records(200).map(one => ({ ...one, more: 1 })), covering: [], more: 1 },
    true,
  ],
  ['a bad one among few', { ...fact, records: withBad(3, 1), covering: [] }, false],
  ['a bad one at the end of many', { ...fact, records: withBad(501, 500), covering: [] }, false],
  ['a bad one of what covers', { ...fact, records: records(120), covering: withBad(2, 1) }, false],
  ['many, and no list of what covers', { ...fact, records: records(120) }, false],
  ['many, and another shape around', { ...fact, withOld: 'no', records: records(120), covering: [] }, false],
  ['nothing', null, false],
])('The same is read in slices as in one go: %s', async (_, stored, isFact) => {
  const inOneGo = recordsFact.safeParse(stored).data;
  expect(await parse(stored)).toEqual(inOneGo);
  expect(inOneGo !== undefined).toBe(isFact);
});
