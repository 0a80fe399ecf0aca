/** What Argus may send although its page does not say so, and what a verdict makes of it. */
import { expect, it } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { withBed } from './bed.ts';

const dataSet = createSeededDataSet({ now: Date.now() });

const told = (value: string, behaviours: Partial<ArgusBehaviours>) =>
  withBed({}, dataSet, async bed => {
    Object.assign(bed.emulators.argus.behaviours, behaviours);
    const { data, errors } = await bed.ask(
      `query ($value: String!) { indicator(value: $value) {
        verdict { level reasons { rule effect } }
        memberships { confidence deletedAt list { confidence } } } }`,
      { value },
    );
    expect(errors).toBeUndefined();
    return data.indicator;
  });

it("a record's own confidence goes before its list's", async () => {
  expect(await told('sure.example.net', { recordConfidence: 'absent' })).toMatchObject({
    verdict: { level: 'INFORMATIONAL' },
    memberships: [{ confidence: null, list: { confidence: 0.2 } }],
  });
  expect(await told('sure.example.net', { recordConfidence: 'sent' })).toMatchObject({
    verdict: { level: 'MALICIOUS' },
    memberships: [{ confidence: 0.95, list: { confidence: 0.2 } }],
  });
});

it('a deleted record that comes although nobody asked for it accuses nobody', async () => {
  const { memberships, verdict } = await told('deleted.example.org', { deletedInSearch: 'returned' });
  expect(memberships).toMatchObject([{ deletedAt: expect.any(String) }]);
  expect(verdict.level).toBe('NO_MATCH');
  expect(verdict.reasons).toContainEqual({ rule: 'context', effect: null });
});
