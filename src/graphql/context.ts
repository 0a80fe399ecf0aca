/** What one operation carries with it: who asks, until when, and fresh loaders of each source. */
import type { Caller } from '../access/access.ts';
import { type ScopePolicy, sightOf } from '../access/scopes.ts';
import type { Grounds } from '../cache/read-through.ts';
import { hostOf, type Indicator, indicatorKey } from '../domain/indicator.ts';
import type { VerdictPolicy } from '../domain/verdict.ts';
import type { Log } from '../observability/log.ts';
import type { Span } from '../observability/span.ts';
import { createTrace, type Trace } from '../observability/trace.ts';
import type { ArgusLoaders, DatadogLoaders } from '../sources/index.ts';
import type { Operation, Source } from '../sources/source.ts';

/** Everything that lives as long as the process and that resolvers lean on. */
export interface Gateway {
  readonly datadog: Source<DatadogLoaders>;
  readonly argus: Source<ArgusLoaders>;
  readonly verdictPolicy: VerdictPolicy;
  readonly scopes: ScopePolicy;
  readonly deadlineMs: number;
  readonly maxValues: number;
  readonly log: Log;
  readonly now: () => number;
}

export interface Context {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly requestId: string;
  readonly operation: Operation;
  readonly trace: Trace;
  readonly datadog: DatadogLoaders;
  readonly argus: ArgusLoaders;
  /** Notes that the operation named the indicator, and how old its facts may be at the most. */
  name(indicator: Indicator, maxAgeSeconds: number | null | undefined): void;
  /** Everything the operation named, in canonical form, for the audit. */
  named(): readonly string[];
  /** The document names an age somewhere, so no fact may be handed out before all of it was seen. */
  expectAges(): void;
  /** For how long the whole answer holds: that of its least fresh fact, 0 when it may not be kept or has no facts. */
  lastsMs(): number;
  /** Ends the timer; what is still under way for this operation alone is given up. */
  end(): void;
}

/** What is left to tell of an operation when it has been answered. */
export type Account = Pick<Context, 'named' | 'lastsMs' | 'end'> & { readonly trace: Pick<Trace, 'span' | 'summary'> };

/** An operation of at most so many values goes before larger ones when the budget is short. */
const smallValues = 10;

export interface Asking {
  readonly caller: Caller;
  readonly requestId: string;
  /** Its signal says that the client is gone. */
  gone(): AbortSignal;
  /** Where tracing is on. */
  readonly span?: Span | undefined;
  /** Where to say whether the answer would be the same again. */
  readonly grounds?: Grounds | undefined;
}

export function createContext(gateway: Gateway, { caller, requestId, gone, span, grounds }: Asking): Context {
  const trace = createTrace(span);
  const sight = sightOf(gateway.scopes, caller.scopes);
  const startedAt = gateway.now();
  const patience = createPatience(gone, startedAt + gateway.deadlineMs, gateway.now);
  const ages = new Map<string, number>();
  const named = new Set<string>();
  let isAgeless = true;
  let lastsMs: number | undefined;

  const operation: Operation = {
    get signal() {
      return patience.signal();
    },
    startedAt,
    deadlineAt: startedAt + gateway.deadlineMs,
    caller: caller.lane,
    keys: caller.keys,
    trace,
    grounds,
    maySee: what => (what === 'DATADOG' ? sight.datadog : what === 'ARGUS' ? sight.argus : sight.datadogPersonal),
    maxAgeMs: indicator => ages.get(indicatorKey(indicator)),
    lasts(milliseconds) {
      lastsMs = Math.min(lastsMs ?? milliseconds, milliseconds);
    },
    get isAgeless() {
      return isAgeless;
    },
    get isSmall() {
      return named.size <= smallValues;
    },
  };
  return {
    gateway,
    caller,
    requestId,
    operation,
    trace,
    datadog: gateway.datadog.open(operation),
    argus: gateway.argus.open(operation),
    name(indicator, maxAgeSeconds) {
      named.add(indicator.value);
      if (maxAgeSeconds == null) return;
      // A verdict asks the host too: an age that holds for one only would let an older fact in by the back door.
      for (const one of [indicator, hostOf(indicator)]) {
        if (one === undefined) continue;
        const key = indicatorKey(one);
        ages.set(key, Math.min(ages.get(key) ?? Number.POSITIVE_INFINITY, maxAgeSeconds * 1000));
      }
    },
    named: () => [...named],
    expectAges() {
      isAgeless = false;
    },
    lastsMs: () => Math.max(0, lastsMs ?? 0),
    end: patience.end,
  };
}

interface Patience {
  /** Aborted when the client is gone, the deadline has passed, or the answer is out. */
  signal(): AbortSignal;
  end(): void;
}

/** One for all: each of its own would cost a stack. */
const ended = new DOMException('The operation has ended.', 'AbortError');

/** Made when somebody first has to wait: an operation that memory answers needs neither timer nor signal. */
function createPatience(gone: () => AbortSignal, deadlineAt: number, now: () => number): Patience {
  let controller: AbortController | undefined;
  let client: AbortSignal | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const abort = () => controller?.abort(ended);
  return {
    signal() {
      if (controller) return controller.signal;
      controller = new AbortController();
      timer = setTimeout(abort, Math.max(0, deadlineAt - now()));
      client = gone();
      client.addEventListener('abort', abort, { once: true });
      if (client.aborted || isEnded) abort();
      return controller.signal;
    },
    end() {
      isEnded = true;
      clearTimeout(timer);
      client?.removeEventListener('abort', abort);
      abort();
    },
  };
}
