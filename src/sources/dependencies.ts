import type { Cache } from '../cache/entry.ts';
import type { Windows } from '../cache/fact-kind.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SharedState } from '../shared-state.ts';

/** The parts of the gateway that sources share. */
export interface SourceDependencies {
  readonly cache: Cache;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly windows: Windows;
  readonly revalidates: boolean;
  /** Values that one operation may name. An upstream's queue holds at least twice as many calls. */
  readonly maxValues: number;
  /** Of the whole operation; bounds the timeout of a call. */
  readonly deadlineMs: number;
  /** HTTPS_PROXY and NO_PROXY. */
  readonly proxy: { readonly proxyUrl?: string; readonly noProxy?: string };
  /** The score from which a verdict calls an indicator suspicious. */
  readonly suspiciousFrom: number;
  readonly clock: Clock;
  /** Undefined: this replica shares nothing with others. */
  readonly shared?: SharedState | undefined;
}
