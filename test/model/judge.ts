/** Judges one answer by what each source held whenever it was asked. It knows the world and no code of the gateway. */
import { z } from 'zod';
import { ageAt, heardAt, type Moment, type Source } from './history.ts';
import {
  gated,
  isQuiet,
  type Level,
  levelOfAround,
  levelOfHost,
  levelOfRecords,
  levelOfScore,
  strengthOf,
  strongest,
} from './levels.ts';
import { ageOf, canBeCovered, hostOf, type Item, type Operation, type Variant } from './operations.ts';
import { type Caller, type Known, knownTo, type Listed, recordsAround, recordsOf, type Subject } from './world.ts';

type ViolationKind =
  | 'false clean'
  | 'false accusation'
  | "somebody else's"
  | 'too old'
  | 'wrong age'
  | 'wrong verdict'
  | 'unexplained silence'
  | 'unneeded call'
  | 'wrong shape';
export interface Violation {
  readonly kind: ViolationKind;
  readonly detail: string;
}

const report = z.object({ status: z.string(), servedFrom: z.string().nullable() });
const record = z.object({
  recordId: z.string(),
  value: z.string(),
  properties: z.array(z.object({ value: z.string().nullable() }).nullable()).optional(),
});
const memberships = z.array(record).nullable();
const answerOfArgus = z.object({ report, memberships });
const shape = z.object({
  value: z.string(),
  score: z.number().nullable().optional(),
  history: z.array(z.unknown()).nullable().optional(),
  ocsf: z.object({ score: z.number().nullable() }).nullable().optional(),
  datadog: z.object({ report, threat: z.object({ score: z.number().nullable() }).nullable() }).optional(),
  memberships: memberships.optional(),
  comments: memberships.optional(),
  argus: answerOfArgus.optional(),
  latest: answerOfArgus.optional(),
  old: answerOfArgus.optional(),
  covering: memberships.optional(),
  verdict: z.object({ level: z.string(), missing: z.array(z.string()) }).optional(),
  sources: z.array(
    report.extend({
      source: z.enum(['DATADOG', 'ARGUS']),
      ageSeconds: z.number().nullable(),
      limits: z.array(z.string()),
    }),
  ),
});
type Told = z.infer<typeof shape>;
type Records = z.infer<typeof memberships>;

const failures = z.array(z.looseObject({ path: z.array(z.union([z.string(), z.number()])) })).default([]);

export interface Answer {
  readonly data: unknown;
  readonly errors: unknown;
}

/** `mayFail`: something explains that the source is not heard now, or that a property is refused. */
export interface Court {
  readonly moments: readonly Moment[];
  mayFail(source: Source, gateway: 0 | 1): boolean;
  mayRefuseProperties(): boolean;
}

export function judge(operation: Operation, answer: Answer, court: Court): readonly Violation[] {
  const data = z.record(z.string(), shape).safeParse(answer.data);
  const errors = failures.safeParse(answer.errors ?? []);
  if (!data.success || !errors.success) return [{ kind: 'wrong shape', detail: JSON.stringify(answer).slice(0, 600) }];
  return operation.items.flatMap((item, index) => {
    const told = data.data[`v${index}`];
    if (told === undefined) return [{ kind: 'wrong shape' as const, detail: `nothing about ${item.subject.value}` }];
    const own = errors.data.filter(({ path }) => path[0] === `v${index}`).map(({ path }) => path);
    return judgeItem({ operation, item, told, errors: own, court });
  });
}

interface Case {
  readonly operation: Operation;
  readonly item: Item;
  readonly told: Told;
  readonly errors: readonly (readonly (string | number)[])[];
  readonly court: Court;
}

type Accuse = (kind: ViolationKind, detail: string) => void;

