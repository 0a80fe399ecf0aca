/** A record of Argus with any field replaced by anything: it is there as long as its value is. */
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../src/sources/argus/wire.ts';

const named = { id: '1', shortName: 'botnet-c2', name: 'Botnet C2' };
const row = {
  id: '7e34ec48-c152-420d-8ab7-d8c1946bca37',
  indicatorList: { ...named, confidence: 0.3 },
  type: { shortName: 'domain', name: 'Domain' },
  value: 'evil.example.org',
  firstSeenTimestamp: 1_780_788_132_015,
  lastSeenTimestamp: 1_780_788_132_015,
  state: 'active',
  createdTimestamp: 1_780_788_132_015,
  lastUpdatedTimestamp: 1_780_788_132_015,
  deletedTimestamp: 0,
  flags: ['deleted'],
  properties: [{ descriptor: named, dataType: 'string', multiValue: false, value: 'a note' }],
};

const anything: readonly unknown[] = [
  ...[true, 7, -1e17, 1e17, '', ' ', 'text', '2026-06-03', {}, { id: {} }, { shortName: {} }, { name: [], id: 7 }],
  ...[[], [null], [[]], [{}], ['a', {}, 7], [{ shortName: {} }], [{ descriptor: { id: {} }, values: 7 }, 'x']],
];

function read(sent: unknown) {
  const unreadable: string[] = [];
  return { record: readRecord(sent, field => unreadable.push(field)), unreadable };
}

describe.each(Object.keys(row).filter(field => field !== 'value'))('%s replaced by anything', field => {
  it('costs nothing but itself, and that not in silence', () => {
    const { record: whole } = read(row);
    for (const value of anything) {
      const { record, unreadable } = read({ ...row, [field]: value });
      expect([value, { ...record, [field]: undefined }]).toEqual([value, { ...whole, [field]: undefined }]);
      for (const name of unreadable) expect(name).toMatch(new RegExp(`^${field}(\\.[a-zA-Z]+)*$`));
      expect(unreadable).toEqual([...new Set(unreadable)]);
    }
  });
});

it.each([{ value: {} }, { value: null }, { value: ' ' }, { value: undefined }, { value: [], flags: {} }])(
  'a record whose value is %j is none, and nothing is counted',
  value => {
    expect(read({ ...row, ...value })).toEqual({ record: undefined, unreadable: [] });
  },
);

it.each([null, [], 'evil.example.org', 7])('%j is no record', sent => {
  expect(read(sent)).toEqual({ record: undefined, unreadable: [] });
});
