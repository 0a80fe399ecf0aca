/** The span of a request to /graphql, by OpenTelemetry's conventions for HTTP servers. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Span } from '../observability/span.ts';
import type { Tracing } from '../observability/tracing.ts';

export function beginRequestSpan(tracing: Tracing | undefined, request: FastifyRequest): Span | undefined {
  if (tracing === undefined) return undefined;
  const { method, protocol, headers, originalUrl } = request;
  const route = request.routeOptions.url ?? '';
  return tracing.request(headers, `${method} ${route}`, {
    'http.request.method': method,
    'http.route': route,
    // Without what follows it: a query holds the operation.
    'url.path': originalUrl.split(/[?#;]/, 1)[0],
    'url.scheme': protocol,
    ...serverOf(request),
  });
}

/** As the request names it; what is no name of a host is left out. */
function serverOf({ hostname, port }: FastifyRequest) {
  if (!/^[\w.:[\]-]{1,253}$/.test(hostname)) return {};
  return { 'server.address': hostname, 'server.port': port ?? undefined };
}

/** A caller's own mistake (4xx) is no error of ours. `isGone`: the client, before it had its answer. */
export function endRequestSpan(span: Span, { statusCode }: FastifyReply, isGone: boolean): void {
  const failure = !isGone && statusCode >= 500 ? String(statusCode) : undefined;
  span.set({ 'http.response.status_code': isGone ? undefined : statusCode, 'error.type': failure });
  span.end(failure);
}