function judgeItem(one: Case): readonly Violation[] {
  const {
    item: { subject, age },
    told,
  } = one;
  const found: Violation[] = [];
  const accuse: Accuse = (kind, detail) =>
    found.push({ kind, detail: `${subject.type} ${subject.value} (age ${age}): ${detail}: ${JSON.stringify(told)}` });
  if (told.value !== subject.value) accuse("somebody else's", 'another value');
  for (const { source, status } of told.sources) judgeSource(one, source, status, accuse);
  judgeDatadog(one, accuse);
  judgeArgus(one, accuse);
  if (told.verdict !== undefined) judgeVerdict(one, told.verdict, accuse);
  return found;
}

const heard = ['MATCHED', 'NO_MATCH'];
const unasked = ['NOT_QUERIED', 'NOT_APPLICABLE'];
/** Replicas date by Redis's clock, and read it no more exactly: an answer that took half a second is wrong by up to half of that. */
const clockErrorMs = 250;

const reportOf = ({ told }: Case, source: Source) => told.sources.find(one => one.source === source);

/** Datadog sees only the text: one that also reads as a hash may be refused as one. */
const maySilence = ({ court, operation, item: { subject } }: Case, source: Source): boolean =>
  court.mayFail(source, operation.gateway) ||
  (source === 'DATADOG' &&
    /^[0-9a-f]{32}$/.test(subject.value) &&
    court.moments.some(({ reading }) => reading.isNarrow === true));

function judgeSource(one: Case, source: Source, status: string, accuse: Accuse): void {
  const {
    court,
    operation,
    item: { subject, age },
  } = one;
  if (!heard.includes(status)) {
    if (!unasked.includes(status) && !maySilence(one, source)) accuse('unexplained silence', `${source} is ${status}`);
    return;
  }
  const report = reportOf(one, source);
  if (report?.servedFrom == null || report.ageSeconds === null) return;
  const told = report.ageSeconds * 1000;
  const now = court.moments.at(-1) as Moment;
  const heardThen = ['plain', 'ocsf'].flatMap(variant =>
    heardAt(court.moments, source, operation.caller, subject, 1e9, variant),
  );
  const isReal = heardThen.some(moment => {
    const { least, most } = ageAt(now, moment);
    return told >= least - clockErrorMs && told <= most + clockErrorMs;
  });
  if (!isReal) accuse('wrong age', `${source} was not asked ${report.ageSeconds} s ago`);
  if (age === 0 && report.servedFrom !== 'LIVE') accuse('wrong age', `${source} from ${report.servedFrom}, asked live`);
  // What is young enough when it is read grows older while the rest of the answer is asked for.
  const longestMs = (age ?? 0) * 1000 + (now.to - now.from) + clockErrorMs;
  if (age !== null && told > longestMs && report.servedFrom !== 'LIVE')
    accuse('wrong age', `${source} is ${told} ms old`);
}

/** The most that a match and an absence may be old, in seconds. */
function agesFor(one: Case, source: Source, subject: Subject, isStale = mayBeStale(one, source)) {
  const age = ageOf(one.operation, subject);
  return { match: age ?? (isStale ? 86_700 : 300), absence: Math.min(age ?? 60, 60) };
}

/** Something that is told of the source is said to be stale, or part of what was asked failed. */
function mayBeStale(one: Case, source: Source): boolean {
  const report = reportOf(one, source);
  return (
    report?.servedFrom === 'STALE_CACHE' || (report !== undefined && ![...heard, ...unasked].includes(report.status))
  );
}

const knownIn = (moment: Moment, caller: Caller, { value }: Subject, variant: Variant): Known | undefined => {
  const known = knownTo(moment.world, caller, value);
  return variant === 'ocsf' && !known?.inOcsf ? undefined : known;
};

/** What Datadog held when it was asked, as far as that is young enough for what it was. */
function knownThen(one: Case, subject: Subject, variant: Variant, isStale?: boolean): readonly (Known | undefined)[] {
  const {
    court: { moments },
    operation: { caller },
  } = one;
  const { match, absence } = agesFor(one, 'DATADOG', subject, isStale);
  const told = (age: number) =>
    heardAt(moments, 'DATADOG', caller, subject, age, variant).map(moment => knownIn(moment, caller, subject, variant));
  return [...told(match).filter(known => known !== undefined), ...told(absence).filter(known => known === undefined)];
}

