import type { Dispatcher } from 'undici';
import type { UpstreamAddress } from './address.ts';
import { acceptedEncodings } from './body.ts';
import type { UpstreamRequest } from './upstream.ts';

const commonHeaders = {
  accept: 'application/json',
  'accept-encoding': acceptedEncodings,
  'user-agent': 'indicator-gateway',
};

/** The request as undici sends it; undefined if it has no safe address. */
export function toDispatch(
  request: UpstreamRequest,
  { origin, pathOf }: UpstreamAddress,
): Dispatcher.DispatchOptions | undefined {
  const path = pathOf(request);
  if (path === undefined) return undefined;
  const { method, headers } = request;
  if (request.body === undefined) return { origin, path, method, headers: { ...commonHeaders, ...headers } };
  const body = JSON.stringify(request.body);
  return { origin, path, method, body, headers: { ...commonHeaders, 'content-type': 'application/json', ...headers } };
}
