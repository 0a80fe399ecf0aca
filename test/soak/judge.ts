/** Checks one answer against the world and the faults of its moment. */
import type { Emulators } from '../../src/emulators/emulators.ts';
import {
  answerShape,
  type Failure,
  type IndicatorAnswer,
  type Kind,
  type Membership,
  type Question,
  type Report,
} from './questions.ts';
import { isExplained, type Side, type Stalls, type Trouble } from './troubles.ts';
import type { Truth, Version } from './truth.ts';

type ViolationKind =
  | 'false clean'
  | 'wrong join'
  | 'wrong age'
  | 'wrong verdict'
  | 'unexplained failure'
  | 'wrong shape'
  | 'too late'
  | 'unanswered'
  | 'bug';

export interface Violation {
  readonly kind: ViolationKind;
  readonly detail: string;
}

export interface Answered {
  readonly question: Question;
  readonly status: number;
  readonly body: unknown;
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface Court {
  readonly truth: Truth;
  readonly emulators: Emulators;
  readonly windows: { readonly freshMs: number; readonly staleMs: number; readonly negativeMs: number };
  readonly deadlineMs: number;
  readonly stalls: Stalls;
  /** Both upstreams are well and have been long enough: no failure is explained. */
  readonly isCalm: () => boolean;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  readonly reports: readonly Report[];
}

/** An answer may be this much later than its deadline on a machine that does other things too. */
const latenessMs = 3000;
/** From the moment the upstream looked into the world until its answer was a fact: a call, its pages, its drip. */
const longestFetchMs = 8000;

export function judge(answered: Answered, court: Court): Judgement {
  const { question, status, body, sentAt, receivedAt } = answered;
  const parsed = answerShape.safeParse(body);
  if (status !== 200 || !parsed.success || parsed.data.data.indicators.length !== question.values.length) {
    const text = JSON.stringify(body) ?? '';
    const where = parsed.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3);
    const detail = `${status} ${question.kind}, ${where}: ${text.slice(0, 200)} … ${text.slice(-300)}`;
    return { violations: [{ kind: 'wrong shape', detail }], reports: [] };
  }
  const { data, errors = [] } = parsed.data;
  const tookMs = receivedAt - sentAt;
  const late: Violation[] =
    tookMs > court.deadlineMs + latenessMs ? [{ kind: 'too late', detail: `${Math.round(tookMs)} ms` }] : [];
  const unknown = new Set(errors.flatMap(({ extensions }) => extensions.property ?? []));
  const found = data.indicators.flatMap((indicator, index) => {
    const own = { errors: errors.filter(({ path }) => path[1] === index), unknown };
    const violations = judgeIndicator(indicator, question.values[index] ?? '', own, answered, court);
    return violations.map(({ kind, detail }) => ({ kind, detail: `${question.kind}, ${indicator.value}: ${detail}` }));
  });
  return { violations: [...late, ...found], reports: data.indicators.flatMap(({ sources }) => sources) };
}

function judgeIndicator(
  indicator: IndicatorAnswer,
  value: string,
  { errors, unknown }: { readonly errors: readonly Failure[]; readonly unknown: ReadonlySet<string> },
  answered: Answered,
  court: Court,
): readonly Violation[] {
  const found: Violation[] = [];
  const accuse = (kind: ViolationKind, detail: string) => found.push({ kind, detail });
  if (indicator.value !== value) accuse('wrong join', `asked was ${value}`);
  const refusals = errors.filter(({ path }) => path.length === 6);
  for (const { extensions } of refusals)
    explain('ARGUS', extensions.code === 'BAD_USER_INPUT' ? 'REJECTED' : 'DENIED', answered, court, accuse);
  const isRefused: IsRefused = (record, name) =>
    unknown.has(name) || refusals.some(({ path }) => path[3] === record && path[4] === name);
  for (const report of indicator.sources) {
    const isHeard = report.status === 'MATCHED' || report.status === 'NO_MATCH';
    if (isHeard) {
      judgeAge(report, answered, court, accuse);
      judgeFacts(report, indicator, value, isRefused, court, accuse);
    } else judgeSilence(report, indicator, value, errors, answered, court, accuse);
    if (report.staleBecause !== null) explain(report.source, report.staleBecause, answered, court, accuse);
  }
  judgeVerdict(indicator, court, accuse);
  return found;
}

/** The property of the record was refused, with an error of its own. */
type IsRefused = (record: number, name: string) => boolean;
type Accuse = (kind: ViolationKind, detail: string) => void;

