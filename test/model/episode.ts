/** One world and its two gateways, and so many random moments in a row, each judged. */
import { createRandom, type Random } from '../../src/emulators/random.ts';
import { asDocumented, play, type Reading, readings } from '../readings/sample.ts';
import { choices, type Stalls, watchForStalls } from '../soak/troubles.ts';
import { takeAsked } from './asked.ts';
import { type ModelBed, type SharedRedis, startModelBed } from './bed.ts';
import { type CallCount, count, judgeCalls, noteCalls, wantedAt } from './calls.ts';
import { ageAt, type Moment, type Source } from './history.ts';
import { createHoldings, type Holdings } from './holdings.ts';
import { type Court, judge, type Violation } from './judge.ts';
import { drawOperation, type Operation } from './operations.ts';

export interface Failure {
  readonly violations: readonly Violation[];
  readonly episode: number;
  /** What happened, a line each. */
  readonly history: readonly string[];
}

export interface EpisodeResult {
  readonly operations: number;
  readonly failure?: Failure;
}

interface Episode {
  readonly bed: ModelBed;
  readonly random: Random;
  readonly holdings: Holdings;
  readonly moments: Moment[];
  readonly lines: string[];
  readonly tally: Tally;
  /** Times at which this machine stood still. */
  readonly stalls: Stalls;
  /** Faults and readings come up. */
  readonly isRough: boolean;
  reading: Reading;
  last: readonly Operation[];
  operations: number;
}

export interface Tally extends CallCount {
  /** Answers by status of the source. */
  readonly told: Map<string, number>;
  readonly readings: Map<string, number>;
  faults: number;
}

/** Ends at the first violation. */
export async function playEpisode(
  redis: SharedRedis,
  { seed, episode, operations, tally }: { seed: number; episode: number; operations: number; tally: Tally },
): Promise<EpisodeResult> {
  const random = createRandom(seed * 100_003 + episode);
  const bed = await startModelBed(redis, random);
  const isRough = random.below(2) === 0;
  const state: Episode = {
    bed,
    random,
    holdings: createHoldings(),
    moments: [],
    lines: [],
    tally,
    stalls: watchForStalls(),
    isRough,
    reading: asDocumented,
    last: [],
    operations: 0,
  };
  try {
    while (state.operations < operations) {
      const violations = await playMoment(state);
      if (violations.length > 0)
        return { operations: state.operations, failure: { violations, episode, history: state.lines } };
    }
    return { operations: state.operations };
  } finally {
    state.stalls.stop();
    await bed.stop();
  }
}

const seconds = [0, 0, 0, 0, 1, 2, 30, 61, 100, 240, 310, 1800, 4000, 40_000];
const steps = [-3_600_000, -30_000, -2000, -50, 50, 2000, 30_000, 3_600_000];

async function playMoment(episode: Episode): Promise<readonly Violation[]> {
  const { bed, random, moments, isRough } = episode;
  moveOn(episode);
  if (isRough && random.below(6) === 0) changeReading(episode);
  const faults = isRough && random.below(6) === 0 ? addFaults(episode) : [];
  const operations = random.below(5) === 0 && episode.last.length > 0 ? episode.last : draw(random);
  episode.last = operations;
  episode.operations += operations.length;
  const moment: Moment = {
    index: moments.length,
    from: bed.now(),
    to: bed.now(),
    world: bed.world.now,
    reading: episode.reading,
    troubled: new Set(),
    heard: new Set(),
    lacksRows: false,
    asked: { lookups: [], searches: [], isStrange: false },
  };
  episode.lines.push(...operations.map(one => describe(one, moment)));
  const startedAt = Date.now();
  const answers = await Promise.all(operations.map(operation => bed.ask(operation)));
  await bed.settled();
  moment.to = bed.now();
  moment.asked = takeAsked(bed.emulators);
  moments.push(moment);
  noteFaults(episode, moment, faults);
  if (episode.stalls.during(startedAt, Date.now()))
    for (const source of ['DATADOG', 'ARGUS'] as const) moment.troubled.add(source);
  if (moment.asked.lookups.length + moment.asked.searches.length > 0)
    episode.lines.push(`  asked: ${askedText(moment)}`);
  const court: Court = {
    moments,
    mayFail: (source, gateway) => mayFail(moments, source, gateway),
    mayRefuseProperties: () => moments.some(({ troubled }) => troubled.has('ARGUS')),
  };
  const wanted = wantedAt(operations, episode.holdings, moment);
  const violations = answers.flatMap((answer, index) => judge(operations[index] as Operation, answer, court));
  for (const answer of answers) tallyAnswer(answer.text, episode.tally);
  const unneeded = judgeCalls(wanted, moment);
  const areExplained = unneeded.length > 0 && (wasRefused(moments) || (await bed.lateReads()) > 0);
  count(wanted, episode.holdings, moment, episode.tally);
  noteSilence(
    moment,
    operations,
    answers.map(({ text }) => text),
  );
  noteCalls(wanted, episode.holdings, moment);
  const all = [...violations, ...(areExplained ? [] : unneeded)];
  if (all.length > 0) episode.lines.push(...worldText(moment));
  return all;
}

