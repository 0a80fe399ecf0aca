import { indicatorKey } from '../../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../../src/domain/indicator/model.ts';
import { after } from '../../../src/sources/deferred.ts';
import { type Costs, type FieldCost, free } from '../../../src/sources/field-cost.ts';
import { factOf, type LookupPart } from '../../../src/sources/lookup-source.ts';
import type { SightingFact } from './mapping.ts';

export type NightWatchPart = LookupPart<null, null, SightingFact>;
type Outcome = Awaited<ReturnType<NightWatchPart['load']>>;
interface Context {
  readonly sources: { readonly NIGHT_WATCH: NightWatchPart };
}

export const plainRequest = { variant: null, need: null };

export const nightWatchResolvers = {
  Indicator: {
    danger: (indicator: Indicator, _: unknown, { sources: { NIGHT_WATCH } }: Context) =>
      after(NIGHT_WATCH.load(indicator, plainRequest), outcome => factOf(outcome)?.sighting?.danger ?? null),
    nightWatch: (indicator: Indicator, _: unknown, { sources: { NIGHT_WATCH } }: Context) =>
      after(NIGHT_WATCH.load(indicator, plainRequest), outcome => ({
        id: `NightWatchAnswer:${indicatorKey(indicator)}`,
        indicator,
        outcome,
      })),
  },
  NightWatchAnswer: {
    report: (
      { indicator, outcome }: { indicator: Indicator; outcome: Outcome },
      _: unknown,
      { sources: { NIGHT_WATCH } }: Context,
    ) => NIGHT_WATCH.reportOf(indicator, outcome),
    sighting({ indicator, outcome }: { indicator: Indicator; outcome: Outcome }) {
      const sighting = outcome?.fact?.sighting;
      return sighting ? { id: `Sighting:${indicatorKey(indicator)}`, ...sighting } : null;
    },
  },
};

export const lookup: FieldCost = (field, meter) => meter.callEach(field, 'NIGHT_WATCH');

export const nightWatchCosts: Costs = {
  Indicator: { danger: lookup, nightWatch: lookup },
  NightWatchAnswer: { report: free, sighting: free },
};
