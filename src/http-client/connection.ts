import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

export interface ConnectionOptions {
  /** Origin only. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly proxyUrl: string | undefined;
  readonly noProxy: string | undefined;
}

/**
 * Connections to one origin only. Their number is limited by our own queue, because undici's is neither bounded nor
 * fair. Timeouts of headers and body are off, because each attempt has one of its own. HTTP/2 is off, so that aborting
 * a request closes its connection. Redirects are never followed.
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
  // By convention, HTTPS_PROXY applies to https addresses only.
  if (proxyUrl === undefined || !origin.startsWith('https:')) return new Pool(origin, common);
  // Without any of these three, undici would read it from the environment.
  return new EnvHttpProxyAgent({ ...common, httpProxy: '', httpsProxy: proxyUrl, noProxy: noProxy ?? '' });
}