/** Time passes, clocks are set anew, and the world changes. */
function moveOn({ bed, random, lines }: Episode): void {
  const passed = random.pick(seconds);
  bed.pass(passed * 1000);
  if (passed > 0) lines.push(`${passed} s pass`);
  if (random.below(10) === 0) {
    const gateway = random.below(2) === 0 ? 0 : 1;
    const step = random.pick(steps);
    bed.step(gateway, step);
    lines.push(`the clock of gateway ${gateway} is set by ${step} ms`);
  }
  const changes = random.pick([0, 0, 1, 3]);
  for (let times = 0; times < changes; times++) bed.world.change(random);
  if (changes > 0) lines.push(`the world changes ${changes} times`);
}

const draw = (random: Random): readonly Operation[] =>
  Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => drawOperation(random));

function changeReading(episode: Episode): void {
  const { bed, random, lines, tally } = episode;
  episode.reading = random.below(3) === 0 ? asDocumented : random.pick(readings);
  const { name } = episode.reading;
  play(bed.emulators, episode.reading);
  tally.readings.set(name, (tally.readings.get(name) ?? 0) + 1);
  lines.push(`from now on: ${name}`);
}

type Fault = (typeof choices)[Source][number][0];
interface Added {
  readonly source: Source;
  readonly fault: Fault;
  readonly isNoticed: boolean;
}

/** What answers at once, or after a retry at once. */
const slow: ReadonlySet<string> = new Set(['bomb', 'hang', 'drip', 'latency', 'queue', 'deep', 'rateLimit']);
const isQuick = ([fault]: (typeof choices)[Source][number]): boolean =>
  !slow.has(fault.kind) && !(fault.kind === 'status' && fault.status === 503);

/** That rows are missing can only be seen where somebody counts them. */
const isSeen =
  (reading: Reading) =>
  ([{ kind }]: (typeof choices)[Source][number]): boolean =>
    kind !== 'missingRows' || reading === asDocumented;

function addFaults({ bed, random, lines, tally, reading }: Episode): readonly Added[] {
  const named = random.pick([['DATADOG'], ['ARGUS'], ['DATADOG', 'ARGUS']] as const);
  return named.map(source => {
    const [fault, explains] = random.pick([...choices[source]].filter(isQuick).filter(isSeen(reading)));
    const emulator = source === 'DATADOG' ? bed.emulators.datadog : bed.emulators.argus;
    const probability = random.pick([1, 1, 0.4]);
    emulator.faults.add({ ...fault, probability, seed: random.below(1e6) });
    tally.faults++;
    lines.push(`${source}, this once, with probability ${probability}: ${JSON.stringify(fault)}`);
    return { source, fault, isNoticed: explains.length > 0 };
  });
}