function judgeDatadog(one: Case, accuse: Accuse): void {
  const {
    told: { score, history, ocsf, datadog },
    item: { subject },
    errors,
  } = one;
  const plain = knownThen(one, subject, 'plain');
  const isNull = (name: string, value: unknown): boolean => {
    if (value !== null) return false;
    const failed = errors.some(path => path[1] === name);
    if (failed && !maySilence(one, 'DATADOG')) accuse('unexplained silence', name);
    const known = name === 'ocsf' ? knownThen(one, subject, 'ocsf') : plain;
    if (!failed && !isBeyondDatadog(one) && !known.includes(undefined)) accuse('false clean', `${name} is null`);
    return true;
  };
  const shows = (name: string, known: readonly (Known | undefined)[], value: number | null | undefined) => {
    if (!known.some(then => then?.score === value)) accuse(kindOfScore(one, value), `${name} ${value}`);
  };
  if (score !== undefined && !isNull('score', score)) shows('score', plain, score);
  if (ocsf !== undefined && !isNull('ocsf', ocsf)) shows('ocsf', knownThen(one, subject, 'ocsf'), ocsf?.score);
  if (history !== undefined && !isNull('history', history) && !plain.some(then => then?.events === history?.length))
    accuse('too old', `history of ${history?.length}`);
  if (datadog === undefined) return;
  if (datadog.report.status === 'MATCHED') shows('datadog', plain, datadog.threat?.score);
  else if (datadog.threat !== null) accuse("somebody else's", 'a threat without a match');
  if (datadog.report.status === 'NO_MATCH' && !plain.includes(undefined)) accuse('false clean', 'datadog is NO_MATCH');
}

/** Datadog does not document the type, and has refused it, as it may in a reading, or has refused everything. */
const isBeyondDatadog = ({ court, item: { subject } }: Case): boolean =>
  ['CIDR', 'MD5', 'URL', 'EMAIL'].includes(subject.type) &&
  court.moments.some(({ reading, troubled }) => reading.isNarrow === true || troubled.has('DATADOG'));

function kindOfScore(
  { court, operation: { caller }, item: { subject } }: Case,
  score: number | null | undefined,
): ViolationKind {
  const owners = court.moments.flatMap(({ world }) =>
    [...world.known].filter(([, known]) => known.score === score).map(([key]) => key),
  );
  if (owners.length === 0) return 'false accusation';
  return owners.includes(`${caller} ${subject.value}`) ? 'too old' : "somebody else's";
}

/** What Argus held when it was asked. */
interface Then {
  readonly moment: Moment;
  readonly records: readonly Listed[];
  readonly around: readonly Listed[];
  /** Young enough for an absence. */
  readonly isYoung: boolean;
}

function listedThen(one: Case, subject: Subject, isStale?: boolean): readonly Then[] {
  const {
    court: { moments },
    operation: { caller },
  } = one;
  const { match, absence } = agesFor(one, 'ARGUS', subject, isStale);
  const young = new Set(heardAt(moments, 'ARGUS', caller, subject, absence));
  return heardAt(moments, 'ARGUS', caller, subject, Math.max(match, absence)).flatMap(moment =>
    [false, true].map(withMisfiled => ({
      moment,
      records: recordsOf(moment.world, caller, subject, withMisfiled),
      around: recordsAround(moment.world, caller, subject),
      isYoung: young.has(moment),
    })),
  );
}

const all = ['active', 'latest', 'old'];
const current = ['active', 'latest'];
const present = (records: readonly Listed[], states: readonly string[]): readonly Listed[] =>
  records.filter(({ state, isDeleted }) => !isDeleted && states.includes(state));

