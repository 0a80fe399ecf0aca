/** Asks a source's API one question at a time, and takes whatever it answers. */
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { SourceLabel } from '../domain/source-report.ts';
import { createUpstream } from '../http-client/client.ts';
import { UpstreamError } from '../http-client/errors.ts';
import type { UpstreamRequest, UpstreamResponse } from '../http-client/upstream.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';

/** `status` 0: nothing came that can be read. */
export interface Answer extends UpstreamResponse {
  readonly failure?: string;
}

export type Ask = (request: Pick<UpstreamRequest, 'method' | 'path' | 'query' | 'body'>) => Promise<Answer>;

export interface AskedSource {
  readonly ask: Ask;
  calls(): number;
  close(): Promise<void>;
}

interface AskedApi {
  readonly source: SourceLabel;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxy: Config['proxy'];
}

/** More patient than the gateway: what is slow is asked all the same. */
const timeoutMs = 30_000;

export function openAsking({ source, url, headers, proxy }: AskedApi): AskedSource {
  let calls = 0;
  const upstream = createUpstream({
    source,
    url,
    timeoutMs,
    concurrency: 1,
    maxBodyBytes: 32 * 1024 * 1024,
    unavailableBackoffMs: 0,
    classify: () => 'accept',
    ...proxy,
    log: createLog({ level: 'silent', sources: [] }),
    metrics: createMetrics(),
    clock: systemClock,
  });
  const ask: Ask = async request => {
    calls++;
    const prepare = (): UpstreamRequest => ({ ...request, headers, operation: 'doctor', isRepeatable: true });
    const options = {
      signal: AbortSignal.timeout(timeoutMs),
      deadlineAt: () => Number.POSITIVE_INFINITY,
      caller: 'doctor',
      isSmall: true,
      isUnprotected: true,
      partition: 'doctor',
    };
    return upstream.call(prepare, options).then(answer => answer ?? nothing('NOT_SENT'), failed);
  };
  return { ask, calls: () => calls, close: upstream.close };
}

const nothing = (failure: string): Answer => ({ status: 0, headers: {}, body: undefined, failure });

function failed(problem: unknown): Answer {
  if (!(problem instanceof UpstreamError)) throw problem;
  return nothing(problem.kind);
}
