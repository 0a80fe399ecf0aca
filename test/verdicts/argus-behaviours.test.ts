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

it.each([
  ['a domain below a listed one', 'mail.evil.example.org', 'domainSearch', 'INCONCLUSIVE'],
  ['an address in a listed block', '198.18.0.20', 'ipSearch', 'INCONCLUSIVE'],
  ['a block', '203.0.113.0/29', 'ipSearch', 'INCONCLUSIVE'],
  ['a URL whose host lies below a listed domain', 'https://mail.evil.example.org/x', 'domainSearch', 'INCONCLUSIVE'],
  ['a domain that is listed itself', 'listed.example.net', 'domainSearch', 'MALICIOUS'],
])(
  'where Argus refuses to search around %s, nothing is clean, and what is listed itself counts',
  async (_, value, search, level) => {
    await withBed({}, dataSet, async bed => {
      bed.emulators.argus.faults.add({ kind: 'status', status: 412, match: { body: search } });
      const { data } = await bed.ask(
        `query ($value: String!) { indicator(value: $value) { verdict { level missing summary } memberships { value } } }`,
        { value },
      );
      expect(data.indicator.verdict).toMatchObject({ level, missing: ['ARGUS'] });
      expect(data.indicator.verdict.summary).toContain('Argus refused to look for what is around it');
      expect(data.indicator.memberships).toHaveLength(level === 'MALICIOUS' ? 1 : 0);
    });
  },
);

it('a deleted record that comes although nobody asked for it accuses nobody', async () => {
  const { memberships, verdict } = await told('deleted.example.org', { deletedInSearch: 'returned' });
  expect(memberships).toMatchObject([{ deletedAt: expect.any(String) }]);
  expect(verdict.level).toBe('NO_MATCH');
  expect(verdict.reasons).toContainEqual({ rule: 'context', effect: null });
});