function judgeAge(report: Report, { question, sentAt, receivedAt }: Answered, court: Court, accuse: Accuse): void {
  const { freshMs, staleMs, negativeMs } = court.windows;
  const fetchedAt = Date.parse(report.fetchedAt ?? '');
  // A fact was fresh when the operation looked, some time between its question and its answer.
  const age = sentAt - fetchedAt;
  const isMatch = report.status === 'MATCHED';
  const longest = { LIVE: 0, CACHE: isMatch ? freshMs : negativeMs, STALE_CACHE: isMatch ? freshMs + staleMs : 0 };
  const allowed = report.servedFrom === null ? 0 : longest[report.servedFrom];
  if (Number.isNaN(age) || age > allowed + 50 || fetchedAt > receivedAt + 50)
    accuse('wrong age', `${report.source} ${report.status} ${report.servedFrom} is ${age} ms old`);
  if (question.maxAge === 0 && report.servedFrom !== 'LIVE') accuse('wrong age', `${report.servedFrom}, asked live`);
}

/** What is told of a source is what it knew when it was asked. */
function judgeFacts(
  report: Report,
  indicator: IndicatorAnswer,
  value: string,
  isRefused: IsRefused,
  court: Court,
  accuse: Accuse,
): void {
  const at = Date.parse(report.fetchedAt ?? '');
  const versions = court.truth.between(value, at - longestFetchMs, at + 50);
  const lacksRows = mayLackRows(court, at);
  const agrees = (version: Version) =>
    report.source === 'DATADOG'
      ? agreesWithDatadog(report, indicator, version)
      : agreesWithArgus(report, indicator, isRefused, version, lacksRows);
  if (versions.some(agrees)) return;
  const isKnown = versions.every(({ datadog, argus }) =>
    report.source === 'DATADOG' ? datadog !== null : argus.length > 0,
  );
  const kind = report.status === 'NO_MATCH' && isKnown ? 'false clean' : 'wrong join';
  accuse(kind, `${report.source} ${report.status} ${report.servedFrom}: ${JSON.stringify(indicator).slice(0, 300)}`);
}

function agreesWithDatadog({ status }: Report, indicator: IndicatorAnswer, { datadog }: Version): boolean {
  if ((status === 'MATCHED') !== (datadog !== null)) return false;
  const { threatScore, triageHistory, datadog: answer } = indicator;
  if (threatScore !== undefined && threatScore !== (datadog?.score ?? null)) return false;
  if (triageHistory !== undefined && triageHistory?.length !== datadog?.events) return false;
  if (answer === undefined) return true;
  if (answer.threat === null || datadog === null) return answer.threat === null && datadog === null;
  return answer.threat.score === datadog.score && answer.threat.indicator === indicator.value;
}

function agreesWithArgus(
  { status }: Report,
  indicator: IndicatorAnswer,
  isRefused: IsRefused,
  { argus }: Version,
  lacksRows: boolean,
): boolean {
  if ((status === 'MATCHED') !== argus.length > 0) return false;
  return [indicator.memberships, indicator.argus?.memberships].every(
    told => told === undefined || (isWhole(told, argus, lacksRows) && isSame(told, indicator.value, isRefused, argus)),
  );
}

/** Argus withheld rows, or sent others: the records of a value that came all the same count, and others of it may lack. */
const mayLackRows = ({ emulators }: Court, at: number): boolean =>
  emulators.argus.faults
    .during(at - longestFetchMs, at + 50)
    .some(({ fault, hits }) => hits > 0 && (fault.kind === 'missingRows' || fault.kind === 'otherIndicator'));

const isWhole = (told: readonly Membership[] | null, truth: Version['argus'], lacksRows: boolean): boolean =>
  told?.length === truth.length || (lacksRows && (told?.length ?? 0) > 0);

function isSame(
  told: readonly Membership[] | null,
  value: string,
  isRefused: IsRefused,
  truth: Version['argus'],
): boolean {
  if (told === null) return false;
  return told.every(({ recordId, value: about, comment, role }, index) => {
    const record = truth.find(({ id }) => id === recordId);
    if (record === undefined || about !== value) return false;
    const needsComment = comment !== undefined && !isRefused(index, 'comment');
    if (needsComment && (comment[0]?.value ?? undefined) !== record.comment) return false;
    return role === undefined || isRefused(index, 'role') || (role[0]?.values ?? []).join() === record.roles.join();
  });
}

/** Whom a kind of question does not ask. */
const notAsked: Partial<Record<Kind, Side>> = { properties: 'DATADOG', history: 'ARGUS' };

