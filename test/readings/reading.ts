/** One reading of what the documents of Argus leave open, and how it is played to a gateway. */
import { expect } from 'vitest';
import type { ArgusBehaviours } from '../../src/emulators/argus-behaviours.ts';
import type { Fault } from '../../src/emulators/fault-kinds.ts';
import { startTestBed, type TestBed } from '../setup/gateway.ts';
import { patient } from '../verdicts/bed.ts';
import { type Evidence, type Expected, type Level, levelsOf, problemsOf, type Told } from './judge.ts';
import { apiKey, type Entry, type World } from './world.ts';

export interface Reading {
  readonly behaviours: Partial<ArgusBehaviours>;
  readonly faults?: readonly Fault[];
  /** `level`: all that is listed has its level, and the rest may be unheard. Default: `all`. */
  readonly useful?: Expected['useful'];
  /** What of the evidence can be read. Default: `whole`. */
  readonly evidence?: readonly Evidence[];
  /** Values that may stay unheard, however useful the rest is. */
  readonly unheard?: readonly string[];
}

/** Argus alone, so that whatever is missing is Argus. */
const argusAlone = {
  ...patient,
  DD_API_KEY: undefined,
  DD_APP_KEY: undefined,
  ARGUS_API_KEY: apiKey,
};

export async function playing<Result>(
  { dataSet }: World,
  { behaviours, faults = [] }: Reading,
  use: (bed: TestBed) => Promise<Result>,
): Promise<Result> {
  const bed = await startTestBed(argusAlone, { dataSet, argusBehaviours: behaviours });
  for (const fault of faults) bed.emulators.argus.faults.add(fault);
  try {
    return await use(bed);
  } finally {
    await bed.stop();
  }
}

export const searchesOf = ({ emulators }: TestBed): number =>
  emulators.argus.requests.filter(({ path }) => path.endsWith('/search')).length;

const selections = {
  verdict: 'memberships { value } covering { value }',
  records: 'memberships { value properties(names: ["comment"]) { values } }',
};

/** `verdict`: with all that is around the values. `records`: the records of exactly these values, asked anew. */
export async function ask(
  bed: TestBed,
  values: readonly string[],
  what: keyof typeof selections,
): Promise<readonly Told[]> {
  const join = what === 'verdict' ? 'verdict { level missing } sources { source status limits }' : '';
  const { data } = await bed.ask(
    `query ($values: [String!]!, $age: Int) { indicators(values: $values, maxAgeSeconds: $age) {
      argus { report { status limits } } ${selections[what]} ${join} } }`,
    { values, age: what === 'verdict' ? null : 0 },
  );
  return data.indicators.map(toldOf);
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
function toldOf({ verdict, sources, memberships, covering, argus: { report } }: any): Told {
  const own = sources?.find(({ source }: { source: string }) => source === 'ARGUS') ?? report;
  const isHeard = ['MATCHED', 'NO_MATCH'].includes(own.status) && !own.limits.includes('TRUNCATED');
  const isMissing = verdict ? verdict.missing.includes('ARGUS') : !isHeard;
  return {
    level: verdict?.level ?? null,
    isMissing,
    records: memberships?.length ?? null,
    covering: covering?.length ?? null,
    status: own.status,
    limits: own.limits,
  };
}

function expectedOf(
  entry: Entry,
  { behaviours, evidence = ['whole'], useful = 'all', unheard = [] }: Reading,
): Expected {
  const { kind, value, records, deleted, covering } = entry;
  const isHiddenOne = kind === 'hidden';
  const isCounted = isHiddenOne && behaviours.count === 'withHidden';
  const isShown = isHiddenOne && behaviours.hiddenRows === 'withoutList';
  const isOnlyExact = behaviours.ipSearchMatch === 'within' && kind === 'covered' && /[:\d]$/.test(value);
  const levels: Level[] = isShown
    ? ['SUSPICIOUS']
    : [...levelsOf(kind, evidence), ...(isOnlyExact ? ['NO_MATCH' as const] : [])];
  const least = isShown ? 1 : records;
  const isUnheard = isCounted || unheard.includes(value);
  const isListed = least > 0 || covering > 0;
  return {
    levels,
    records: { least, most: least + deleted },
    covering,
    mayLackWitness: kind === 'unknownHash',
    neverAbsent: isCounted,
    useful: isUnheard || (useful === 'level' && !isListed) ? 'nothing' : useful,
  };
}

/** What is wrong, a line for each value; empty where nothing is. */
export function judged(
  { entries }: World,
  told: readonly Told[],
  reading: Reading,
  judge: (told: Told, expected: Expected) => readonly string[] = problemsOf,
): readonly string[] {
  return entries.flatMap((entry, index) => {
    const one = told[index];
    const problems = one ? judge(one, expectedOf(entry, reading)) : ['nothing was told about it'];
    return problems.length > 0 ? [`${entry.value} (${entry.kind}): ${problems.join('; ')}`] : [];
  });
}

/** Every search may take so many more calls, to read on or to ask again in halves. */
const moreCalls = 32;

export async function expectTrueAnswers(world: World, reading: Reading, plainSearches: number): Promise<void> {
  await playing(world, reading, async bed => {
    const values = world.entries.map(({ value }) => value);
    const verdicts = judged(world, await ask(bed, values, 'verdict'), reading);
    const searches = searchesOf(bed);
    const records = judged(world, await ask(bed, values, 'records'), reading, recordProblemsOf);
    expect({ verdicts, records }).toEqual({ verdicts: [], records: [] });
    expect(searches).toBeLessThanOrEqual(plainSearches * (1 + moreCalls));
  });
}

/** The same without a verdict: the level stands for the evidence, and is told by status and records. */
const recordProblemsOf = (told: Told, expected: Expected): readonly string[] => {
  const [heard = 'NO_MATCH'] = expected.levels;
  const level: Level = told.isMissing ? 'INCONCLUSIVE' : heard;
  const isUntold = expected.records.least === 0 || told.limits.includes('TRUNCATED');
  const useful = expected.useful === 'level' && isUntold ? 'nothing' : expected.useful;
  return problemsOf({ ...told, level }, { ...expected, covering: 0, useful });
};
