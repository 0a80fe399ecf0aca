import { describe, expect, test } from 'vitest';
import { indicatorKey, parseIndicator } from '../../../src/domain/indicator/indicator.ts';
import { indicatorTypes } from '../../../src/domain/indicator/model.ts';
import { extractIndicators } from '../../setup/extract.ts';
import { peerKeys, searchByIocExtractor, typesOfIocExtractor } from './peer-keys.ts';
import { ofTypes, precisionOf, recallOf, type Score, scoreOf, sumOf } from './scores.ts';
import { corpusFiles } from './truth.ts';

const least = 0.99;
const keysIn = (text: string): readonly string[] => extractIndicators(text).map(indicatorKey);
const scores = new Map(corpusFiles.map(file => [file.name, scoreOf(keysIn(file.text), file)]));
const total = sumOf([...scores.values()]);

/** A failure says what was missed and what was wrong, which a figure alone does not. */
function expectAtLeast(score: Score): void {
  const reason = JSON.stringify({ missed: score.missed, wrong: score.wrong }, null, 1);
  expect(precisionOf(score), `precision: ${reason}`).toBeGreaterThanOrEqual(least);
  expect(recallOf(score), `recall: ${reason}`).toBeGreaterThanOrEqual(least);
}

describe('the corpus', () => {
  test('has at least 300 lines, of at least twenty kinds', () => {
    expect(corpusFiles.reduce((lines, { text }) => lines + text.split('\n').length - 1, 0)).toBeGreaterThan(300);
    expect(corpusFiles.length).toBeGreaterThanOrEqual(20);
  });

  test.each(corpusFiles)('says of $name only once what is right, and in our spelling', file => {
    const all = [...file.expected, ...file.optional, ...file.unwanted];
    expect(all).toEqual([...new Set(all)]);
    for (const key of file.expected) {
      const type = indicatorTypes.find(name => key.startsWith(`${name}:`));
      const { indicator, problem } = parseIndicator(key.slice(key.indexOf(':') + 1), type);
      expect(indicator ? indicatorKey(indicator) : problem).toBe(key);
    }
  });
});

test.each([...scores])('in %s nearly all is found, and nearly nothing else', (_name, score) => expectAtLeast(score));

test.each(corpusFiles)('in $name nothing is found that looks like an indicator and is none', ({ text, unwanted }) => {
  expect(keysIn(text).filter(key => unwanted.includes(key))).toEqual([]);
});

test.each(indicatorTypes.filter(type => type !== 'OTHER'))(
  '%s is found nearly everywhere, and nearly nowhere else',
  type => expectAtLeast(ofTypes(total, [type])),
);

test('more is right than with ioc-extractor, of what is found and of what is there', () => {
  const found = corpusFiles.map(file => scoreOf(peerKeys(searchByIocExtractor(file.text), file), file));
  const theirs = ofTypes(sumOf(found), typesOfIocExtractor);
  const ours = ofTypes(total, typesOfIocExtractor);
  expect(precisionOf(ours)).toBeGreaterThan(precisionOf(theirs));
  expect(recallOf(ours)).toBeGreaterThan(recallOf(theirs));
});
