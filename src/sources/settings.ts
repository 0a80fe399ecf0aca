/** What can be set of every source, and what follows from it in the same way. */
import type { Windows } from '../cache/read-through.ts';
import { createUpstream, type Upstream, type UpstreamOptions } from '../upstream/upstream.ts';
import type { House } from './source.ts';

/** Windows that are not set are the house's. */
export interface SourceSettings {
  readonly url: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly freshMs: number | undefined;
  readonly staleMs: number | undefined;
  readonly negativeMs: number | undefined;
}

export const windowsOf = ({ freshMs, staleMs, negativeMs }: SourceSettings, { windows }: House): Windows => ({
  freshMs: freshMs ?? windows.freshMs,
  staleMs: staleMs ?? windows.staleMs,
  negativeMs: negativeMs ?? windows.negativeMs,
});

/** What is a source's own beside its settings. */
type Manner = Pick<UpstreamOptions, 'source' | 'maxBodyBytes' | 'unavailableBackoffMs' | 'judge'>;

export function openUpstream(manner: Manner, settings: SourceSettings, house: House): Upstream {
  const { deadlineMs, maxValues, proxy, log, metrics, now } = house;
  return createUpstream({
    ...manner,
    url: settings.url,
    timeoutMs: Math.min(settings.timeoutMs, deadlineMs),
    concurrency: settings.concurrency,
    queueSize: Math.max(1000, 2 * maxValues),
    ...proxy,
    log,
    metrics,
    now,
  });
}