function noteFaults({ bed }: Episode, moment: Moment, faults: readonly Added[]): void {
  for (const { source, fault, isNoticed } of faults) {
    const emulator = source === 'DATADOG' ? bed.emulators.datadog : bed.emulators.argus;
    const span = emulator.faults.timeline.at(-1);
    if (span !== undefined && span.hits > 0 && isNoticed) moment.troubled.add(source);
    if (fault.kind === 'missingRows' || fault.kind === 'otherIndicator') moment.lacksRows = true;
    emulator.faults.clear();
  }
}

/** So long a refusal makes searches smaller, in milliseconds. */
const smallerSearchesMs = 600_000;

/** Argus may have refused a search as too large. */
function wasRefused(moments: readonly Moment[]): boolean {
  const now = moments.at(-1) as Moment;
  return moments.some(
    moment =>
      (moment.troubled.has('ARGUS') || moment.reading.argus?.valuesCap !== undefined) &&
      ageAt(now, moment).least < smallerSearchesMs,
  );
}

/** So long a trouble explains a silence, in milliseconds: an open circuit, a refused credential. */
const aftermathMs = 90_000;

/**
 * A trouble now or lately, or one after which this gateway has not heard the source again: until then it asks only once to see;
 * or a reading in which a silence is honest.
 */
function mayFail(moments: readonly Moment[], source: Source, gateway: 0 | 1): boolean {
  const now = moments.at(-1) as Moment;
  const last = moments.findLast(({ troubled, reading }) => troubled.has(source) || reading.mayBeUnheard === true);
  if (last === undefined) return false;
  const isOver = moments.slice(last.index + 1, -1).some(({ heard }) => heard.has(`${source} ${gateway}`));
  return !isOver || ageAt(now, last).least < aftermathMs;
}

/** A source that was not heard may be asked again. */
function noteSilence(moment: Moment, operations: readonly Operation[], texts: readonly string[]): void {
  const { lookups, searches } = moment.asked;
  const [first, ...others] = new Set(operations.map(({ gateway }) => gateway));
  for (const source of ['DATADOG', 'ARGUS'] as const) {
    const silent = new RegExp(`"source":"${source}","status":"(?!MATCHED|NO_MATCH|NOT_)`);
    const isAsked = (source === 'DATADOG' ? lookups : searches).length > 0;
    if (texts.some(text => silent.test(text))) moment.troubled.add(source);
    else if (isAsked && others.length === 0 && !moment.troubled.has(source)) moment.heard.add(`${source} ${first}`);
  }
}

function tallyAnswer(text: string, { told }: Tally): void {
  for (const [, source, status, from] of text.matchAll(
    /"source":"(\w+)","status":"(\w+)","servedFrom":("\w+"|null)/g,
  )) {
    const name = `${source} ${status}${from === '"STALE_CACHE"' ? ', stale' : ''}`;
    told.set(name, (told.get(name) ?? 0) + 1);
  }
}

const describe = ({ gateway, caller, items, fields }: Operation, { index }: Moment): string =>
  `${index}. ${caller} asks gateway ${gateway} for ${fields.join(', ')} of ${items
    .map(({ subject: { type, value }, age }) => `${type} ${value}${age === null ? '' : ` no older than ${age} s`}`)
    .join('; ')}`;

const askedText = ({ asked: { lookups, searches } }: Moment): string =>
  [
    ...lookups.map(
      ({ caller, value, variant, history }) => `Datadog ${caller} ${value} ${variant}${history ? ' with history' : ''}`,
    ),
    ...searches.map(
      ({ caller, criterion, values, old, comments }) =>
        `Argus ${caller} ${criterion} [${values}]${old ? ' old' : ''}${comments ? ' comments' : ''}`,
    ),
  ].join('; ');

const worldText = ({ world: { known, listed } }: Moment): readonly string[] => [
  ...[...known].map(
    ([whose, { score, events, inOcsf }]) => `${whose}: ${score}, ${events} events${inOcsf ? ', OCSF' : ''}`,
  ),
  ...[...listed.values()].map(
    ({ id, value, typeName, list, state, isDeleted, comment }) =>
      `${typeName} ${value} on ${list}, ${state}${isDeleted ? ', deleted' : ''}, ${comment}, ${id}`,
  ),
];
