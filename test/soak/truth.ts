/** What the emulated world held about a value, and when: for it changes while it is asked about. */
import type { SeededDataSet } from '../../src/emulators/seed.ts';

interface RecordTruth {
  readonly id: string;
  readonly comment: string | undefined;
  readonly roles: readonly string[];
}

export interface Version {
  readonly from: number;
  /** null: Datadog does not know it. */
  readonly datadog: { readonly score: number; readonly events: number } | null;
  readonly argus: readonly RecordTruth[];
}

export interface Truth {
  readonly values: readonly string[];
  /** Argus knows domains and addresses alone. */
  isForArgus(value: string): boolean;
  /** What was true at some time between the two moments. */
  between(value: string, from: number, to: number): readonly Version[];
  /** Makes the world forget or learn something of a value. */
  change(random: () => number): void;
}

const perGroup = 120;
const changing = 24;

export function createTruth(dataSet: SeededDataSet): Truth {
  const { both, datadogOnly, argusOnly, neither } = dataSet.catalogue;
  const values = [both, datadogOnly, argusOnly, neither].flatMap(group => group.slice(0, perGroup));
  const histories = new Map(values.map(value => [value, [snapshot(dataSet, value, 0)]]));
  const restless = [both, datadogOnly, argusOnly, neither].flatMap(group =>
    group.filter(isForArgus).slice(0, changing / 4),
  );
  return {
    values,
    isForArgus,
    between(value, from, to) {
      const history = histories.get(value) ?? [];
      return history.filter((version, index) => version.from <= to && (history[index + 1]?.from ?? to + 1) >= from);
    },
    change(random) {
      const value = restless[Math.floor(random() * restless.length)];
      if (value === undefined) return;
      if (random() < 0.5) changeDatadog(dataSet, value, random);
      else changeArgus(dataSet, value);
      histories.get(value)?.push(snapshot(dataSet, value, Date.now()));
    },
  };
}

const isForArgus = (value: string): boolean => !/[/@]/.test(value) && !/^[0-9a-f]{32,}$/.test(value);

function changeDatadog({ datadog }: SeededDataSet, value: string, random: () => number): void {
  if (datadog.find(value, 'absent') !== undefined) datadog.remove(value);
  else datadog.add(value, { attributes: { score: Math.round(random() * 1000) / 10 } });
}

function changeArgus({ argus }: SeededDataSet, value: string): void {
  const [first] = argus.byValue(value);
  if (first !== undefined) argus.remove(first.id);
  else argus.add({ value, list: 'phishing', state: 'active', properties: { comment: 'Learnt during the soak' } });
}

function snapshot({ datadog, argus }: SeededDataSet, value: string, from: number): Version {
  const match = datadog.find(value, 'absent');
  const records = argus.byValue(value).filter(isVisible);
  return {
    from,
    datadog: match === undefined ? null : { score: Number(match.attributes.score), events: match.history.length },
    argus: records.map(({ id, properties: { comment, role } }) => ({
      id,
      comment: typeof comment === 'string' ? comment : undefined,
      roles: typeof role === 'string' ? [role] : (role ?? []),
    })),
  };
}

/** What a search for active and latest records answers. */
const isVisible = ({ state, deletedTimestamp }: { state: string; deletedTimestamp: number }): boolean =>
  state !== 'old' && deletedTimestamp === 0;
