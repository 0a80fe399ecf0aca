import { buildConnector, type Dispatcher, EnvHttpProxyAgent, errors, Pool } from 'undici';

export interface ConnectionOptions {
  /** Origin only. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly proxyUrl: string | undefined;
  readonly noProxy: string | undefined;
}

export interface Connections {
  readonly dispatcher: Dispatcher;
  /** The error is the end of a connection that had answered before, and that may have been idle for long. */
  readonly isReusedReset: (error: unknown) => boolean;
}

/**
 * Connections to one origin only. Their number is limited by our own queue, because undici's is neither bounded nor
 * fair. Timeouts of headers and body are off, because each attempt has one of its own. HTTP/2 is off, so that aborting
 * a request closes its connection. Redirects are never followed.
 */
export function openConnections(options: ConnectionOptions): Connections {
  const { origin, connectTimeoutMs, proxyUrl, noProxy } = options;
  const common = {
    connectTimeout: connectTimeoutMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  };
  // By convention, HTTPS_PROXY applies to https addresses only.
  if (proxyUrl === undefined || !origin.startsWith('https:')) {
    const { connect, isReusedReset } = watchResets(buildConnector({ timeout: connectTimeoutMs, allowH2: false }));
    return { dispatcher: new Pool(origin, { ...common, connect }), isReusedReset };
  }
  const dispatcher = new EnvHttpProxyAgent({
    ...common,
    connect: { timeout: connectTimeoutMs },
    // Without any of these three, undici would read it from the environment.
    httpProxy: '',
    httpsProxy: proxyUrl,
    noProxy: noProxy ?? '',
  });
  return { dispatcher, isReusedReset: isReusedClose };
}

/** A socket's own error does not say which socket it was: noted here, where it is known. */
function watchResets(connector: buildConnector.connector): Pick<Connections, 'isReusedReset'> & {
  readonly connect: buildConnector.connector;
} {
  const resets = new WeakSet<object>();
  return {
    connect: (options, callback) =>
      connector(options, (...[failure, socket]) => {
        socket?.once('error', error => {
          if (socket.bytesRead > 0) resets.add(error);
        });
        if (failure === null) callback(null, socket);
        else callback(failure, null);
      }),
    isReusedReset: error => isReusedClose(error) || (error instanceof Error && resets.has(error)),
  };
}

const isReusedClose = (error: unknown): boolean =>
  error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0;
