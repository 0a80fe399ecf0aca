import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

export interface ConnectionOptions {
  /** Origin only. */
  readonly origin: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly proxyUrl: string | undefined;
  readonly noProxy: string | undefined;
}

/**
 * The sockets to one origin and no other. Timeouts of headers and body are ours (a whole attempt has one), HTTP/2 is
 * off so that giving up a call closes its connection, redirects are never followed.
 */
export function openConnections(options: ConnectionOptions): Dispatcher {
  const { origin, connections, connectTimeoutMs, proxyUrl, noProxy } = options;
  const common = {
    connections,
    connect: { timeout: connectTimeoutMs },
    connectTimeout: connectTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  };
  if (proxyUrl === undefined) return new Pool(origin, common);
  // All three are given, so that undici does not look into the environment itself.
  return new EnvHttpProxyAgent({ ...common, httpProxy: proxyUrl, httpsProxy: proxyUrl, noProxy: noProxy ?? '' });
}
