/** `VERDICT_LIST_CAPS`: the most that a list counts for. */
import { expect, it } from 'vitest';
import type { Environment } from '../../src/config/variables.ts';
import { createSeededDataSet } from '../../src/emulators/seed.ts';
import { startTestBed } from '../setup/gateway.ts';
import { withBed } from './bed.ts';

const dataSet = createSeededDataSet({ now: Date.now() });

it.each<[Environment, string, string]>([
  [{}, 'MALICIOUS', 'argus-high'],
  [{ VERDICT_LIST_CAPS: 'Sinkholes=suspicious' }, 'SUSPICIOUS', 'capped'],
  [{ VERDICT_LIST_CAPS: 'parked=SUSPICIOUS,sinkholes=INFORMATIONAL' }, 'INFORMATIONAL', 'capped'],
  [{ VERDICT_LIST_CAPS: 'tor-exits=SUSPICIOUS' }, 'MALICIOUS', 'argus-high'],
])('with %o a sinkhole is %s by the rule %s', async (environment, level, rule) => {
  await withBed(environment, dataSet, async bed => {
    const { data } = await bed.ask(
      '{ indicator(value: "192.0.2.3") { verdict { level policyVersion reasons { rule effect } } } }',
    );
    const { verdict } = data.indicator;
    expect(verdict).toMatchObject({ level, reasons: [{ rule, effect: level }] });
    for (const cap of environment.VERDICT_LIST_CAPS?.toLowerCase().split(',') ?? [])
      expect(verdict.policyVersion.toLowerCase()).toContain(cap);
  });
});

it.each([
  ['a level that does not exist', 'tor-exits=BENIGN'],
  ['a level that limits nothing', 'tor-exits=MALICIOUS'],
  ['a list without a level', 'tor-exits'],
  ['a level without a list', '=SUSPICIOUS'],
  ['nothing but a comma', ','],
])('VERDICT_LIST_CAPS with %s stops the start, and says what is right', async (_, given) => {
  await expect(startTestBed({ VERDICT_LIST_CAPS: given }, { dataSet })).rejects.toThrow(
    /^VERDICT_LIST_CAPS must be short names of lists with SUSPICIOUS or INFORMATIONAL, like tor-exits=SUSPICIOUS$/,
  );
});

it('VERDICT_LIST_CAPS with a list of two levels stops the start, and names the list', async () => {
  const start = startTestBed({ VERDICT_LIST_CAPS: 'Parked=SUSPICIOUS,parked=INFORMATIONAL' }, { dataSet });
  await expect(start).rejects.toThrow(/^VERDICT_LIST_CAPS names the list parked twice/);
});