function judgeArgus(one: Case, accuse: Accuse): void {
  const {
    told,
    item: { subject },
    errors,
  } = one;
  const then = listedThen(one, subject);
  const isSilent = (name: string): boolean => {
    const failed = errors.some(path => path[1] === name && path.length === 2);
    if (failed && !maySilence(one, 'ARGUS')) accuse('unexplained silence', name);
    return failed;
  };
  const views = [
    ['memberships', current, told.memberships],
    ['comments', current, told.comments],
    ['argus', current, told.argus?.memberships],
    ['latest', ['latest'], told.latest?.memberships],
    ['old', all, told.old?.memberships],
  ] as const;
  for (const [name, states, records] of views) {
    if (records === undefined) continue;
    const status = name === 'argus' || name === 'latest' || name === 'old' ? told[name]?.report.status : undefined;
    if (records === null) {
      const isUnheard = status === undefined ? isSilent(name) : !heard.includes(status);
      if (!isUnheard) accuse('false clean', `${name} is null`);
      continue;
    }
    if (status === 'NO_MATCH' && records.length > 0) accuse('false clean', `${name} is NO_MATCH`);
    if (!then.some(at => isTrue(records, at, states, one))) accuse(kindOfRecords(records, one, states), name);
  }
  if (told.covering === undefined || isSilent('covering')) return;
  if (told.covering?.length === 0 && reportOf(one, 'ARGUS')?.servedFrom === 'STALE_CACHE')
    accuse('too old', 'an absence around it is stale');
  if (told.covering === null) {
    if (canBeCovered(subject)) accuse('false clean', 'covering is null');
  } else if (!then.some(at => isAround(told.covering ?? [], at, one))) accuse(kindOfAround(told.covering), 'covering');
}

function isTrue(told: NonNullable<Records>, then: Then, states: readonly string[], one: Case): boolean {
  const {
    moment: { reading, lacksRows },
    records,
  } = then;
  const right = present(records, states);
  if (told.length === 0) return right.length === 0 && then.isYoung;
  const shown = told.map(({ recordId }) => records.find(({ id }) => id === recordId));
  const isOurs = shown.every(
    record => record !== undefined && (right.includes(record) || (reading.showsDeleted === true && record.isDeleted)),
  );
  const isWhole = right.every(({ id }) => told.some(({ recordId }) => recordId === id));
  return (
    isOurs &&
    (isWhole || lacksRows || reading.mayLackRows === true) &&
    told.every((record, index) => hasComment(record, shown[index], one))
  );
}

function hasComment(
  { properties }: NonNullable<Records>[number],
  listed: Listed | undefined,
  { court }: Case,
): boolean {
  if (properties === undefined || properties[0]?.value === listed?.comment) return true;
  return properties[0] === null && court.mayRefuseProperties();
}

function kindOfRecords(
  told: NonNullable<Records>,
  { court, operation: { caller }, item: { subject } }: Case,
  states: readonly string[],
): ViolationKind {
  if (told.length === 0) return 'false clean';
  const ever = court.moments.flatMap(({ world }) =>
    present(recordsOf(world, caller, subject), states).map(({ id }) => id),
  );
  return told.every(({ recordId }) => ever.includes(recordId)) ? 'too old' : "somebody else's";
}

/** An absence around it is as old as the records of the value beside it may be. */
function isAround(told: NonNullable<Records>, { moment, records, around, isYoung }: Then, _: Case): boolean {
  const right = present(around, current);
  const { reading, lacksRows } = moment;
  const mayLack = reading.mayLackAround === true || reading.mayLackRows === true || lacksRows;
  const isWhole = right.every(({ id }) => told.some(({ recordId }) => recordId === id));
  const isOurs = told.every(({ recordId }) =>
    around.some(({ id, isDeleted }) => id === recordId && (!isDeleted || reading.showsDeleted)),
  );
  const isTooOld = told.length === 0 && !isYoung && present(records, current).length === 0;
  return isOurs && (isWhole || mayLack) && !isTooOld;
}

const kindOfAround = (told: NonNullable<Records>): ViolationKind =>
  told.length === 0 ? 'false clean' : "somebody else's";

type Plain = Exclude<Level, 'INCONCLUSIVE'>;

