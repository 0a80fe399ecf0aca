/** One call of a source: with its credential, and counted, timed and traced. */
import type { InFlightCall } from '../cache/fact-kind.ts';
import type { SourceName } from '../domain/source-report.ts';
import type { CallOptions, Upstream, UpstreamRequest, UpstreamResponse } from '../http-client/upstream.ts';
import { type Credential, callWithFreshSecret } from './credential.ts';

export type CallParts = Omit<CallOptions, 'partition' | 'onRetry' | 'isUnprotected'> & {
  readonly trace: Pick<InFlightCall<unknown, unknown>['trace'], 'call' | 'took' | 'begin'>;
};

/** A request that only reads. `values`: how many values it is about. */
export type ReadRequest = Omit<UpstreamRequest, 'headers' | 'isRepeatable' | 'span'> & { readonly values: number };

/**
 * `prepare` is called once, when a slot is free; where it returns undefined nothing is sent, and the call resolves to
 * that. `headers` are sent beside those of the credential.
 */
export function callTraced(
  upstream: Upstream,
  source: SourceName,
  credential: Credential,
  prepare: () => ReadRequest | undefined,
  { trace, ...options }: CallParts,
  headers: UpstreamRequest['headers'] = {},
): Promise<UpstreamResponse | undefined> {
  let prepared: ReadRequest | undefined;
  let began = 0;
  let span: UpstreamRequest['span'];
  const begin = (): UpstreamRequest | undefined => {
    prepared ??= prepare(); // a second attempt, with an exchanged secret, sends the same request
    if (prepared === undefined) return undefined;
    const { values, ...request } = prepared;
    began = performance.now();
    trace.call(source, values);
    span = trace.begin(`${source} ${request.operation}`, { 'gateway.values': values });
    return { ...request, span, isRepeatable: true, headers: { ...headers, ...credential.headers() } };
  };
  const onRetry = () => trace.call(source, prepared?.values ?? 0);
  const end = () => {
    if (began > 0) trace.took(source, performance.now() - began);
    span?.end();
  };
  return callWithFreshSecret(credential, partition =>
    upstream.call(begin, { ...options, onRetry, partition }).then(
      response => {
        end();
        return response;
      },
      problem => {
        end();
        throw problem;
      },
    ),
  );
}
