import {
  type Fault,
  type InProcessOptions,
  isAnswering,
  isDelivering,
  type WireFault,
  wireFault,
} from './fault-kinds.ts';
import { createRandom, type Random } from './random.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** A fault and the time in which it was on, so that a test can compare an answer with the faults of its moment. */
interface FaultSpan {
  readonly id: string;
  readonly fault: WireFault;
  /** Epoch milliseconds; it affects requests from then on. */
  readonly onAt: number;
  /** Epoch milliseconds; undefined while it is on. */
  offAt: number | undefined;
  /** Number of affected requests. */
  hits: number;
}

export interface FaultControl {
  /** Adds a fault; several may be on at once. Throws for an unknown kind of fault. */
  add(fault: Fault): FaultSpan;
  /** Ends one fault, or all. They stay in the timeline. */
  clear(id?: string): void;
  /** Every fault since the start, oldest first. */
  readonly timeline: readonly FaultSpan[];
  /** The faults that were on at some time between two moments, both in epoch milliseconds. */
  during(fromMs: number, toMs: number): readonly FaultSpan[];
}

interface ActiveFault {
  readonly span: FaultSpan;
  readonly inProcess: InProcessOptions;
  readonly random: Random;
}

/** The faults that affect one request, determined when it arrives. */
export interface AppliedFaults {
  readonly faults: readonly { readonly fault: WireFault; readonly random: Random; readonly id: string }[];
  readonly latencyMs: number;
}

export interface FaultRegistry extends FaultControl {
  apply(request: RecordedRequest): AppliedFaults;
}

export function createFaults(now: () => number): FaultRegistry {
  const timeline: FaultSpan[] = [];
  let active: ActiveFault[] = [];

  const switchOff = (off: (fault: ActiveFault) => boolean, at: number): void => {
    for (const fault of active.filter(off)) fault.span.offAt = Math.max(at, fault.span.onAt);
    active = active.filter(fault => !off(fault));
  };
  const endedAt = ({ span }: ActiveFault): number =>
    span.fault.forMs === undefined ? Number.POSITIVE_INFINITY : span.onAt + span.fault.forMs;
  const expire = (at: number): void => {
    for (const fault of active) if (endedAt(fault) <= at) switchOff(other => other === fault, endedAt(fault));
  };

  return {
    add: input => {
      const { when, msFor, ...rest } = input;
      const fault = wireFault.parse(rest);
      const onAt = now() + (fault.afterMs ?? 0);
      const span: FaultSpan = { id: `fault-${timeline.length + 1}`, fault, onAt, offAt: undefined, hits: 0 };
      timeline.push(span);
      active.push({
        span,
        inProcess: { ...(when && { when }), ...(msFor && { msFor }) },
        random: createRandom(fault.seed ?? 1),
      });
      return span;
    },
    clear: id => switchOff(fault => id === undefined || fault.span.id === id, now()),
    get timeline() {
      expire(now());
      return timeline;
    },
    during: (fromMs, toMs) => {
      expire(now());
      return timeline.filter(span => span.onAt <= toMs && (span.offAt === undefined || span.offAt >= fromMs));
    },
    apply: request => {
      const at = now();
      expire(at);
      const affecting = exclusive(active.filter(fault => affects(fault, request, at)));
      for (const fault of affecting) fault.span.hits += 1;
      switchOff(({ span }) => span.fault.times !== undefined && span.hits >= span.fault.times, at);
      request.faults = affecting.map(({ span }) => span.fault.kind);
      return {
        faults: affecting.map(({ span, random }) => ({ fault: span.fault, random, id: span.id })),
        latencyMs: affecting.reduce((sum, fault) => sum + latencyOf(fault, request), 0),
      };
    },
  };
}

function affects({ span, inProcess, random }: ActiveFault, request: RecordedRequest, at: number): boolean {
  const { match, probability } = span.fault;
  if (at < span.onAt) return false;
  if (match?.method && match.method !== request.method) return false;
  if (match?.path && !request.path.includes(match.path)) return false;
  if (match?.value && !request.values.includes(match.value)) return false;
  if (match?.body && !request.bodyText.includes(match.body)) return false;
  if (inProcess.when && !inProcess.when(request)) return false;
  return probability === undefined || random.next() < probability;
}

/** Of the answering faults only the oldest applies; the same for delivering faults. The others do not count as hits. */
function exclusive(faults: readonly ActiveFault[]): ActiveFault[] {
  const answering = faults.find(({ span }) => isAnswering(span.fault));
  const delivering = faults.find(({ span }) => isDelivering(span.fault));
  return faults.filter(fault => {
    if (isAnswering(fault.span.fault)) return fault === answering;
    return !isDelivering(fault.span.fault) || fault === delivering;
  });
}

function latencyOf({ span, inProcess }: ActiveFault, request: RecordedRequest): number {
  if (span.fault.kind !== 'latency') return 0;
  return inProcess.msFor?.(request) ?? span.fault.ms;
}
