/** The context of one operation: its caller, its deadline, and loaders of its own at each source. */
import type { Caller } from '../auth/callers.ts';
import type { Permissions } from '../auth/scopes.ts';
import type { Clock } from '../clock.ts';
import { createEgress, type EgressPolicy } from '../domain/egress/policy.ts';
import type { Tlp } from '../domain/egress/tlp.ts';
import { hostOf, indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { VerdictPolicy } from '../domain/verdict/model.ts';
import type { Audit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import type { Span } from '../observability/span.ts';
import { createTrace, type Trace } from '../observability/trace.ts';
import { createSlices, type Slices } from '../slices.ts';
import { notGathered } from '../sources/fact-table.ts';
import type { sources } from '../sources/index.ts';
import type { Lookahead } from '../sources/lookahead.ts';
import type { Operation, PartOf, Source, SourcePart, Sources } from '../sources/source.ts';
import { noCost, type OperationCost } from './cost.ts';
import type { CostTable } from './cost-table.ts';
import type { ParseIndicator } from './indicator-parser.ts';
import { createLifetime, type Lifetime } from './lifetime.ts';
import { createTakenFragments, type TakenFragments } from './operation/fragments.ts';
import { createRoots, type Roots } from './operation/roots.ts';
import { createRowCount, type RowCount } from './operation/row-count.ts';
import type { Room, WorkBudget } from './operation/work-budget.ts';
import { createSourceParts } from './source-parts.ts';
import type { TextReader } from './texts.ts';

/** What resolvers need and what lives as long as the process. */
export interface Gateway {
  /** The definitions of the sources, by name. */
  readonly registry: Sources;
  /** The running sources, by the same names and in the same order. */
  readonly sources: Readonly<Record<SourceName, Source>>;
  readonly costs: CostTable;
  readonly lookahead: Lookahead;
  readonly parseIndicator: ParseIndicator;
  readonly verdictPolicy: VerdictPolicy;
  readonly egressPolicy: EgressPolicy;
  /** What a caller with these scopes may be shown. */
  readonly permissionsOf: (scopes: ReadonlySet<string>) => Permissions;
  readonly deadlineMs: number;
  readonly maxValues: number;
  readonly texts: TextReader;
  readonly workBudget: WorkBudget;
  readonly log: Log;
  readonly audit: Pick<Audit, 'write'>;
  readonly clock: Clock;
}

/** Each source's part in an operation, by the names of the registry. */
type Parts = { readonly [Name in keyof typeof sources]: PartOf<(typeof sources)[Name]> };

export interface Context {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly requestId: string;
  /** Equal for callers that may see the same. Undefined: no piece of an earlier answer may be used. */
  readonly permissionsKey: string | undefined;
  /** The pieces of earlier answers that this one is made of. */
  readonly fragments: TakenFragments;
  readonly operation: Operation;
  readonly trace: Trace;
  readonly lookahead: Lookahead;
  /** Each source's part in the operation, for the source's own resolvers. */
  readonly sources: Parts;
  /** The same in the order of the registry, for resolvers that join all sources. */
  readonly parts: readonly SourcePart[];
  /** Notes that the operation names the indicator, and how old its facts may be. */
  name(indicator: Indicator, maxAgeSeconds: number | null | undefined): void;
  /** The canonical values that the operation names, for the audit. */
  named(): readonly string[];
  /** Notes what a piece of an earlier answer names. */
  nameAgain(values: readonly string[]): void;
  /** Collects the values that are named, while a piece of the answer is written that may be used again. */
  naming: Set<string> | undefined;
  /** What the operation's own fields were resolved to. */
  readonly roots: Roots;
  /** What it takes of the gateway's room for work. */
  readonly room: Pick<Room, 'reserve' | 'grow'>;
  /**
   * Gets what the sources' parts have noted as needed; undefined: it is all here. Takes room for what memory lacks before
   * anything is asked.
   */
  gather(): Promise<unknown> | undefined;
  /** Since the last time, a field has needed what was not gathered. */
  isWaiting(): boolean;
  /** Its answer was given up: what it still needs is not gathered. */
  forgo(): void;
  /** A source was asked, or Redis, or others had their turn: what memory held may have been replaced or refused meanwhile. */
  hasWaited(): boolean;
  /** In which its answer is written. Between two of them `forgone` is thrown where nobody waits for the answer any more. */
  slices(): Slices;
  readonly rows: RowCount;
  /** What was found in the operation's texts; set before it is executed. */
  texts: OperationCost['texts'];
  /** How many indicators it names. */
  indicators(): number;
  /** How long the response may be reused: as long as its least fresh fact; 0 if it may not be, or has no facts. */
  responseMaxAgeMs(): number;
  /** Clears the timer, and aborts calls that only this operation still waits for. */
  end(): void;
  /** Gives its room back: to be called when its answer is out, or its client gone. */
  leave(): void;
}

/** What the request log needs of a context. */
export type ReportedContext = Pick<Context, 'named' | 'responseMaxAgeMs' | 'end' | 'leave'> & {
  readonly trace: Pick<Trace, 'span' | 'summary'>;
};

/** An operation with at most this many values goes before larger ones when rate limits are scarce. */
const maxSmallValues = 10;

export interface ContextOptions {
  readonly caller: Caller;
  readonly requestId: string;
  /** Its signal is aborted when the client has gone. */
  clientGone(): AbortSignal;
  readonly permissionsKey?: string | undefined;
  /** How the caller has marked what the operation names. */
  readonly tlp?: Tlp | undefined;
  /** Undefined while tracing is off. */
  readonly span?: Span | undefined;
}

export function createContext(gateway: Gateway, options: ContextOptions): Context {
  const { caller, requestId, clientGone, permissionsKey, tlp, span } = options;
  const trace = createTrace(span);
  const now = gateway.clock.monotonic;
  const startedAt = now();
  const lifetime = createLifetime(clientGone, startedAt + gateway.deadlineMs, now);
  const [maxAges, named, rows] = [new Map<string, number>(), new Set<string>(), createRowCount()];
  let [isWaiting, hasWaited, responseMaxAgeMs] = [false, false, Number.POSITIVE_INFINITY];

  const operation: Operation = Object.assign(Object.create(operationGetters), {
    ...{ lifetime, named, startedAt },
    deadlineAt: startedAt + gateway.deadlineMs,
    caller: caller.clientKey,
    egress: createEgress(gateway.egressPolicy, tlp),
    keys: caller.keys,
    trace,
    served: undefined,
    versions: new Map(),
    maxAgeMs: (indicator: Indicator) => maxAges.get(indicatorKey(indicator)),
    strictestAgeMs: () => Math.min(...maxAges.values()),
    reduceMaxAge(milliseconds: number) {
      responseMaxAgeMs = Math.min(responseMaxAgeMs, milliseconds);
    },
    wait() {
      isWaiting = true;
      return notGathered;
    },
    countRows: rows.add,
  });
  const goOn = (): void => {
    hasWaited = true;
    lifetime.check();
  };
  const room = gateway.workBudget.open(caller.clientKey);
  const { parts, all, gather } = createSourceParts(gateway, operation, caller.scopes, room.take);
  return Object.assign(Object.create(contextGetters), {
    partsOf: parts,
    allParts: all,
    gateway,
    caller,
    requestId,
    permissionsKey,
    operation,
    trace,
    lookahead: gateway.lookahead,
    fragments: createTakenFragments(),
    naming: undefined,
    nameAgain(values: readonly string[]) {
      for (const value of values) named.add(value);
    },
    name(this: Context, indicator: Indicator, maxAgeSeconds: number | null | undefined) {
      named.add(indicator.value);
      operation.egress?.judge(indicator);
      this.naming?.add(indicator.value);
      if (maxAgeSeconds != null) reduceTo(maxAges, indicator, maxAgeSeconds * 1000);
    },
    named: () => [...named],
    roots: createRoots(),
    room,
    gather() {
      isWaiting = false;
      const gathering = gather();
      hasWaited ||= gathering !== undefined;
      return gathering;
    },
    hasWaited: () => hasWaited,
    slices: () => createSlices({ goOn }),
    rows,
    texts: noCost.texts,
    indicators: () => named.size,
    isWaiting: () => isWaiting,
    forgo() {
      isWaiting = false;
    },
    responseMaxAgeMs: () => (Number.isFinite(responseMaxAgeMs) ? Math.max(0, responseMaxAgeMs) : 0),
    end: lifetime.end,
    leave: room.close,
  });
}

/** A verdict is also about the host, so its facts must not be older either. */
function reduceTo(maxAges: Map<string, number>, indicator: Indicator, milliseconds: number): void {
  for (const one of [indicator, hostOf(indicator)]) {
    if (one === undefined) continue;
    const key = indicatorKey(one);
    maxAges.set(key, Math.min(maxAges.get(key) ?? Number.POSITIVE_INFINITY, milliseconds));
  }
}

/**
 * Getters stand on one object for all operations: V8 keeps a description of each object that is made with a getter, until the
 * next full collection, which took a quarter of the processor.
 */
const operationGetters: Pick<Operation, 'signal' | 'isSmall'> &
  ThisType<{ readonly lifetime: Lifetime; readonly named: ReadonlySet<string> }> = {
  get signal() {
    return this.lifetime.signal();
  },
  get isSmall() {
    return this.named.size <= maxSmallValues;
  },
};

/** Only the resolvers of a registered source read its part. */
const contextGetters: Pick<Context, 'sources' | 'parts'> &
  ThisType<{ partsOf(): Parts; allParts(): readonly SourcePart[] }> = {
  get sources() {
    return this.partsOf();
  },
  get parts() {
    return this.allParts();
  },
};