/** All that a verdict may rest on, about the value itself and about its host. */
function levelsOf(one: Case, subject: Subject, missing: readonly string[], asHost: boolean): readonly Plain[] {
  const isMissing = (source: Source) => missing.includes(source);
  const datadog = knownThen(one, subject, 'plain', isMissing('DATADOG')).map(levelOfScore);
  const argus = listedThen(one, subject, isMissing('ARGUS')).flatMap(then =>
    levelsThen(then, subject, asHost, isMissing('ARGUS')),
  );
  const scores = [...datadog, ...(isMissing('DATADOG') || isBeyondDatadog(one) ? ['NO_MATCH' as const] : [])];
  const records = [...argus, ...(isMissing('ARGUS') ? ['NO_MATCH' as const] : [])];
  return pairs(
    scores.map(level => (asHost ? levelOfHost(level) : level)),
    records,
  );
}

function levelsThen(
  { moment: { reading, lacksRows }, records, around, isYoung }: Then,
  subject: Subject,
  asHost: boolean,
  isMissing: boolean,
): readonly Plain[] {
  if (!isYoung && present(records, current).length === 0) return [];
  const ofRecords = (some: readonly Listed[]): Plain =>
    asHost ? levelOfHost(levelOfRecords(some)) : levelOfRecords(some);
  // A match stands whatever its answer lacks, and then says no more than what came.
  const mayLack = (isMissing || present(records, current).length > 0) && (lacksRows || reading.mayLackRows === true);
  const own = [
    ofRecords(records),
    // Of a source that is missing, what lies around it may be all that came.
    ...(mayLack && isMissing ? ['NO_MATCH' as const] : []),
    ...(mayLack ? present(records, current).map(record => ofRecords([record])) : []),
  ];
  const covering = canBeCovered(subject) ? levelOfAround(around) : 'NO_MATCH';
  const isOptional = mayLack || reading.mayLackAround === true;
  return pairs(own, [
    covering,
    ...(isOptional ? ['NO_MATCH' as const] : []),
    ...(mayLack ? around.map(record => levelOfAround([record])) : []),
  ]);
}

const pairs = (some: readonly Plain[], others: readonly Plain[]): readonly Plain[] => [
  ...new Set(some.flatMap(one => others.map(other => strongest([one, other])))),
];

/** No other field asked what the verdict does not rest on, and may fail by itself. */
const isPlain = ({ ocsf, history, covering, argus, latest, old, comments }: Told): boolean =>
  [ocsf, history, covering, argus, latest, old, comments].every(field => field === undefined);

function judgeVerdict(one: Case, { level, missing }: NonNullable<Told['verdict']>, accuse: Accuse): void {
  const {
    item: { subject },
    told,
  } = one;
  for (const source of missing as Source[]) {
    const isStale = reportOf(one, source)?.servedFrom === 'STALE_CACHE';
    if (!maySilence(one, source) && !isStale) accuse('unexplained silence', `${source} is missing`);
  }
  if (isPlain(told))
    for (const { source, status } of told.sources)
      if (![...heard, ...unasked].includes(status) && !missing.includes(source))
        accuse('false clean', `${source} is not missing`);
  const host = hostOf(subject);
  const own = levelsOf(one, subject, missing, false);
  const possible = host === undefined ? own : pairs(own, levelsOf(one, host, missing, true));
  const allowed = possible.map(plain => gated(plain, missing.length > 0));
  if (subject.type === 'MD5' && possible.includes('NO_MATCH')) allowed.push('INCONCLUSIVE');
  if (allowed.includes(level as Level)) return;
  accuse(kindOfLevel(level, allowed), `${level}, not ${[...new Set(allowed)].join(' or ') || 'asked at all'}`);
}

function kindOfLevel(level: string, allowed: readonly Level[]): ViolationKind {
  const strengths = allowed.map(strengthOf);
  if (isQuiet(level) && strengths.every(other => other < 0 || other > strengthOf(level))) return 'false clean';
  return strengthOf(level) > Math.max(...strengths) ? 'false accusation' : 'wrong verdict';
}
