/** Datadog's answer with any field replaced by anything: an accusation is there, or is known to be missing. */
import { describe, expect, it } from 'vitest';
import { readIndicator } from '../../src/sources/datadog/wire.ts';
import recorded from '../recorded/datadog-indicator-200.json' with { type: 'json' };

const accusing = {
  ...recorded.response.body.data.attributes.data,
  score: 92.5,
  malicious_sources: [{ name: 'a' }],
  suspicious_sources: [{ name: 'b' }],
  signal_severity: [{ severity: 'critical', count: 1 }],
};
const evidence = ['score', 'malicious_sources', 'suspicious_sources', 'signal_severity'] as const;

const anything: readonly unknown[] = [
  ...[true, false, 7, -1, 12.5, '', ' ', 'text', '7', '92.5', '1e400', '2026-06-03'],
  ...[{}, { a: 1 }, { name: 'a' }, { name: {} }, { severity: [] }, { critical: 'x' }],
  ...[
    [],
    [null],
    [[]],
    [{}],
    ['a'],
    [7],
    [true],
    [{ name: [] }],
    [{ severity: 'high', count: {} }],
    ['', null, 'a', {}],
  ],
];

function read(data: object) {
  const unreadable: string[] = [];
  const answer = readIndicator({ data: { attributes: { data } } }, field => unreadable.push(field));
  if ('error' in answer) throw new Error(JSON.stringify(data), { cause: answer.error });
  return { ...answer, unreadable };
}
const { wire: whole } = read(accusing);

describe.each(Object.keys(accusing))('%s replaced by anything', field => {
  it('costs no accusation but its own, and that not in silence', () => {
    for (const value of anything) {
      const { wire, isIncomplete, unreadable } = read({ ...accusing, [field]: value });
      for (const other of evidence.filter(name => name !== field))
        expect([value, wire[other]]).toEqual([value, whole[other]]);
      const isEvidence = unreadable.some(name => evidence.some(known => name.startsWith(known)));
      if (isEvidence) expect([value, isIncomplete]).toEqual([value, true]);
      for (const name of unreadable) expect(name).toMatch(new RegExp(`^${field}(\\.[a-z_]+)?$`));
    }
  });
});

it('a field that is left out, null or unknown is not counted as unreadable', () => {
  for (const field of Object.keys(accusing)) {
    expect(read({ ...accusing, [field]: null }).unreadable).toEqual([]);
    expect(read({ ...accusing, [field]: undefined }).unreadable).toEqual([]);
  }
  expect(read({ ...accusing, unknown: [{}] }).unreadable).toEqual([]);
});

it.each([
  ['score', { score: {} }],
  ['score, beside other fields', { score: {}, first_seen: {} }],
  ['malicious_sources', { malicious_sources: 7 }],
  ['suspicious_sources', { suspicious_sources: [[]] }],
  ['benign_sources', { benign_sources: true }],
  ['signal_severity', { signal_severity: [[]] }],
])('where %s cannot be read and nothing else accuses, the answer is an error, and nothing is counted', (_, sent) => {
  const unreadable: string[] = [];
  const body = { data: { attributes: { data: { indicator: 'x.example.org', ...sent } } } };
  expect(readIndicator(body, field => unreadable.push(field))).toHaveProperty('error');
  expect(unreadable).toEqual([]);
});

it.each([null, [], {}, { data: [] }, { data: { attributes: { data: null } } }, { data: { attributes: { data: [] } } }])(
  '%j is no answer about an indicator',
  body => {
    expect(readIndicator(body, () => {})).toHaveProperty('error');
  },
);
