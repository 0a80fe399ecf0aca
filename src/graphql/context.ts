/** What one operation carries with it: who asks, until when, and fresh loaders of each source. */
import type { Caller } from '../auth/callers.ts';
import { type Permissions, permissionsAt } from '../auth/scopes.ts';
import type { Validators } from '../cache/fact-kind.ts';
import { hostOf, indicatorKey } from '../domain/indicator/indicator.ts';
import type { Indicator } from '../domain/indicator/model.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { VerdictPolicy } from '../domain/verdict/model.ts';
import type { Log } from '../observability/log.ts';
import type { Span } from '../observability/span.ts';
import { createTrace, type Trace } from '../observability/trace.ts';
import type { sources } from '../sources/index.ts';
import type { Operation, PartOf, Source, SourcePart, Sources } from '../sources/source.ts';
import type { CostTable } from './cost.ts';

/** Everything that lives as long as the process and that resolvers lean on. */
export interface Gateway {
  /** What it is made of: the registry. */
  readonly registry: Sources;
  /** The same that run, by the registry's names and in its order. */
  readonly sources: Readonly<Record<SourceName, Source>>;
  readonly costs: CostTable;
  readonly verdictPolicy: VerdictPolicy;
  /** What a caller with these scopes may be shown. */
  readonly permissionsOf: (scopes: ReadonlySet<string>) => Permissions;
  readonly deadlineMs: number;
  readonly maxValues: number;
  readonly log: Log;
  readonly now: () => number;
}

/** By the names of the registry. */
type Parts = { readonly [Name in keyof typeof sources]: PartOf<(typeof sources)[Name]> };

export interface Context {
  readonly gateway: Gateway;
  readonly caller: Caller;
  readonly requestId: string;
  readonly operation: Operation;
  readonly trace: Trace;
  /** Each source's part in the operation, for its own resolvers. */
  readonly sources: Parts;
  /** The same, in the registry's order, for those who ask all of them. */
  readonly parts: readonly SourcePart[];
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
  readonly grounds?: Validators | undefined;
}

export function createContext(gateway: Gateway, { caller, requestId, gone, span, grounds }: Asking): Context {
  const trace = createTrace(span);
  const permissions = gateway.permissionsOf(caller.scopes);
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
    caller: caller.clientKey,
    keys: caller.keys,
    trace,
    validators: grounds,
    maxAgeMs: indicator => ages.get(indicatorKey(indicator)),
    reduceMaxAge(milliseconds) {
      lastsMs = Math.min(lastsMs ?? milliseconds, milliseconds);
    },
    get allowsAnyAge() {
      return isAgeless;
    },
    get isSmall() {
      return named.size <= smallValues;
    },
  };
  const parts: Record<SourceName, SourcePart> = {};
  for (const name in gateway.sources)
    parts[name] = (gateway.sources[name] as Source).open(operation, permissionsAt(permissions, name));
  return {
    gateway,
    caller,
    requestId,
    operation,
    trace,
    // The resolvers of a source come with it from the registry that this gateway was made of.
    sources: parts as Parts,
    parts: Object.values(parts),
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
