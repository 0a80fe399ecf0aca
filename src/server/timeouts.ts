/**
 * The timeouts of our servers, in milliseconds; KEEP_ALIVE_SECONDS is the callers' port's own. A request that is not complete after 15 s is closed at the next check. Both
 * `requestTimeout` and `headersTimeout` are set, because Node swaps them when the former is the shorter one. Responses have
 * their own deadline (REQUEST_DEADLINE_MS), which is shorter than `connectionTimeout`.
 */
export const timeouts = {
  requestTimeout: 15_000,
  connectionTimeout: 30_000,
  keepAliveTimeout: 65_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
  // While draining, requests on open connections are still answered; then the connection is closed.
  return503OnClosing: false,
} as const;
