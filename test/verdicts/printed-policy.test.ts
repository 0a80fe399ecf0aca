import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { VerdictLevel } from '../../src/domain/verdict/model.ts';
import { effectsFor } from '../../src/domain/verdict/rules.ts';
import {
  answersAbout,
  argusAnswer,
  assess,
  datadogAnswer,
  emptyAnswer,
  type StatedAnswers,
} from '../domain/answers.ts';
import { readConfig } from '../setup/config.ts';
import { twoSources } from '../setup/two-sources.ts';

const page = readFileSync(new URL('../../docs/analysts.md', import.meta.url), 'utf8');
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), {
  assumeValid: true,
});
const { verdict: policy } = readConfig({ ARGUS_API_KEY: 'a/b/c' });
const effects = effectsFor(Object.values(twoSources));

/** The cells of the table below a heading, without its head. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter(line => line.startsWith('|'));
  return lines.slice(2).map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

const wordIn = (cell: string | undefined): string => /^`([\w-]+)`$/.exec(cell ?? '')?.[1] ?? '';

const rules = tableBelow('The policy').map(([number, rule, when, effect]) => ({
  number: Number(number),
  rule: wordIn(rule),
  when: when ?? '',
  effect: effect ?? '',
}));

describe('the page for analysts', () => {
  it.each([
    ['The level of a verdict', 'VerdictLevel'],
    ['The status of a source', 'SourceStatus'],
    ['The limits of an answer', 'CoverageLimit'],
  ])('explains under "%s" every %s of the schema, in its order, and says what to do', (heading, name) => {
    const type = schema.getType(name);
    const table = tableBelow(heading);
    expect(table.map(([word]) => wordIn(word))).toEqual(
      isEnumType(type) ? type.getValues().map(value => value.name) : [],
    );
    for (const cells of table) for (const cell of cells) expect(cell).not.toBe('');
  });

  it('prints the rules of the policy in their order, numbered', () => {
    expect(rules.map(({ number }) => number)).toEqual(rules.map((_, index) => index + 1));
    const own = ['nothing', 'gate'];
    expect(rules.map(({ rule }) => rule).filter(rule => !own.includes(rule))).toEqual(Object.keys(effects));
    expect(rules.slice(12, 14).map(({ rule }) => rule)).toEqual(own);
  });

  it('prints the effect that each rule has', () => {
    const printed = Object.fromEntries(rules.map(({ rule, effect }) => [rule, wordIn(effect) || null]));
    expect(printed).toEqual({ ...effects, nothing: 'NO_MATCH', gate: 'INCONCLUSIVE' });
  });

  it('prints the thresholds that hold unless configured', () => {
    const numbers = (rule: string) =>
      rules
        .find(one => one.rule === rule)
        ?.when.match(/\d+/g)
        ?.map(Number);
    const { maliciousFrom: high, suspiciousFrom: medium } = policy;
    expect(numbers('argus-high')).toEqual([high]);
    expect(numbers('argus-medium')).toEqual([medium, high]);
    expect(numbers('argus-low')).toEqual([medium]);
    expect(numbers('argus-latest-high')).toEqual([high]);
    expect(numbers('datadog-high')).toEqual([high]);
    expect(numbers('datadog-medium')).toEqual([medium, high]);
    expect(numbers('datadog-benign')).toEqual([medium]);
  });

  const host = answersAbout('evil.example.org', { argus: argusAnswer([{ confidence: 1 }]) });
  const examples: Readonly<Record<string, { readonly own: StatedAnswers; readonly host?: StatedAnswers }>> = {
    'argus-high': { own: host },
    'argus-medium': { own: answersAbout('a.example.org', { argus: argusAnswer([{ confidence: 0.3 }]) }) },
    'argus-low': { own: answersAbout('a.example.org', { argus: argusAnswer([{ confidence: 0.29 }]) }) },
    'argus-latest-high': {
      own: answersAbout('a.example.org', { argus: argusAnswer([{ confidence: 0.7, state: 'LATEST' }]) }),
    },
    'argus-latest': {
      own: answersAbout('a.example.org', { argus: argusAnswer([{ confidence: 0.69, state: 'LATEST' }]) }),
    },
    related: {
      own: answersAbout('https://evil.example.org/x', { argus: emptyAnswer('ARGUS', 'NOT_APPLICABLE') }),
      host,
    },
    'datadog-high': { own: answersAbout('a.example.org', { datadog: datadogAnswer({ score: 70 }) }) },
    'datadog-medium': { own: answersAbout('a.example.org', { datadog: datadogAnswer({ score: 69.9 }) }) },
    'datadog-malicious': {
      own: answersAbout('a.example.org', { datadog: datadogAnswer({ maliciousSources: ['f'] }) }),
    },
    corroborated: {
      own: answersAbout('a.example.org', {
        datadog: datadogAnswer({ maliciousSources: ['f'] }),
        argus: argusAnswer([{ confidence: null }]),
      }),
    },
    'datadog-known': {
      own: answersAbout('a.example.org', { datadog: datadogAnswer({ score: 4, suspiciousSources: ['f'] }) }),
    },
    'datadog-benign': {
      own: answersAbout('a.example.org', { datadog: datadogAnswer({ score: 29, benignSources: ['f'] }) }),
    },
    nothing: { own: answersAbout('a.example.org') },
    gate: { own: answersAbout('a.example.org', { argus: emptyAnswer('ARGUS', 'TIMED_OUT') }) },
    context: { own: answersAbout('a.example.org', { argus: argusAnswer([{ confidence: 1, state: 'OLD' }]) }) },
  };

  it.each(rules.map(({ rule, effect }) => [rule, effect] as const))(
    'prints of %s what the code does: %s',
    (rule, effect) => {
      const example = examples[rule];
      if (example === undefined) throw new Error(`no example of ${rule}`);
      const judged = assess(example.own, example.host, policy);
      const reason = judged.reasons.find(one => one.rule === rule);
      const expected: Readonly<Record<string, VerdictLevel | null>> = { related: 'SUSPICIOUS', context: null };
      expect(reason?.effect).toBe(rule in expected ? expected[rule] : wordIn(effect));
      if (reason?.effect) expect(judged.level).toBe(reason.effect);
    },
  );
});
