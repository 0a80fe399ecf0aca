/** Judges what the gateway told about one value against what the records say. Pure. */
import type { Kind } from './world.ts';

export type Level = 'NO_MATCH' | 'BENIGN' | 'INFORMATIONAL' | 'INCONCLUSIVE' | 'SUSPICIOUS' | 'MALICIOUS';

/** What of the evidence can be read in this reading; a choice of two where either is honest. */
export type Evidence = 'whole' | 'withoutConfidence' | 'withoutState';

const levels: Readonly<Record<Evidence, Readonly<Record<Kind, Level>>>> = {
  whole: {
    activeCertain: 'MALICIOUS',
    activeHigh: 'MALICIOUS',
    activeMedium: 'SUSPICIOUS',
    activeLow: 'INFORMATIONAL',
    latestHigh: 'SUSPICIOUS',
    latestMedium: 'SUSPICIOUS',
    covered: 'SUSPICIOUS',
    deleted: 'NO_MATCH',
    hidden: 'NO_MATCH',
    unknown: 'NO_MATCH',
    unknownHash: 'NO_MATCH',
  },
  // An unknown confidence is medium, and says less of what lies around.
  withoutConfidence: {
    activeCertain: 'SUSPICIOUS',
    activeHigh: 'SUSPICIOUS',
    activeMedium: 'SUSPICIOUS',
    activeLow: 'SUSPICIOUS',
    latestHigh: 'SUSPICIOUS',
    latestMedium: 'SUSPICIOUS',
    covered: 'INFORMATIONAL',
    deleted: 'NO_MATCH',
    hidden: 'NO_MATCH',
    unknown: 'NO_MATCH',
    unknownHash: 'NO_MATCH',
  },
  // An unknown state is one step below an active record.
  withoutState: {
    activeCertain: 'SUSPICIOUS',
    activeHigh: 'SUSPICIOUS',
    activeMedium: 'INFORMATIONAL',
    activeLow: 'INFORMATIONAL',
    latestHigh: 'SUSPICIOUS',
    latestMedium: 'INFORMATIONAL',
    covered: 'INFORMATIONAL',
    deleted: 'NO_MATCH',
    hidden: 'NO_MATCH',
    unknown: 'NO_MATCH',
    unknownHash: 'NO_MATCH',
  },
};

export const levelsOf = (kind: Kind, evidence: readonly Evidence[]): readonly Level[] => [
  ...new Set(evidence.map(one => levels[one][kind])),
];

export interface Expected {
  readonly levels: readonly Level[];
  /** How many records of the value there are to be read. */
  readonly records: { readonly least: number; readonly most: number };
  readonly covering: number;
  /** Nobody needs to know this kind of value: INCONCLUSIVE although every source was heard. */
  readonly mayLackWitness: boolean;
  /** There is something about it that only a doubtful answer told: it is never simply absent. */
  readonly neverAbsent: boolean;
  /** `all`: heard completely. `level`: it has its level, even if Argus is missing. `nothing`: unheard will do. */
  readonly useful: 'all' | 'level' | 'nothing';
}

/** Null where it could not be told. */
export interface Told {
  readonly level: Level;
  readonly isMissing: boolean;
  readonly records: number | null;
  readonly covering: number | null;
  readonly status: string;
  readonly limits: readonly string[];
}

const strength: readonly Level[] = ['NO_MATCH', 'BENIGN', 'INFORMATIONAL', 'SUSPICIOUS', 'MALICIOUS'];
const strengths = (all: readonly Level[]): number[] => all.map(level => strength.indexOf(level));
const strongest = (all: readonly Level[]): number => Math.max(...strengths(all));
const weakest = (all: readonly Level[]): number => Math.min(...strengths(all));

/** Everything that is wrong or of no use; empty where all is well. */
export function problemsOf(told: Told, expected: Expected): readonly string[] {
  const isUnheard = told.isMissing || told.level === 'INCONCLUSIVE';
  const isOnlyExact = told.limits.includes('EXACT_VALUE_ONLY');
  const { least, most } = expected.records;
  const found: readonly (readonly [boolean, string])[] = [
    [isAccusedFalsely(told, expected), `accused as ${told.level}, which its records do not say`],
    [isTooLow(told, expected), `${told.level} is below what its records say`],
    [told.level === 'INCONCLUSIVE' && !told.isMissing && !expected.mayLackWitness, 'INCONCLUSIVE with nobody missing'],
    [told.isMissing && weak.has(told.level), `${told.level} although Argus is missing`],
    [(told.records ?? 0) > most, `${told.records} records of ${most}: somebody else's`],
    [!isUnheard && told.records === null, 'heard, but its records are not told'],
    [!isUnheard && (told.records ?? least) < least, `heard, but with ${told.records} records of ${least}`],
    [told.status === 'NO_MATCH' && least > 0, 'listed, but reported as NO_MATCH'],
    [(told.covering ?? 0) > expected.covering, 'covered by records that are not around it'],
    [!isUnheard && !isOnlyExact && (told.covering ?? expected.covering) < expected.covering, 'its covering is lost'],
    [
      told.level === 'NO_MATCH' && expected.covering > 0 && !isOnlyExact,
      'absent, and not said that only it was looked for',
    ],
    [expected.neverAbsent && told.level === 'NO_MATCH', 'absent although a record was counted'],
    [isUseless(told, expected), `of no use: ${told.level}, ${told.isMissing ? 'Argus is missing' : 'heard'}`],
  ];
  return found.filter(([isSo]) => isSo).map(([, problem]) => problem);
}

const weak: ReadonlySet<Level> = new Set(['NO_MATCH', 'BENIGN', 'INFORMATIONAL']);

const isAccusedFalsely = ({ level }: Told, { levels: right }: Expected): boolean =>
  strength.indexOf(level) > strongest(right);

/** With a source missing a level is a lower bound. */
const isTooLow = (told: Told, { levels: right }: Expected): boolean =>
  told.level !== 'INCONCLUSIVE' && !told.isMissing && strength.indexOf(told.level) < weakest(right);

function isUseless({ level, isMissing }: Told, { levels: right, useful, mayLackWitness }: Expected): boolean {
  if (useful === 'nothing') return false;
  if (useful === 'all' && isMissing) return true;
  return !right.includes(level) && !(mayLackWitness && level === 'INCONCLUSIVE');
}
