/** `POST …/ioc-explorer/triage` (Datadog's documentation, "Create an indicator triage state"): one write for each value. */
import { indicatorKey, type ParsedIndicator, parseIndicator } from '../../../domain/indicator/indicator.ts';
import type { Indicator } from '../../../domain/indicator/model.ts';
import type { SourceStatus } from '../../../domain/source-report.ts';
import { UpstreamError } from '../../../http-client/errors.ts';
import type { Upstream, UpstreamResponse } from '../../../http-client/upstream.ts';
import { createSlices, eachInSlices } from '../../../slices.ts';
import type { Credential } from '../../credential.ts';
import type { Operation } from '../../source.ts';
import { instant, text } from '../../tolerant-kinds.ts';
import { fieldOf, isObject, wholeOf } from '../../tolerant-read.ts';
import { withheldIndicator } from '../../withheld.ts';
import { label, listPath, triageOperation } from '../client.ts';
import { echoOf } from '../echo.ts';
import { type TriageEvent, toTriageState } from '../history.ts';

export const maxWrites = 100;

type TriageStateToSet = 'NOT_REVIEWED' | 'REVIEWED';

/** The schema's `TriageResult`. */
interface TriageResult {
  readonly input: string;
  readonly indicator: Indicator | null;
  readonly problem: string | null;
  readonly status: SourceStatus;
  readonly event: TriageEvent | null;
  readonly detail: string | null;
}

type WriteOutcome = Pick<TriageResult, 'status' | 'event' | 'detail'>;

/** For the audit: before a write is handed to Datadog, and when it is known what became of it. */
type OnWrite = (write: {
  readonly indicator: Indicator;
  readonly state: TriageStateToSet;
  /** Undefined: it is about to be sent. */
  readonly status: SourceStatus | undefined;
}) => void;

export interface TriageOptions {
  readonly upstream: Upstream;
  readonly credential: Credential | UpstreamError;
  readonly operation: Operation;
  /** What was heard of these before is served no more. False: other replicas may still serve it. */
  readonly changed: (indicators: readonly Indicator[]) => Promise<boolean>;
}

export type SetTriageState = (
  values: readonly string[],
  state: TriageStateToSet,
  onWrite: OnWrite,
) => Promise<readonly TriageResult[]>;

/** In the order of the values. Values that mean the same indicator share one write. */
export const openTriage =
  ({ upstream, credential, operation, changed }: TriageOptions): SetTriageState =>
  async (values, state, onWrite) => {
    operation.reduceMaxAge(0);
    const parsed: (ParsedIndicator & { readonly input: string })[] = [];
    await eachInSlices(values, input => void parsed.push({ input, ...parseIndicator(input) }), createSlices());
    const indicators = new Map<string, Indicator>();
    for (const { indicator } of parsed) if (indicator !== undefined) indicators.set(indicatorKey(indicator), indicator);
    const send = async (indicator: Indicator): Promise<WriteOutcome> => {
      if (credential instanceof UpstreamError) return refused(credential);
      const withheld = withheldIndicator(label, indicator, operation);
      if (withheld !== undefined) return refused(withheld);
      onWrite({ indicator, state, status: undefined });
      const outcome = await write(indicator, state, credential, { upstream, operation });
      onWrite({ indicator, state, status: outcome.status });
      return outcome;
    };
    const written = await Promise.all(
      [...indicators].map(async ([key, indicator]) => [key, await send(indicator)] as const),
    );
    const touched = written.flatMap(([key, { status }]) =>
      mayBeRecorded(status) ? [indicators.get(key) as Indicator] : [],
    );
    const isKnownToAll = touched.length === 0 || (await changed(touched));
    const outcomes = new Map(written);
    return parsed.map(({ input, indicator, problem }) => {
      const outcome = indicator && outcomes.get(indicatorKey(indicator));
      if (outcome === undefined) return { input, indicator: null, problem: problem ?? '', ...notSent(null) };
      return { input, indicator: indicator ?? null, problem: null, ...withNote(outcome, isKnownToAll) };
    });
  };

const unrecorded: ReadonlySet<SourceStatus> = new Set(['NOT_QUERIED', 'DENIED', 'WITHHELD']);
const mayBeRecorded = (status: SourceStatus): boolean => !unrecorded.has(status);

/** Of what is not recorded, other replicas know nothing older. */
const mayDiffer: ReadonlySet<SourceStatus> = new Set(['MATCHED', 'TIMED_OUT', 'UNAVAILABLE', 'MALFORMED']);

