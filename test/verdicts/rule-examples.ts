/** The least evidence to which each rule of the verdict applies, in the order in which `docs/analysts.md` prints them. */
import type { VerdictLevel } from '../../src/domain/verdict/model.ts';
import {
  type ArgusEvidence,
  answersAbout,
  argusAnswer,
  covering,
  type DatadogEvidence,
  datadogAnswer,
  emptyAnswer,
  type StatedAnswers,
} from '../domain/answers.ts';

interface RuleExample {
  readonly rule: string;
  readonly effect: VerdictLevel | null;
  readonly own: StatedAnswers;
  readonly host?: StatedAnswers;
}

const name = 'a.example.org';
const url = `https://${name}/x`;
const fetchedAt = '2026-07-01T00:00:00Z';

const about = (value: string, answers: Partial<StatedAnswers> = {}) => answersAbout(value, answers);
const on = (record: Partial<ArgusEvidence>, value = name) =>
  about(value, { argus: argusAnswer([record], { fetchedAt }) });
const scored = (evidence: Partial<DatadogEvidence>, value = name) => about(value, { datadog: datadogAnswer(evidence) });
const below = (value: string, confidence: number) => about(name, { covering: [covering(value, { confidence })] });

const lastYear = '2025-06-30T00:00:00Z';
const inMarch = '2026-03-31T00:00:00Z';
const accused = { maliciousSources: ['feed'] };

export const ruleExamples: readonly RuleExample[] = [
  { rule: 'argus-high', effect: 'MALICIOUS', own: on({ confidence: 0.7 }) },
  { rule: 'argus-medium', effect: 'SUSPICIOUS', own: on({ confidence: null }) },
  { rule: 'argus-low', effect: 'INFORMATIONAL', own: on({ confidence: 0.29 }) },
  { rule: 'argus-latest-high', effect: 'SUSPICIOUS', own: on({ confidence: 0.7, state: 'LATEST', lastSeen: inMarch }) },
  {
    rule: 'argus-latest-high',
    effect: 'INFORMATIONAL',
    own: on({ confidence: 1, state: 'LATEST', lastSeen: lastYear }),
  },
  { rule: 'argus-latest', effect: 'SUSPICIOUS', own: on({ confidence: 0.3, state: 'LATEST' }) },
  { rule: 'argus-latest', effect: 'INFORMATIONAL', own: on({ confidence: 0.69, state: 'LATEST', lastSeen: inMarch }) },
  { rule: 'argus-unknown', effect: 'SUSPICIOUS', own: on({ confidence: 0.7, state: 'UNKNOWN' }) },
  { rule: 'argus-unknown', effect: 'INFORMATIONAL', own: on({ confidence: 0.69, state: 'UNKNOWN' }) },
  { rule: 'datadog-high', effect: 'MALICIOUS', own: scored({ score: 70 }) },
  { rule: 'datadog-high', effect: 'SUSPICIOUS', own: scored({ score: 92, benignSources: ['mute'] }) },
  { rule: 'datadog-medium', effect: 'SUSPICIOUS', own: scored({ score: 69.9 }) },
  { rule: 'datadog-malicious', effect: 'MALICIOUS', own: scored(accused, 'a'.repeat(64)) },
  { rule: 'datadog-malicious', effect: 'SUSPICIOUS', own: scored(accused) },
  { rule: 'datadog-suspicious', effect: 'SUSPICIOUS', own: scored({ score: 4, suspiciousSources: ['tor'] }) },
  {
    rule: 'datadog-signals',
    effect: 'SUSPICIOUS',
    own: scored({ score: 20, signalSeverity: [{ severity: 'critical', count: 1 }] }),
  },
  {
    rule: 'corroborated',
    effect: 'MALICIOUS',
    own: about(name, { datadog: datadogAnswer(accused), argus: argusAnswer([{ list: 'Other', confidence: null }]) }),
  },
  { rule: 'related', effect: 'SUSPICIOUS', own: about(url), host: on({ confidence: 1 }) },
  { rule: 'related', effect: 'INFORMATIONAL', own: about(url), host: scored({ benignSources: ['popular'] }) },
  { rule: 'covered', effect: 'SUSPICIOUS', own: below('example.org', 0.7) },
  { rule: 'covered', effect: 'INFORMATIONAL', own: below('example.org', 0.69) },
  { rule: 'capped', effect: 'SUSPICIOUS', own: on({ list: 'Sinkholes', confidence: 0.9 }) },
  { rule: 'capped', effect: 'INFORMATIONAL', own: on({ list: 'Parked', confidence: 0.3 }) },
  { rule: 'special-use', effect: 'INFORMATIONAL', own: on({ confidence: 1 }, '10.0.0.5') },
  { rule: 'datadog-known', effect: 'INFORMATIONAL', own: scored({ score: 4 }) },
  { rule: 'datadog-benign', effect: 'BENIGN', own: scored({ score: 29, benignSources: ['popular'] }) },
  { rule: 'nothing', effect: 'NO_MATCH', own: about(name) },
  { rule: 'gate', effect: 'INCONCLUSIVE', own: about(name, { argus: emptyAnswer('ARGUS', 'TIMED_OUT') }) },
  { rule: 'context', effect: null, own: on({ confidence: 1, state: 'OLD' }) },
];
