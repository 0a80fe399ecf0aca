/** Whom an answer of Datadog is about: it must name what was asked, or name nobody and say something. */
import { expect, it } from 'vitest';
import { parseIndicator } from '../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../src/domain/indicator/model.ts';
import { readAnswer } from '../../src/sources/datadog/client.ts';
import { plainRequest } from '../../src/sources/datadog/facts.ts';

const asked = parseIndicator('evil.example.org').indicator as Indicator;

function scoreIn(data: object): number | null | undefined {
  const answer = { status: 200, body: { data: { attributes: { data } } } } as Parameters<typeof readAnswer>[0];
  return readAnswer(answer, asked, plainRequest, () => {}).threat?.score;
}

const row = '01234567-89ab-4cde-8f01-23456789abcd';

it.each([
  { indicator: 'evil.example.org', id: row },
  { id: 'evil.example.org' },
  { indicator: null, id: 'evil.example.org' },
  { id: row },
  { id: null },
  {},
])('%j is about what was asked', names => {
  expect(scoreIn({ ...names, score: 92.5 })).toBe(92.5);
});

it.each([
  { indicator: 'other.example.org' },
  { id: 'other.example.org' },
  { indicator: 'other.example.org', id: 'evil.example.org' },
])('%j is about somebody else', names => {
  expect(() => scoreIn({ ...names, score: 92.5 })).toThrow('another indicator');
});

it.each([{}, { score: null }, { malicious_sources: [], score: null }, { signal_severity: [] }])(
  'an answer without a name that says nothing is about nobody: %j',
  data => {
    expect(() => scoreIn(data)).toThrow('another indicator');
  },
);

it.each([{ malicious_sources: [{ name: 'a' }] }, { score: 0 }, { malicious_sources: [], log_matches: 3 }])(
  'an answer without a name that says anything is about what was asked: %j',
  data => {
    expect(() => scoreIn(data)).not.toThrow();
  },
);
