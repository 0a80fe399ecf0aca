import { indicatorKey } from '../../../src/domain/indicator/indicator.ts';
import type { Indicator } from '../../../src/domain/indicator/model.ts';
import { type Costs, type FieldCost, free } from '../../../src/sources/field-cost.ts';
import { factOf, type LookupPart } from '../../../src/sources/lookup-source.ts';
import type { SightingFact } from './mapping.ts';

export type NightWatchPart = LookupPart<null, null, SightingFact>;
type Outcome = ReturnType<NightWatchPart['read']>;
interface Context {
  readonly sources: { readonly NIGHT_WATCH: NightWatchPart };
}

export const plainRequest = { variant: null, need: null };

export const nightWatchResolvers = {
  Indicator: {
    danger: (indicator: Indicator, _: unknown, { sources: { NIGHT_WATCH } }: Context) =>
      factOf(NIGHT_WATCH.read(indicator, plainRequest))?.sighting?.danger ?? null,
    nightWatch: (indicator: Indicator, _: unknown, { sources: { NIGHT_WATCH } }: Context) => ({
      id: `NightWatchAnswer:${indicatorKey(indicator)}`,
      indicator,
      outcome: NIGHT_WATCH.read(indicator, plainRequest),
    }),
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