/** Unheard: nothing is told, the fields that raise errors have raised them, and something explains it. */
function judgeSilence(
  report: Report,
  indicator: IndicatorAnswer,
  value: string,
  errors: readonly Failure[],
  answered: Answered,
  court: Court,
  accuse: Accuse,
): void {
  const { source, status } = report;
  const names = source === 'DATADOG' ? (['threatScore', 'triageHistory'] as const) : (['memberships'] as const);
  const answer = source === 'DATADOG' ? indicator.datadog?.threat : indicator.argus?.memberships;
  const isTold = answer != null || names.some(name => indicator[name] != null);
  if (isTold && !isRemembered(report, indicator, answered, court))
    accuse('wrong join', `${source} ${status} with data`);
  if (status === 'NOT_QUERIED' || status === 'NOT_APPLICABLE') {
    const isRight =
      status === 'NOT_QUERIED'
        ? source === notAsked[answered.question.kind]
        : source === 'ARGUS' && !court.truth.isForArgus(value);
    if (!isRight) accuse('false clean', `${source} is said to be ${status}`);
    return;
  }
  explain(source, status, answered, court, accuse);
  for (const name of names)
    if (
      indicator[name] === null &&
      !errors.some(({ path, extensions }) => path[2] === name && extensions.source === source)
    )
      accuse('false clean', `${name} is null without an error, and ${source} was ${status}`);
}

/**
 * Where only a part of what is asked could not be had, what memory holds is still told: as the source told it while that was
 * fresh.
 */
function isRemembered(
  report: Report,
  { threatScore, triageHistory, memberships, datadog, argus, ...rest }: IndicatorAnswer,
  { question, sentAt, receivedAt }: Answered,
  { truth, windows }: Court,
): boolean {
  if (question.maxAge === 0) return false;
  const told: IndicatorAnswer = {
    ...rest,
    ...(threatScore != null && { threatScore }),
    ...(triageHistory != null && { triageHistory }),
    ...(memberships != null && { memberships }),
    ...(datadog?.threat != null && { datadog }),
    ...(argus?.memberships != null && { argus }),
  };
  const isSo = (version: Version): boolean => {
    const isMatch = report.source === 'DATADOG' ? version.datadog !== null : version.argus.length > 0;
    const then: Report = { ...report, status: isMatch ? 'MATCHED' : 'NO_MATCH' };
    return report.source === 'DATADOG'
      ? agreesWithDatadog(then, told, version)
      : agreesWithArgus(then, told, () => true, version, true);
  };
  return truth.between(told.value, sentAt - windows.freshMs - longestFetchMs, receivedAt + 50).some(isSo);
}

function explain(source: Side, status: string, { sentAt, receivedAt }: Answered, court: Court, accuse: Accuse): void {
  const emulator = source === 'DATADOG' ? court.emulators.datadog : court.emulators.argus;
  // There is no room in time where an upstream is slow, fails, or allows few calls.
  const trouble = (status === 'OVERLOADED' ? 'TIMED_OUT' : status) as Trouble;
  const isTimed = trouble === 'TIMED_OUT' || trouble === 'UNAVAILABLE';
  if (isTimed && court.stalls.during(sentAt - 12_000, receivedAt)) return;
  if (court.isCalm() || !isExplained(emulator, trouble, sentAt, receivedAt))
    accuse('unexplained failure', `${source} ${status}, ${court.isCalm() ? 'calm, ' : ''}${receivedAt - sentAt} ms`);
}

const quiet = ['INFORMATIONAL', 'BENIGN', 'NO_MATCH'];

/** Nothing quiet is said while a source was not freshly heard; a high score is never passed over. */
function judgeVerdict({ verdict, sources, threatScore, datadog }: IndicatorAnswer, _: Court, accuse: Accuse): void {
  if (verdict === undefined) return;
  const isFresh = ({ status, servedFrom }: Report) =>
    status === 'NOT_APPLICABLE' || (servedFrom !== null && servedFrom !== 'STALE_CACHE');
  const unheard = sources.filter(report => !isFresh(report));
  if (unheard.length > 0 && quiet.includes(verdict.level))
    accuse('false clean', `${verdict.level} while ${unheard.map(({ source }) => source).join()} was not heard`);
  if (unheard.some(({ source }) => !verdict.missing.includes(source)))
    accuse('wrong verdict', 'missing lacks a source');
  const score = threatScore ?? datadog?.threat?.score ?? null;
  if (score !== null && score >= 70 && verdict.level !== 'MALICIOUS')
    accuse('wrong verdict', `${score}, ${verdict.level}`);
  if (verdict.level === 'NO_MATCH' && sources.some(({ status }) => status === 'MATCHED'))
    accuse('false clean', 'NO_MATCH beside a match');
}
