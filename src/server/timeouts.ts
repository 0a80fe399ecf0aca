/**
 * Every timeout of a server of ours, in milliseconds. Whoever sends slowly is gone within a quarter of a minute and one
 * interval. Headers and request are both set, for Node swaps them when the whole request has less time than its headers.
 * An answer has its own deadline (REQUEST_DEADLINE_MS), which is shorter than a silent connection's life.
 */
export const timeouts = {
  requestTimeout: 15_000,
  connectionTimeout: 30_000,
  keepAliveTimeout: 65_000,
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
  // What still arrives on an open connection while we drain is answered, and the connection closed.
  return503OnClosing: false,
} as const;
