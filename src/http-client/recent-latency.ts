export type RecentLatency = ReturnType<typeof createRecentLatency>;

const mostSamples = 64;
/** What is older says nothing about now. Then nothing is known, and calls go out without a forecast. */
const memoryMs = 10_000;

/** How long calls have lately taken. */
export function createRecentLatency(now: () => number) {
  const samples: { readonly at: number; readonly ms: number }[] = [];
  let sorted: number[] | undefined;
  let next = 0;

  return {
    add(ms: number) {
      samples[next] = { at: now(), ms };
      next = (next + 1) % mostSamples;
      sorted = undefined;
    },
    /** So long at most took this share of the latest calls, in milliseconds; undefined: of fewer than `least` it is known. */
    percentile(share: number, least = 1): number | undefined {
      const newest = samples[(next + mostSamples - 1) % mostSamples];
      if (newest === undefined || newest.at < now() - memoryMs) return undefined;
      sorted ??= samples
        .filter(({ at }) => at >= now() - memoryMs)
        .map(({ ms }) => ms)
        .sort((one, other) => one - other);
      return sorted.length < least ? undefined : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    },
  };
}

/**
 * How long to wait, after a timeout, for the upstream to let go of the call: as long as calls lately take. One that is only
 * slow has let go by then, and one that hangs never does.
 */
export const lingerMs = (latency: RecentLatency, timeoutMs: number): number =>
  Math.min(timeoutMs, latency.percentile(0.5) ?? timeoutMs);
