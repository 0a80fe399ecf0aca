/**
 * A sample of what the upstreams' documents leave open, by name. Under each of them what is told must be true of the data as
 * it stands; what a reading may cost is said beside it.
 */
import { type ArgusBehaviours, argusDefaults } from '../../src/emulators/argus-behaviours.ts';
import { type DatadogBehaviours, datadogDefaults } from '../../src/emulators/datadog-behaviours.ts';
import type { Emulators } from '../../src/emulators/emulators.ts';
import { createRandom } from '../../src/emulators/random.ts';

interface Cost {
  /** A source may be unheard. */
  readonly mayBeUnheard?: boolean;
  /** Some of the records of a value may be lacking, as long as it is not called absent. */
  readonly mayLackRows?: boolean;
  /** Deleted records may come along. */
  readonly showsDeleted?: boolean;
  /** What lies around an address may stay unknown. */
  readonly mayLackAround?: boolean;
  /** Types that Datadog does not document are not applicable. */
  readonly isNarrow?: boolean;
}

export interface Reading extends Cost {
  readonly name: string;
  readonly datadog?: Partial<DatadogBehaviours>;
  readonly argus?: Partial<ArgusBehaviours>;
}

export const asDocumented: Reading = { name: 'as documented' };

type Choice<Behaviours> = readonly [Partial<Behaviours>, Cost?];
const unheard = { mayBeUnheard: true } as const;

const ofDatadog: readonly Choice<DatadogBehaviours>[] = [
  [{ errorShape: 'strings' }],
  ...(['upperCase', 'lowerCase', 'uuidBeside', 'absent', 'encoded', 'finalSlash'] as const).map(
    (echo): Choice<DatadogBehaviours> => [{ echo }, unheard],
  ),
  ...(['another', 'suffix'] as const).map((echo): Choice<DatadogBehaviours> => [{ echo }, unheard]),
  ...(['empty', 'object', 'html', 'noErrors', 'nullData', 'noContent'] as const).map(
    (unknown): Choice<DatadogBehaviours> => [{ unknown }, unheard],
  ),
  [{ undocumentedKinds: '400' }, { isNarrow: true }],
  [{ numbers: 'text' }],
  [{ sources: 'names', lists: 'withNull' }],
  [{ sources: 'oneName', lists: 'oneText', times: 'spaced' }],
  [{ times: 'epochMilliseconds', unset: 'emptyTexts' }],
  [{ decoration: 'otherTypes', extraFields: 'some' }],
];

const ofArgus: readonly Choice<ArgusBehaviours>[] = [
  ...(['zero', 'page', 'stopsEarly', 'unknown', 'text', 'absent'] as const).flatMap(
    (count): readonly Choice<ArgusBehaviours>[] => [
      [{ count }],
      [
        { count, limitCap: 2, limitOver: 'echoed' },
        { ...unheard, mayLackRows: true },
      ],
      [
        { count, limitCap: 25, limitOver: 'silent' },
        { ...unheard, mayLackRows: true },
      ],
    ],
  ),
  [{ count: 'withHidden' }, { ...unheard, mayLackRows: true }],
  [{ limitCap: 25, limitOver: '412' }],
  [{ size: 'tooLarge' }],
  [{ size: 'absent', responseCode: 'text', echo: 'absent' }],
  [{ successMessages: 'WARNING' }, { ...unheard, mayLackRows: true }],
  [
    { successMessages: 'WARNING', partialRows: 'some' },
    { ...unheard, mayLackRows: true },
  ],
  [
    { partialResult: 'true', partialRows: 'none' },
    { ...unheard, mayLackRows: true },
  ],
  [{ partialResult: 'false', successMessages: 'NOTIFICATION' }],
  [{ noMatch: 'nullData' }],
  [{ noMatch: '404' }, unheard],
  ...(['block', 'range', 'mapped', 'padded', 'upperCase', 'finalDot', 'unicode', 'blanks'] as const).map(
    (valueForm): Choice<ArgusBehaviours> => [{ valueForm }, unheard],
  ),
  [{ listForm: 'numericId' }],
  [{ listForm: 'withoutId', confidenceForm: 'percent' }],
  [{ confidenceForm: 'text', stateForm: 'upperCase' }],
  [{ typeForm: 'text', timeForm: 'iso' }],
  [{ typeForm: 'upperCase', timeForm: 'digits', unsetTime: 'minusOne' }],
  [{ flagsForm: 'objects', deletedMark: 'flag', deletedInSearch: 'returned' }, { showsDeleted: true }],
  [{ deletedMark: 'timestamp', deletedInSearch: 'returned' }, { showsDeleted: true }],
  [{ exactValue: 'andCovering' }, { ...unheard, mayLackRows: true }],
  [{ exactValue: 'andSubstrings' }, { ...unheard, mayLackRows: true }],
  [{ ipSearchMatch: 'within' }, { mayLackAround: true }],
  [{ typeNames: 'long' }],
  [{ typeNames: 'short', typeList: '403' }],
  [
    { tieOrder: 'changing', limitCap: 25 },
    { ...unheard, mayLackRows: true },
  ],
  ...(['domain', 'address', 'nullValue'] as const).map(
    (foreignRow): Choice<ArgusBehaviours> => [{ foreignRow }, { ...unheard, mayLackRows: true }],
  ),
  ...(['criterion', 'item', 'nothing', '413', '400'] as const).map(
    (valuesOver): Choice<ArgusBehaviours> => [{ valuesCap: 2, valuesOver }, unheard],
  ),
  ...(['item', 'criterion', 'nothing', '400'] as const).map(
    (refusedValueAs): Choice<ArgusBehaviours> => [{ refusedValue: 'evil.example.org', refusedValueAs }, unheard],
  ),
];

const named =
  (source: 'datadog' | 'argus') =>
  ([behaviours, cost]: readonly [object, Cost?]): Reading => ({
    name: `${source} ${JSON.stringify(behaviours)}`,
    [source]: behaviours,
    ...cost,
  });

export const readings: readonly Reading[] = [...ofDatadog.map(named('datadog')), ...ofArgus.map(named('argus'))];

/** So many of them, which the seed chooses. */
export const sampleOf = (all: readonly Reading[], count: number, seed: number): readonly Reading[] =>
  createRandom(seed).shuffled(all).slice(0, count);

/** From now on the emulators behave so. */
export function play({ datadog, argus }: Pick<Emulators, 'datadog' | 'argus'>, reading: Reading): void {
  Object.assign(datadog.behaviours, datadogDefaults, reading.datadog);
  Object.assign(argus.behaviours, argusDefaults, reading.argus);
}

/** Nobody may notice them, whatever else goes wrong: they cost nothing, and what is counted is counted. */
export const unnoticed: readonly Reading[] = readings.filter(
  ({ argus, mayBeUnheard, mayLackRows, showsDeleted, mayLackAround, isNarrow }) =>
    argus?.count === undefined && ![mayBeUnheard, mayLackRows, showsDeleted, mayLackAround, isNarrow].includes(true),
);