const othersMayShow = 'Other replicas may show the state from before until it is no longer fresh.';

function withNote(outcome: WriteOutcome, isKnownToAll: boolean): WriteOutcome {
  if (isKnownToAll || !mayDiffer.has(outcome.status)) return outcome;
  return { ...outcome, detail: [outcome.detail, othersMayShow].filter(Boolean).join(' ') };
}

const notSent = (detail: string | null): WriteOutcome => ({ status: 'NOT_QUERIED', event: null, detail });

const refused = ({ kind, message }: UpstreamError): WriteOutcome => ({
  status: kind === 'TRUNCATED' ? 'MALFORMED' : kind,
  event: null,
  detail: sentence(message),
});

/** Some messages end with a full stop. */
const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

async function write(
  indicator: Indicator,
  state: TriageStateToSet,
  credential: Credential,
  { upstream, operation }: Pick<TriageOptions, 'upstream' | 'operation'>,
): Promise<WriteOutcome> {
  const { signal, deadlineAt, caller, isSmall, trace } = operation;
  let isPrepared = false;
  const attributes = { indicator: indicator.value, triage_state: state.toLowerCase() };
  const prepare = () => {
    isPrepared = true;
    trace.call('DATADOG', 1);
    return {
      method: 'POST' as const,
      path: `${listPath}/triage`,
      body: { data: { type: 'ioc_triage_state', attributes } },
      headers: credential.headers(),
      isRepeatable: false,
      operation: triageOperation,
    };
  };
  const { partition } = credential;
  try {
    const answer = await upstream.call(prepare, {
      ...{ signal, caller, isSmall, partition },
      deadlineAt: () => deadlineAt,
      // What was sent is awaited to the end, for the audit, even if the client has gone.
      isAwaited: () => true,
    });
    return recorded(answer as UpstreamResponse, indicator, state);
  } catch (problem) {
    if (!(problem instanceof UpstreamError)) throw problem;
    return isPrepared ? outcomeOf(problem) : notSent(sentence(`Not sent: ${problem.message}`));
  }
}

/** Datadog repeats what it has recorded. */
function recorded({ body, connection }: UpstreamResponse, indicator: Indicator, state: TriageStateToSet): WriteOutcome {
  const data = isObject(body) && isObject(body.data) ? body.data : {};
  const whole = wholeOf(isObject(data.attributes) ? data.attributes : {});
  const isError = !isObject(body) || (Array.isArray(body.errors) && body.errors.length > 0);
  if (isError || Object.keys(whole.sent).length === 0) return unreadable();
  const named = fieldOf(whole, 'indicator', text);
  const echo = named === null ? {} : echoOf(named, indicator);
  if (echo === undefined) connection?.distrust();
  if (echo === undefined || echo.covering !== undefined) return ofAnother();
  const sent = toTriageState(fieldOf(whole, 'triage_state', text));
  const at = fieldOf(whole, 'triaged_at', instant) ?? fieldOf(whole, 'created_at', instant);
  const event = sent === null && at === null ? null : { state: sent, at, by: fieldOf(whole, 'triaged_by', text) };
  const isOther = sent !== null && sent !== state;
  return { status: 'MATCHED', event, detail: isOther ? 'Datadog recorded another state than was asked for.' : null };
}

const unreadable = (): WriteOutcome => ({
  status: 'MALFORMED',
  event: null,
  detail: 'Datadog’s answer cannot be read: it may have been recorded.',
});

const ofAnother = (): WriteOutcome => ({
  status: 'MALFORMED',
  event: null,
  detail: 'Datadog answered about another indicator: this one may have been recorded.',
});

const unreached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What was sent and not answered may have been recorded. */
function outcomeOf(problem: UpstreamError): WriteOutcome {
  const { httpStatus, neverSent, message } = problem;
  const code = Object(problem.cause).code;
  if (neverSent || unreached.has(code)) return notSent(sentence(`Not sent: ${message}`));
  if (problem.kind === 'MALFORMED' && httpStatus === undefined) return unreadable();
  if (httpStatus === undefined)
    return { status: 'TIMED_OUT', event: null, detail: 'Sent and not answered: it may have been recorded.' };
  const outcome = refused(problem);
  return httpStatus < 500 ? outcome : { ...outcome, detail: `${outcome.detail} It may have been recorded.` };
}
