import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

export interface ConnectionOptions {
  /** Origin only. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly proxyUrl: string | undefined;
  readonly noProxy: string | undefined;
}

/**
 * The sockets to one origin and no other; how many is the line's business, for undici's own queue knows no bound and no
 * fairness. Timeouts of headers and body are ours (a whole attempt has one), HTTP/2 is
 * off so that giving up a call closes its connection, redirects are never followed.
 */
export function openConnections(options: ConnectionOptions): Dispatcher {
  const { origin, connectTimeoutMs, proxyUrl, noProxy } = options;
  const common = {
    connect: { timeout: connectTimeoutMs },
    connectTimeout: connectTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  };
  // As everywhere, HTTPS_PROXY is the way to https addresses alone.
  if (proxyUrl === undefined || !origin.startsWith('https:')) return new Pool(origin, common);
  // All three are given, so that undici does not look into the environment itself.
  return new EnvHttpProxyAgent({ ...common, httpProxy: '', httpsProxy: proxyUrl, noProxy: noProxy ?? '' });
}
