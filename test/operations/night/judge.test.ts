import { describe, expect, it } from 'vitest';
import { expectedOf, falseAlarms, falseCleans, type Lived } from './judge.ts';
import type { Answer } from './load.ts';
import { readRules } from './rules.ts';
import { timeline } from './timeline.ts';

// What judges `npm run night`, which takes too long for a test.
const outage: Lived = {
  ...{ what: 'Datadog answers 503', minutes: 10, quiet: 10, from: 100_000, to: 130_000, until: 160_000 },
  ...{ unheard: ['DATADOG'], alerts: ['DATADOG SourceDown'], perhaps: ['Slow'] },
};
const firing = (alert: string, seconds: number) => ({ alert, at: seconds * 1_000 });
const rule = () => ({ for: 2, holdsAfter: 3 });
const expectedWith = (...firings: ReturnType<typeof firing>[]) => expectedOf(outage, firings, rule, 30)[0];

describe('an alert', () => {
  it('is due when its condition holds, after its `for`, one scrape and one evaluation', () => {
    expect(expectedWith(firing('DATADOG SourceDown', 115))).toMatchObject({
      firedAfter: 15,
      dueAfter: 14,
      isLate: false,
    });
  });

  it('is late by more than another `for`', () => {
    expect(expectedWith(firing('DATADOG SourceDown', 119))).toMatchObject({ isLate: true });
  });

  it('is missed that fires for another source, before the outage, or after it', () => {
    const others = [
      firing('ARGUS SourceDown', 110),
      firing('DATADOG SourceDown', 99),
      firing('DATADOG SourceDown', 161),
    ];
    expect(expectedWith(...others)).toMatchObject({ firedAfter: undefined });
  });

  it('is false where nothing that happens explains it', () => {
    const firings = [firing('Slow', 120), firing('Busy', 120), firing('Slow', 170)];
    expect(falseAlarms([outage], firings)).toEqual([firing('Busy', 120), firing('Slow', 170)]);
  });

  it('that is awaited in the night is shipped', () => {
    const ruleOf = readRules();
    for (const { alerts = [], perhaps = [] } of timeline)
      for (const alert of [...alerts, ...perhaps]) expect(ruleOf(alert).for).toBeGreaterThan(0);
  });
});

describe('a verdict', () => {
  const answer = (verdict: Partial<Answer['verdicts'][number]>, sentAt = 110_000): Answer => ({
    ...{ sentAt, receivedAt: sentAt + 100 },
    verdicts: [{ value: 'v', isBad: false, isNew: true, level: 'NO_MATCH', missing: [], ...verdict }],
  });
  const isFalse = (...given: Parameters<typeof answer>) => falseCleans([outage], [answer(...given)]).length > 0;

  it('is falsely clean that says nothing is known and does not say who was not heard', () => {
    expect(isFalse({})).toBe(true);
    expect(isFalse({ missing: ['ARGUS'] })).toBe(true);
    expect(isFalse({ missing: ['DATADOG'] })).toBe(false);
    expect(isFalse({ level: 'INCONCLUSIVE' })).toBe(false);
  });

  it('may be clean by what was heard before', () => {
    expect(isFalse({ isNew: false })).toBe(false);
    expect(isFalse({}, 140_000)).toBe(false);
  });

  it('is falsely clean at any time where one source knows the value to be malicious', () => {
    expect(isFalse({ isBad: true, missing: ['DATADOG'] }, 140_000)).toBe(true);
  });
});
