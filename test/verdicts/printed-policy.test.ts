/** `docs/analysts.md` prints the rules as the code has them, and each rule does what is printed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { VerdictPolicy } from '../../src/domain/verdict/model.ts';
import { policyRules, versionOf } from '../../src/domain/verdict/policy.ts';
import { sources } from '../../src/sources/index.ts';
import { answersAbout, argusAnswer, assess, covering, datadogAnswer, type StatedAnswers } from '../domain/answers.ts';
import { policyRows, witnessRows } from '../setup/codegen/analysts-page.ts';
import { readConfig } from '../setup/config.ts';
import { ruleExamples } from './rule-examples.ts';

const page = readFileSync(new URL('../../docs/analysts.md', import.meta.url), 'utf8');
const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), {
  assumeValid: true,
});
const { verdict: standard } = readConfig({ ARGUS_API_KEY: 'a/b/c' });
const policy: VerdictPolicy = { ...standard, listCaps: { sinkholes: 'SUSPICIOUS', parked: 'INFORMATIONAL' } };

/** The cells of the table below a heading, without its head. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter(line => line.startsWith('|'));
  return lines.slice(2).map(line => line.slice(2, -2).split(' | '));
}

describe('the page for analysts', () => {
  it.each([
    ['The level of a verdict', 'VerdictLevel'],
    ['The status of a source', 'SourceStatus'],
    ['The limits of an answer', 'CoverageLimit'],
  ])('explains under "%s" every %s of the schema, in its order, and says what to do', (heading, name) => {
    const type = schema.getType(name);
    const table = tableBelow(heading);
    const values = isEnumType(type) ? type.getValues().map(value => `\`${value.name}\``) : [];
    expect(table.map(([word]) => word)).toEqual(values);
    for (const cells of table) expect(cells.map(cell => cell.trim() !== '')).toEqual([true, true, true]);
  });

  it.each(policyRows(sources))('prints rule %s, %s, as the code has it', (...row) => {
    expect(tableBelow('The policy')[Number(row[0]) - 1]).toEqual(row);
  });

  it('prints no other rule', () => {
    expect(tableBelow('The policy')).toHaveLength(policyRules.length);
  });

  it.each(witnessRows(sources))('prints who can witness the absence of %s as the sources say', (...row) => {
    expect(tableBelow('Who can witness an absence')).toContainEqual(row);
  });

  it('says which bounds hold unless configured', () => {
    const { maliciousFrom: high, suspiciousFrom: medium } = standard;
    expect(page).toContain(`High is ${high} or more, medium ${medium} to under ${high},\nlow under ${medium}`);
  });

  const printedEffects = tableBelow('The policy').flatMap(([, rule = '', , effects = '']) =>
    effects.split('; ').map(effect => [rule.replaceAll('`', ''), effect.replaceAll('`', '')] as const),
  );

  it('has an example of every rule and effect, and no other', () => {
    const examples = ruleExamples.map(({ rule, effect }) => [rule, effect ?? 'none']);
    expect(examples).toEqual(printedEffects);
  });

  it.each(ruleExamples.map(example => [example.rule, example.effect, example] as const))(
    'prints of %s what the code does: %s',
    (rule, effect, { own, host }) => {
      const { reasons, level } = assess(own, host, policy);
      expect(reasons.find(reason => reason.rule === rule && reason.effect === effect)).toBeDefined();
      if (effect !== null) expect(level).toBe(effect);
    },
  );
});

/** The levels and rules for much evidence of either source, one at a time and both together. */
function judgements(): readonly unknown[] {
  const fetchedAt = '2026-07-01T00:00:00Z';
  const daysBefore = (days: number) => new Date(Date.parse(fetchedAt) - days * 86_400_000).toISOString();
  const lists = (['ACTIVE', 'LATEST', 'OLD', 'UNKNOWN'] as const).flatMap(state =>
    [null, 0.29, 0.3, 0.69, 0.7].flatMap(confidence =>
      [null, ...[89, 91, 364, 366].map(daysBefore)].flatMap(lastSeen =>
        ['Feed', 'Sinkholes', 'Parked'].map(list => ({ list, state, confidence, lastSeen })),
      ),
    ),
  );
  const feeds = ['maliciousSources', 'suspiciousSources', 'benignSources'] as const;
  const scores = [null, 29, 30, 69, 70].flatMap(score =>
    [...feeds.map(kind => ({ [kind]: ['feed'] })), {}].flatMap(named =>
      ['critical', 'low'].map(severity => ({ score, ...named, signalSeverity: [{ severity, count: 1 }] })),
    ),
  );
  const around = ['example.org', 'org', '192.0.0.0/8', '192.0.2.0/24', 'github.io', '*.example.org'].flatMap(value =>
    [0.5, 0.9].map(confidence => covering(value, { confidence })),
  );
  const values = ['a.example.org', 'a'.repeat(64), '192.0.2.1', '10.0.0.5'];
  const told: readonly Partial<StatedAnswers>[] = [
    ...lists.map(record => ({ argus: argusAnswer([record], { fetchedAt }) })),
    ...scores.map(evidence => ({ datadog: datadogAnswer(evidence) })),
    ...around.map(record => ({ covering: [record] })),
    ...scores.flatMap(evidence =>
      [0.2, 0.5, 0.9].map(confidence => ({
        datadog: datadogAnswer(evidence),
        argus: argusAnswer([{ list: 'Other', confidence }], { fetchedAt }),
      })),
    ),
  ];
  return values.flatMap(value =>
    told.map(answers => {
      const { level, reasons, conflicting } = assess(answersAbout(value, answers), undefined, policy);
      return [level, conflicting, reasons.map(({ rule, effect }) => `${rule} ${effect}`)];
    }),
  );
}

it('the version is raised with every change of a rule', () => {
  const rules = policyRules.map(({ why: _, ...rule }) => rule);
  const digest = createHash('sha256')
    .update(JSON.stringify([rules, judgements()]))
    .digest('hex')
    .slice(0, 16);
  // A rule has changed: raise the number in `versionOf`, so that nobody takes old verdicts for new ones, and write both here.
  // Only words have: write the new digest.
  expect({ [versionOf(standard)]: digest }).toEqual({
    '2;malicious-from=70;suspicious-from=30;latest-high-days=365;latest-days=90;caps=': '9a450027daa5e6eb',
  });
});
